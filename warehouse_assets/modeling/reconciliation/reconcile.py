"""How the results of a rule are published: replaced day by day, with every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from warehouse_assets.modeling.declaration.checks import RowCheck, guard
from warehouse_assets.modeling.declaration.table import Materialization
from warehouse_assets.modeling.declaration.windows import earlier
from warehouse_assets.modeling.reconciliation.rule import NO_CURRENCY, SIDES, Rule, SideName
from warehouse_assets.modeling.reconciliation.rule_checks import check_rule
from warehouse_assets.modeling.reconciliation.sql.traced import traced_statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.model.window import Window
    from resources.lake.publish.table_write import Published
    from warehouse_assets.modeling.declaration.table import MaterializationRun, Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow

_CURRENCY: Mapping[SideName, str] = {
    "left": "currency",
    "right": "COALESCE(other_currency, currency)",
}
# A weight of its own for each currency: a surplus in one cannot hide a lack in another.
_TOTALS: Mapping[str, str] = {
    f"{side}_{what}": f"COALESCE(SUM({figure}), 0)"
    for side in SIDES
    for what, figure in (
        ("rows", f"{side}_count"),
        ("amounts", f"{side}_amount * text_number({_CURRENCY[side]})"),
    )
}


def accounted_for() -> list[RowCheck]:
    """Blocking checks that the rows of each side, and their amounts, come out as they went in.

    What went in is counted by each run, beside the SQL that matches: until then they are NULL,
    which is broken.
    """
    return [
        guard(f"{name}_accounted_for", f"{total} = CAST(NULL AS BIGINT)")
        for name, total in _TOTALS.items()
    ]


@dataclass(frozen=True)
class Reconcile(Materialization):
    """The results of a rule replace those of their day; open ones are carried to the next."""

    rule: Rule
    replaces: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return "replaced day by day; what is open is carried on"

    @property
    def traced_sql(self) -> str:
        """Each result's columns, straight from those of the sides."""
        return traced_statement(self.rule)

    @property
    def earlier(self) -> ReadWindow:
        """Its own days before: what was open, and the keys that were settled of late."""
        return earlier(days=max(1, self.rule.days_apart))

    def check(self, table: Table, named: Mapping[str, Table], /) -> None:
        """Raise LoadError where the rule names what its tables do not have."""
        check_rule(self.rule, table, named)

    def publish(self, run: MaterializationRun) -> Published:
        """Replace the results of one day, if no row and no cent of the sides is lost in them."""
        from resources.lake.publish.replace import replace as replace_rows

        window = run.write.window
        assert run.select_sql is not None and window is not None
        expected = self._went_in(run.connection, run.table.name, window)
        rules = tuple(
            replace(rule, expression=f"{_TOTALS[name]} = {expected[name]}")
            if (name := rule.name.removesuffix("_accounted_for")) in expected
            else rule
            for rule in run.write.spec.rules
        )
        write = replace(run.write, spec=replace(run.write.spec, rules=rules))
        return replace_rows(write, run.select_sql, run.connection, run.context, run.on_stage)

    def _went_in(
        self, connection: DuckDBPyConnection, table: str, window: Window
    ) -> dict[str, object]:
        """Rows and weighted amounts of each side: those of the day, and those that were open."""
        expected: dict[str, object] = {}
        for name in SIDES:
            side = self.rule.side(name)
            start, end = (f"DATE '{day.isoformat()}'" for day in (window.start, window.end))
            rows = side.rows.replace(":start", start).replace(":end", end)
            source = f"({rows})" if rows else side.table
            where = f"({side.where}) AND " if side.where else ""
            currency = side.currency or f"'{NO_CURRENCY}'"
            sql = f"""
                SELECT coalesce(sum(lines), 0), coalesce(sum(amount * text_number(currency)), 0)
                FROM (
                    SELECT 1 AS lines, CAST({side.amount} AS DECIMAL(18, 2)) AS amount,
                        {currency} AS currency
                    FROM {source} WHERE {where}{side.date} >= {start} AND {side.date} < {end}
                    UNION ALL
                    SELECT {name}_count, {name}_amount, {_CURRENCY[name]}
                    FROM {table} WHERE is_open AND dt >= {start} - INTERVAL 1 DAY AND dt < {start}
                )
            """
            found = connection.execute(sql).fetchall()[0]
            expected |= dict(zip((f"{name}_rows", f"{name}_amounts"), found, strict=True))
        return expected
