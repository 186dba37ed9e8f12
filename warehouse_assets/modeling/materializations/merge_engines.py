"""Merge engines: how the versions of one key become one row, as SQL.

A row of the table is itself a version: the latest before the new ones (of first_row: the oldest).
So the same SQL makes a row from all versions, or from the row as it was and the versions since.
Rows are told apart in windows of one order, not grouped: one window at a time is held in memory,
and spills to disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from resources.identifiers import quoted, quoted_list, text_literal
from warehouse_assets.modeling.materializations.versions import (
    IS_DELETED,
    PRESENT,
    order_columns,
    ordered,
)

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.change_log import ChangeLog
    from warehouse_assets.modeling.declaration.table import Table

Engine = Literal["deduplicate", "partial_update", "aggregate", "first_row"]
ENGINES: tuple[Engine, ...] = ("deduplicate", "partial_update", "aggregate", "first_row")
AGGREGATES = ("sum", "min", "max")

# No column of a contract has a name with a space.
_COUNTS = quoted("counts")


@dataclass(frozen=True)
class MergeEngine:
    """One engine for one table and its log."""

    engine: Engine
    table: Table
    source: Table
    log: ChangeLog
    deletes: bool
    aggregates: Mapping[str, str] = field(default_factory=dict[str, str])

    def rows(self, versions: str) -> str:
        """A SELECT of the table's rows, one for each key that is not deleted.

        `versions` is a SELECT of the table's columns with IS_DELETED and PRESENT.
        """
        key = quoted_list(self.log.key)
        order = order_columns(self.source, self.log)
        by_age = f"PARTITION BY {key} ORDER BY {ordered(order, 'DESC')}"
        whole = f"({by_age} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
        until_now = f"({by_age} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        chosen = f"row_number() OVER ({by_age}) = 1 AND NOT {IS_DELETED}"
        # What comes before a deletion is gone, and what comes after it starts anew.
        alive = f"count_if({IS_DELETED}) OVER {until_now} = 0"
        if self.engine == "first_row":
            chosen = f"{alive} AND lead({IS_DELETED}, 1, true) OVER ({by_age})"
        if self.engine == "aggregate":
            others = " OR ".join(
                f"{name} IS DISTINCT FROM lag({name}) OVER ({by_age})"
                for name in map(quoted, self.log.sequences)
            )
            versions = f"SELECT * FROM ({versions}) QUALIFY {others}"
            counts = alive if self.deletes else "true"
            versions = f"SELECT *, {counts} AS {_COUNTS} FROM ({versions})"
        columns = ", ".join(
            f"{self._value(column.spec.name, whole)} AS {quoted(column.spec.name)}"
            for column in self.table.columns
        )
        return f"SELECT {columns} FROM ({versions}) QUALIFY {chosen}"

    def _value(self, name: str, whole: str) -> str:
        column = quoted(name)
        if name in self.aggregates:
            return f"{self.aggregates[name]}(CASE WHEN {_COUNTS} THEN {column} END) OVER {whole}"
        if self.engine == "partial_update" and name not in self._told_of_the_version():
            stated = (
                f"{PRESENT} IS NULL OR list_contains("
                f"string_split(replace({PRESENT}, ' ', ''), ','), {text_literal(name)})"
            )
            # Wrapped, so that a NULL that is stated is told from nothing; a deletion states NULL.
            value = (
                f"CASE WHEN {IS_DELETED} THEN {{'value': NULL}} "
                f"WHEN {stated} THEN {{'value': {column}}} END"
            )
            return f"(first_value({value} IGNORE NULLS) OVER {whole}).value"
        return column

    def _told_of_the_version(self) -> set[str]:
        return {*self.log.key, *order_columns(self.source, self.log)}
