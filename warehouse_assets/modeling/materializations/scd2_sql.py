"""Times in which nothing of a thing changed, as SQL over its versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from resources.identifiers import quoted, quoted_list
from warehouse_assets.modeling.materializations.versions import IS_DELETED, order_columns, ordered

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.change_log import ChangeLog
    from warehouse_assets.modeling.declaration.table import Table

FAR_DATE = "DATE '9999-12-31'"
"""The end of what is valid until further notice: a date, so that a join needs no OR."""

MADE = ("valid_from", "valid_to", "is_current")
"""The columns that are made here."""

# No column of a contract has a name with a space.
SINCE = quoted("since date")
_BEGINS = quoted("begins a range")
_ENDS = quoted("ends a range")
_FIRST = quoted("first date")
_NEXT = quoted("next date")


def ranges_sql(
    table: Table, source: Table, log: ChangeLog, tracked: Sequence[str], versions: str
) -> str:
    """A SELECT of the table's rows: for each key its ranges, without overlaps.

    Args:
        table: The table of ranges.
        source: The log.
        log: How its versions are told apart.
        tracked: The columns whose changes begin a range.
        versions: A SELECT of the table's columns but for MADE, with IS_DELETED and SINCE, the
            date from which on a version is valid. Of several on one date the latest counts.
    """
    key = quoted_list(log.key)
    latest_first = ordered(order_columns(source, log), "DESC")
    by_date = f"PARTITION BY {key} ORDER BY {SINCE}"
    # Deletions differ from everything, so that a range ends at each of them.
    values = ", ".join([IS_DELETED, *(quoted(name) for name in tracked)])
    dated = (
        f"SELECT * FROM ({versions}) QUALIFY row_number() OVER "
        f"(PARTITION BY {key}, {SINCE} ORDER BY {latest_first}) = 1"
    )
    compared = (
        f"SELECT *, row({values}) IS DISTINCT FROM lag(row({values})) OVER ({by_date}) "
        f"AS {_BEGINS}, row({values}) IS DISTINCT FROM lead(row({values})) OVER ({by_date}) "
        f"AS {_ENDS} FROM ({dated})"
    )
    # Of each range its first row and its last remain, which may be one and the same. The last
    # is what the range shows: the latest version that it is made of.
    ended = (
        f"SELECT *, CASE WHEN {_BEGINS} THEN {SINCE} ELSE lag({SINCE}) OVER ({by_date}) END "
        f"AS {_FIRST}, lead({SINCE}, 1, {FAR_DATE}) OVER ({by_date}) AS {_NEXT} "
        f"FROM ({compared}) WHERE {_BEGINS} OR {_ENDS}"
    )
    made = {"valid_from": _FIRST, "valid_to": _NEXT, "is_current": f"{_NEXT} = {FAR_DATE}"}
    columns = ", ".join(
        f"{made.get(column.spec.name, quoted(column.spec.name))} AS {quoted(column.spec.name)}"
        for column in table.columns
    )
    return f"SELECT {columns} FROM ({ended}) WHERE {_ENDS} AND NOT {IS_DELETED}"


def versions_of_ranges(log: ChangeLog, ranges: str) -> str:
    """Ranges as versions: one from its first date, a deletion where a gap follows."""
    key = quoted_list(log.key)
    made = ", ".join(MADE)
    following = f"lead(valid_from) OVER (PARTITION BY {key} ORDER BY valid_from)"
    gaps = (
        f"SELECT * FROM ({ranges}) "
        f"QUALIFY valid_to < {FAR_DATE} AND {following} IS DISTINCT FROM valid_to"
    )
    return (
        f"SELECT * EXCLUDE ({made}), false AS {IS_DELETED}, valid_from AS {SINCE} FROM ({ranges}) "
        f"UNION ALL BY NAME "
        f"SELECT * EXCLUDE ({made}), true AS {IS_DELETED}, valid_to AS {SINCE} FROM ({gaps})"
    )


def missing_from_snapshots(log: ChangeLog, present: str, days: Sequence[date]) -> str:
    """A SELECT of deletions: of each row of `present` that the next snapshot has not.

    `present` is a SELECT of versions with SINCE, the snapshot's date; `days` are the dates of all
    snapshots, those without rows included.
    """
    key = quoted_list(log.key)
    dates = ", ".join(f"(DATE '{day}')" for day in days)
    following = f"lead({SINCE}) OVER (PARTITION BY {key} ORDER BY {SINCE})"
    calendar = (
        f"SELECT day, lead(day) OVER (ORDER BY day) AS next_day FROM (VALUES {dates}) AS s(day)"
    )
    return (
        f"SELECT version.* EXCLUDE ({_NEXT}) "
        f"REPLACE (true AS {IS_DELETED}, next_day AS {SINCE}) "
        f"FROM (SELECT *, {following} AS {_NEXT} FROM ({present})) AS version "
        f"JOIN ({calendar}) ON day = version.{SINCE} "
        f"WHERE next_day IS NOT NULL AND version.{_NEXT} IS DISTINCT FROM next_day"
    )
