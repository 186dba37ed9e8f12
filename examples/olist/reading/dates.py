"""Which way round a spreadsheet wrote its dates, decided from a whole column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from resources.errors import SourceError
from resources.identifiers import quoted

DAY_FIRST = "day first"
MONTH_FIRST = "month first"

# 10/2/2017 10:56 with or without seconds; dots and dashes separate as well as slashes.
SPREADSHEET = r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}) +(\d{1,2}:\d{2}(:\d{2})?)"
ISO = r"\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?"

_EVIDENCE = """
SELECT
    count(*),
    min_by({column}, line) FILTER (first BETWEEN 13 AND 31),
    min(line) FILTER (first BETWEEN 13 AND 31),
    min_by({column}, line) FILTER (second BETWEEN 13 AND 31),
    min(line) FILTER (second BETWEEN 13 AND 31)
FROM (
    SELECT
        line,
        {column},
        CAST(regexp_extract({column}, '{pattern}', 1) AS INTEGER) AS first,
        CAST(regexp_extract({column}, '{pattern}', 2) AS INTEGER) AS second
    FROM {table}
    WHERE regexp_full_match({column}, '{pattern}')
)
WHERE least(first, second) BETWEEN 1 AND 12
"""


@dataclass(frozen=True)
class _Evidence:
    column: str
    dates: int
    day_first: str | None
    month_first: str | None

    @property
    def order(self) -> str | None:
        if self.day_first:
            return DAY_FIRST
        return MONTH_FIRST if self.month_first else None


def date_orders(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str], file: str
) -> dict[str, str]:
    """For each column of texts: DAY_FIRST or MONTH_FIRST; absent if it holds no such dates.

    A date with a number above 12 decides for its column. A column that has none follows the
    file's other columns, as a spreadsheet writes all of them one way.

    Raises:
        SourceError: If a column, or the file, is written both ways, or nothing decides.
    """
    found = [_evidence(connection, table, column) for column in columns]
    for evidence in found:
        if evidence.day_first and evidence.month_first:
            raise SourceError(
                f"{file}: column {evidence.column} has dates with the day first "
                f"({evidence.day_first}) and with the month first ({evidence.month_first})",
                _NEXT_STEP,
            )
    decided = {evidence.order: evidence for evidence in found if evidence.order}
    orders: dict[str, str] = {}
    for evidence in found:
        if not evidence.dates:
            continue
        order = evidence.order or (next(iter(decided)) if len(decided) == 1 else None)
        if order is None:
            why = (
                "no date of the file has a day after the 12th"
                if not decided
                else ("its other columns are written both ways")
            )
            raise SourceError(
                f"{file}: column {evidence.column} has dates as in 10/2/2017, and nothing says "
                f"whether the day or the month comes first: {why}",
                _NEXT_STEP,
            )
        orders[evidence.column] = order
    return orders


_NEXT_STEP = "Export the dates as YYYY-MM-DD HH:MM:SS, as the public data set has them."


def _evidence(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> _Evidence:
    query = _EVIDENCE.format(column=quoted(column), table=quoted(table), pattern=SPREADSHEET)
    row = connection.execute(query).fetchone()
    assert row is not None
    dates, day_text, day_line, month_text, month_line = row
    return _Evidence(
        column,
        int(dates),
        f"{day_text!r} in line {day_line}" if day_text else None,
        f"{month_text!r} in line {month_line}" if month_text else None,
    )


def instant_sql(column: str, order: str | None, zone_sql: str) -> str:
    """SQL of the instant that a text in local time means; NULL if it means none.

    A local time that a clock change skips counts as one hour later, one that it repeats as the
    second of the two.
    """
    date_parts = r"\3-\1-\2" if order == MONTH_FIRST else r"\3-\2-\1"
    local = (
        f"CASE WHEN regexp_full_match({column}, '{ISO}') THEN replace({column}, 'T', ' ') "
        f"WHEN regexp_full_match({column}, '{SPREADSHEET}') "
        rf"THEN regexp_replace({column}, '{SPREADSHEET}', '{date_parts} \4') END"
    )
    formats = "['%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S.%f']"
    return f"timezone({zone_sql}, try_strptime({local}, {formats}))"
