"""Control totals: found line by line, then compared with what the rows of the file add up to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from pathlib import Path

from resources.errors import SourceError
from resources.identifiers import text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.number_sql import NumberSql
from resources.sources.conversion.rows import LINE
from resources.sources.declaration.formats import NumberText
from resources.sources.declaration.layout import COUNT, Total
from resources.sources.declaration.refusals import refused
from resources.sources.formats.read_job import ReadJob

CUT_NEXT = "Have the file delivered again, whole; nothing of it was loaded."

_DIGITS_OF_CELLS = Context(prec=15)
_TEST = {"nonzero": "{} <> 0", "positive": "{} > 0", "negative": "{} < 0"}


@dataclass(frozen=True)
class FoundTotal:
    """A line of control totals: where it stands, and the texts of what it states."""

    line: int
    total: Total
    stated: Mapping[str, str]


class FoundTotals:
    """Looks for declared totals in the lines of a file, or in the rows of a sheet."""

    def __init__(self, declared: Sequence[Total], origin: Path) -> None:
        self.declared, self._origin = declared, origin
        self.found: list[FoundTotal] = []

    def take(self, line: str, number: int, numbers: Collection[str] = ()) -> bool:
        """Whether a line states a total; keeps what it states.

        `numbers` are those of its texts that are numbers for the format, as cells are.
        """
        took = False
        for declared in self.declared:
            matched = declared.expression.fullmatch(line)
            if matched:
                stated = {
                    name: NumberText(text) if text in numbers else text
                    for name, text in matched.groupdict().items()
                }
                self.found.append(FoundTotal(number, declared, stated))
                took = True
        return took

    def require_all(self) -> None:
        """Raise SourceError if no line, now that all were read, stated a declared total."""
        found = {each.total for each in self.found}
        for declared in self.declared:
            if declared not in found:
                raise SourceError(
                    f"{self._origin} is truncated: no line states the totals {declared.pattern!r}",
                    CUT_NEXT,
                )


def require_totals(job: ReadJob, found: Sequence[FoundTotal], origin: Path) -> None:
    """Raise SourceError if stated totals are not those of the written rows, rejected ones too."""
    for declared in dict.fromkeys(each.total for each in found):
        of_kind = [each for each in found if each.total == declared]
        columns = [_column(job, name) for name in declared.columns]
        sums = _sums(job, declared, columns, [each.line for each in of_kind])
        for each in of_kind:
            _compare(job, each, columns, sums.get(each.line), origin)
        behind = sums.get(None)
        if declared.scope == "section" and behind and behind[0]:
            raise SourceError(
                f"{origin} is truncated: no line of totals {declared.pattern!r} stands below its "
                f"last {behind[0]:,} rows",
                CUT_NEXT,
            )


def _column(job: ReadJob, name: str) -> ColumnSpec:
    for column in job.columns:
        if column.name == name:
            return column
    raise refused(
        "files",
        f"a total states the sum of {name!r}, which is no column of the contract",
        f"Name the group of total() after one of {', '.join(each.name for each in job.columns)}.",
    )


def _sums(
    job: ReadJob, declared: Total, columns: Sequence[ColumnSpec], lines: Sequence[int]
) -> Mapping[int | None, tuple[object, ...]]:
    """Line of a total -> how many rows it is about, and the sums of the columns in them.

    Rows below the last line of totals are under None.
    """
    values = [f"v{list(job.columns).index(column)}" for column in columns]
    among = _TEST[declared.rows].format(values[0]) if declared.rows != "all" else "true"
    whole_file = ", ".join(
        [f"count(*) FILTER ({among})"]
        + [f"coalesce(sum({value}) FILTER ({among}), 0)" for value in values]
    )
    rows = (
        f"(SELECT *, {LINE} AS line FROM "
        f"read_parquet({text_literal(str(job.rows_path))}, file_row_number = true) "
        "WHERE NOT is_blank)"
    )
    if declared.scope == "file":
        found = job.connection.execute(f"SELECT {whole_file} FROM {rows}").fetchall()[0]
        return dict.fromkeys(lines, found)
    stated = ", ".join(f"({line})" for line in lines)
    sections = job.connection.execute(
        f"SELECT total_line, {whole_file} FROM {rows} AS row "
        f"ASOF LEFT JOIN (VALUES {stated}) AS total(total_line) ON row.line < total.total_line "
        "GROUP BY total_line"
    ).fetchall()
    sums: dict[int | None, tuple[object, ...]] = {}
    sums.update(dict.fromkeys(lines, (0, *(Decimal(0) for _ in columns))))
    sums.update({row[0]: row[1:] for row in sections})
    return sums


def _compare(
    job: ReadJob,
    found: FoundTotal,
    columns: Sequence[ColumnSpec],
    sums: tuple[object, ...] | None,
    origin: Path,
) -> None:
    assert sums is not None
    stated = found.stated.get(COUNT)
    if stated is not None and _whole_number(stated) != sums[0]:
        raise _disagree(origin, found, f"{stated} rows", f"{sums[0]} rows")
    for column, added in zip(columns, sums[1:], strict=True):
        text = found.stated[column.name] or ""
        actual = abs(Decimal(str(added))) if found.total.unsigned else Decimal(str(added))
        if isinstance(text, NumberText):
            # A cell is a double, and a sum of doubles: 15 digits of it are right.
            figure, actual = _DIGITS_OF_CELLS.plus(Decimal(text)), _DIGITS_OF_CELLS.plus(actual)
        else:
            figure = _figure(job, column, text)
        if figure != actual:
            raise _disagree(
                origin, found, f"{text.strip()} as {column.name}", f"{actual:f} in its rows"
            )


def _whole_number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _figure(job: ReadJob, column: ColumnSpec, text: str) -> Decimal | None:
    """What a stated text is worth, read as the column's numbers are; None: it is no number."""
    # A sum may have more digits than a row's amount.
    wide = f"DECIMAL(38,{column.column_type.scale or 0})"
    number = job.types.number(column.name, wide)
    if number is None:
        value, parts = job.types.typed("given", wide), "NULL"
    else:
        # A sum has no field of its own for its sign, and need not repeat the unit.
        one = replace(number.number, sign=None, unit=None, units=())
        declared = NumberSql(one, wide, number.scale)
        value, parts = declared.value("given", "parts"), declared.parts("given")
    found = job.connection.execute(
        f"SELECT CAST({value} AS VARCHAR) "
        f"FROM (SELECT *, {parts} AS parts FROM (SELECT ? AS given))",
        [text.strip()],
    ).fetchall()[0][0]
    return None if found is None else Decimal(found)


def _disagree(origin: Path, found: FoundTotal, stated: str, actual: str) -> SourceError:
    return SourceError(
        f"{origin}, line {found.line}: the file states {stated}, and there are {actual}",
        "Have the file delivered again, or correct total() of the layout; nothing of the file was "
        "loaded.",
    )
