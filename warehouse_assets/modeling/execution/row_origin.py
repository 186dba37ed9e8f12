"""From which delivered lines a row came: walked back from table to table by the row's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from resources.errors import RecordUnreadable
from resources.identifiers import date_literal, quoted, text_literal
from resources.lake.model.window import Window
from warehouse_assets.modeling.execution.inputs import visible_partitions
from warehouse_assets.modeling.sql.latest_versions import shown_rows
from warehouse_assets.modeling.sql.lineage import column_lineage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

FILE, LINE = "source_file", "source_line"
_MOST_LEVELS = 5
_MOST_LINES = 20

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Origin:
    """A delivered line: the table that took it in, file, line, day; how the file differs today."""

    table: str
    file: str
    line: int
    day: date
    change: str


class RowOrigins:
    """Finds the delivered lines behind rows of one lake."""

    def __init__(
        self,
        warehouse: Warehouse,
        lake: Lake,
        settings: Settings,
        connection: DuckDBPyConnection,
    ) -> None:
        """`connection` is an engine with the warehouse's functions."""
        self._warehouse, self._lake, self._settings = warehouse, lake, settings
        self._connection = connection
        self._snapshot = cache(lambda name: lake.snapshot(warehouse.table(name).spec))

    def of(self, name: str, row: Row, day: date) -> list[Origin]:
        """The lines that a row of a table came from; none where its keys do not lead there.

        Args:
            name: The table.
            row: Some or all of the row's columns, its key among them.
            day: The business date of the row.
        """
        found = self._of(self._warehouse.table(name), row, day, _MOST_LEVELS)
        return list(dict.fromkeys(found))[:_MOST_LINES]

    def _of(self, table: Table, row: Row, day: date, levels: int) -> list[Origin]:
        if table.source is not None:
            return [self._origin(table, row)] if row.get(FILE) else []
        if levels == 0:
            return []
        origins: list[Origin] = []
        lineage = column_lineage(table, self._warehouse.tables)
        for name in table.reads:
            conditions = _conditions(table, name, row, lineage)
            if conditions:
                source = self._warehouse.table(name)
                for found in self._rows(table, source, conditions, day):
                    origins += self._of(source, found, _day_of(source, found, day), levels - 1)
        return origins

    def _rows(
        self, table: Table, source: Table, conditions: Mapping[str, str], day: date
    ) -> list[Row]:
        """The rows of an input that a run of the day saw, and that the conditions hold for."""
        window = Window.of_day(day) if table.partition_column else None
        snapshot = self._snapshot(source.name)
        visible = visible_partitions(table, source.name, snapshot, window, self._settings)
        relation = self._lake.relation_sql(snapshot, visible.partitions)
        shown = shown_rows(source, table.inputs[source.name], relation, window)
        where = " AND ".join(f"{sql} = {value}" for sql, value in conditions.items())
        cursor = self._connection.execute(
            f"SELECT * FROM ({shown}) AS input WHERE {where} LIMIT {_MOST_LINES}"
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    def _origin(self, table: Table, row: Row) -> Origin:
        file, day = str(row[FILE]), row[str(table.partition_column)]
        return Origin(table.name, file, int(row[LINE]), day, self._change(table, file, day))

    def _change(self, table: Table, file: str, day: date) -> str:
        from resources.sources.delivery.delivery import change_of

        try:
            record = self._lake.record(self._snapshot(table.name), day)
        except RecordUnreadable:
            return ""
        recorded = {each.path: each for each in record.sources} if record else {}
        if file not in recorded:
            return ""
        return change_of(recorded[file], self._settings.landing_folder)


def _conditions(
    table: Table, source: str, row: Row, lineage: Mapping[str, Sequence[tuple[str, str]]]
) -> dict[str, str]:
    """SQL over rows of the input -> the value, as SQL, that a row behind this one has there.

    The key, where the input has it as it is; else the texts that have the same name there.
    """
    found: dict[str, str] = {}
    for column in table.key:
        value = _literal(row.get(column))
        leaves = tuple(lineage.get(column, ()))
        if value is None:
            continue
        if len(leaves) == 1 and leaves[0][0] == source:
            found[quoted(leaves[0][1])] = value
        elif leaves == ((source, FILE), (source, LINE)):
            found[f"concat({quoted(FILE)}, ':', {quoted(LINE)})"] = value
    if found:
        return found
    types = {column.spec.name: column.spec.type for column in table.columns}
    return {
        quoted(name): value
        for name, leaves in lineage.items()
        if types[name] == "VARCHAR"
        and tuple(leaves) == ((source, name),)
        and (value := _literal(row.get(name))) is not None
    }


def _literal(value: object) -> str | None:
    """A value of a key as SQL; None of what no key is made of."""
    match value:
        case str():
            return text_literal(value)
        case int() | Decimal():
            return str(value)
        case date() if not isinstance(value, datetime):
            return date_literal(value)
        case _:
            return None


def _day_of(table: Table, row: Row, day: date) -> date:
    column = table.partition_column
    found = row.get(column) if column else None
    return found if isinstance(found, date) else day
