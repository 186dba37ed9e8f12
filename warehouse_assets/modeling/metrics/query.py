"""One metric over days, by whatever its facts have: the SQL, and the facts it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.errors import SettingsError
from resources.identifiers import quoted
from resources.lake.model.window import Window
from warehouse_assets.modeling.declaration.metric import TIME, AnyMetric, Metric
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.sql.measure_calls import aggregate, divided

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

DAY = "day"
"""Groups by the date that the metric is counted by."""

# Words people group by, and the columns of facts and summaries that they mean.
_COLUMNS = {
    "seller": ("seller_id",),
    "sku": ("sku_id",),
    "user": ("user_id",),
    "category": ("category_id",),
    "city": ("city",),
    "channel": ("channel", "payment_method"),
    "warehouse": ("warehouse_code",),
    "currency": ("currency",),
}
_FACT = "fact"


@dataclass(frozen=True)
class MetricQuery:
    """A question to the metric library. Made by `metric_query()`, which checks it.

    Attributes:
        counted_by: One of the metric's dates.
        by: Dimensions, or columns of the fact; money is always grouped by currency as well.
        window: The days that count.
    """

    warehouse: Warehouse
    metric: AnyMetric
    counted_by: str
    by: tuple[str, ...]
    window: Window

    @property
    def parts(self) -> tuple[Metric, ...]:
        """The aggregates the metric is made of."""
        return self.warehouse.metrics.parts(self.metric)

    @property
    def dates(self) -> tuple[str, ...]:
        """What each part is counted by."""
        return self.warehouse.metrics.dates(self.metric)[self.counted_by]

    @property
    def sql(self) -> str:
        """One SELECT over the facts: the groups, then the parts of a ratio, then the metric."""
        if isinstance(self.metric, Metric):
            return f"{self._part_sql(self.metric, self.dates[0])}{self._order()}"
        part, whole = self.parts
        groups = [f"COALESCE(p.{quoted(name)}, w.{quoted(name)}) AS {quoted(name)}"
                  for name in self.by]  # fmt: skip
        values = [f"COALESCE(p.{part.name}, 0)", f"COALESCE(w.{whole.name}, 0)"]
        columns = [
            *groups,
            f"{values[0]} AS {part.name}",
            f"{values[1]} AS {whole.name}",
            f"{divided(self.metric, values)} AS {self.metric.name}",
        ]
        matches = [f"p.{quoted(name)} IS NOT DISTINCT FROM w.{quoted(name)}" for name in self.by]
        return (
            f"SELECT {', '.join(columns)} "
            f"FROM ({self._part_sql(part, self.dates[0])}) AS p "
            f"FULL JOIN ({self._part_sql(whole, self.dates[1])}) AS w "
            f"ON {' AND '.join(matches) or 'TRUE'}{self._order()}"
        )

    def _part_sql(self, part: Metric, date: str) -> str:
        columns = [self._column(part, date, name) for name in self.by]
        groups = [f"{_FACT}.{quoted(column)} AS {quoted(name)}"
                  for column, name in zip(columns, self.by, strict=True)]  # fmt: skip
        counted = f"{_FACT}.{quoted(part.dates[date])}"
        grouped = f" GROUP BY {', '.join(str(n + 1) for n in range(len(groups)))}" if groups else ""
        return (
            f"SELECT {', '.join([*groups, f'{aggregate(part, _FACT)} AS {part.name}'])} "
            f"FROM {quoted(part.over)} AS {_FACT} "
            f"WHERE {self.window.holds(counted)}{grouped}"
        )

    def _column(self, part: Metric, date: str, name: str) -> str:
        if name == DAY:
            return part.dates[date]
        found = column_for(name, _columns(self.warehouse, part.over))
        assert found is not None
        return found

    def _order(self) -> str:
        return f" ORDER BY {', '.join(quoted(name) for name in self.by)}" if self.by else ""


def metric_query(
    warehouse: Warehouse, name: str, by: tuple[str, ...], date: str | None, window: Window
) -> MetricQuery:
    """Check a question and fill in what it leaves open: the date, and the currency of money.

    Raises:
        LoadError: If there is no such metric.
        SettingsError: If it is not counted by that date, its facts lack a dimension, or a level
            would be summed up over days.
    """
    library = warehouse.metrics
    metric = library.metric(name)
    choices = library.dates(metric)
    counted_by = date or library.default_date(metric)
    if counted_by not in choices:
        step = did_you_mean(counted_by, choices) or f"Give one of: {', '.join(choices)}."
        raise SettingsError(f"{name} is not counted by {counted_by}", step)
    parts = library.parts(metric)
    by = tuple(dict.fromkeys(dimension_of(each) for each in by))
    for part in parts:
        for each in by:
            _check_dimension(warehouse, metric, part, each)
    if "currency" not in by and any(part.unit == "money" for part in parts):
        by = (*by, "currency")
    for part in parts:
        if part.not_over and TIME in part.not_over and DAY not in by and len(window) > 1:
            raise SettingsError(
                f"{part.name} is a level: it must not be summed up over {len(window)} days",
                "Add --by day, or ask for one day.",
            )
    return MetricQuery(warehouse, metric, counted_by, by, window)


def _check_dimension(warehouse: Warehouse, metric: AnyMetric, part: Metric, name: str) -> None:
    columns = _columns(warehouse, part.over)
    if name == DAY or column_for(name, columns):
        return
    known = possible(_groupable(warehouse, part.over))
    part_of = "" if part.name == metric.name else f", a part of {metric.name},"
    raise SettingsError(
        f"{part.name}{part_of} is over {part.over}, which has no {name}",
        f"{did_you_mean(name, known) or ''} Possible: {', '.join(known)}.".lstrip(),
    )


def _groupable(warehouse: Warehouse, table: str) -> list[str]:
    """Columns whose values several rows may share: neither amounts nor instants."""
    types = ("VARCHAR", "BIGINT", "BOOLEAN", "DATE")
    return [c.spec.name for c in warehouse.table(table).columns if c.spec.type in types]


def _columns(warehouse: Warehouse, table: str) -> list[str]:
    return [column.spec.name for column in warehouse.table(table).columns]


def column_for(dimension: str, columns: Iterable[str]) -> str | None:
    """The column among a table's that a dimension, or a column's own name, means there."""
    known = set(columns)
    return next((name for name in _COLUMNS.get(dimension, (dimension,)) if name in known), None)


def dimension_of(name: str) -> str:
    """The dimension that a column's name means; the name itself where it is none."""
    return next((word for word, columns in _COLUMNS.items() if name in columns), name)


def possible(columns: Iterable[str]) -> list[str]:
    """Everything that can be grouped by in a table: dimensions first, then its other columns."""
    known = list(columns)
    words = [word for word in _COLUMNS if column_for(word, known)]
    meant = {name for word in words for name in _COLUMNS[word]}
    return [DAY, *words, *(name for name in known if name not in meant)]
