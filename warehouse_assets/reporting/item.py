"""One item of a reconciliation: its days, the rows of both sides, and the lines they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from resources.duckdb.engine import duckdb_session
from resources.errors import InputMissing
from resources.identifiers import date_literal, quoted, quoted_list, text_literal
from resources.lake.model.window import Window
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.execution.finality import Finality
from warehouse_assets.modeling.execution.inputs import visible_partitions
from warehouse_assets.modeling.execution.row_origin import Origin, RowOrigins
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.reconcile import Reconcile
from warehouse_assets.modeling.reconciliation.rule import (
    ADJUSTMENTS,
    DECISIONS,
    SIDES,
    Rule,
    SideName,
)
from warehouse_assets.modeling.reconciliation.sql.columns import key_text
from warehouse_assets.modeling.sql.latest_versions import shown_rows
from warehouse_assets.modeling.sql.statement import Statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse
    from warehouse_assets.modeling.execution.finality import DateStanding

_MOST_ROWS = 20
_MOST_SUGGESTED = 5_000

Row = Mapping[str, Any]


@dataclass(frozen=True)
class SideRow:
    """A row of a side, and the delivered lines that it came from."""

    row: Row
    origins: Sequence[Origin]


@dataclass(frozen=True)
class SideRows:
    """What an item has on one side: the table, what it did as a word, its rows; and how many."""

    table: str
    word: str
    rows: Sequence[SideRow]
    count: int


@dataclass(frozen=True)
class ItemStory:
    """An item.

    Attributes:
        rule: The rule's name.
        result: Its latest result, up to the day that was asked for.
        left, right: The rows of its sides.
        history: Its result on each of its days, in order.
        decisions, adjustments: What people recorded of it.
        date_standing: Whether the day of its latest result is provisional, final or closed.
    """

    rule: str
    result: Row
    left: SideRows
    right: SideRows
    history: Sequence[Row]
    decisions: Sequence[Row]
    adjustments: Sequence[Row]
    date_standing: DateStanding


class ItemFinder:
    """Finds items of one rule."""

    def __init__(self, warehouse: Warehouse, lake: Lake, settings: Settings, name: str) -> None:
        self._warehouse, self._lake, self._settings = warehouse, lake, settings
        self._table = warehouse.table(name)
        assert isinstance(self._table.materialization, Reconcile)
        self._rule: Rule = self._table.materialization.rule

    def find(self, item: str, day: date | None = None) -> ItemStory:
        """The item, by its id or by the id of a row of one of its sides.

        Args:
            item: The item's id, such as left:P1; or the id of a row, such as P1, or its key.
            day: The day at whose end it is looked at; None: the latest that is published.

        Raises:
            InputMissing: If the rule has no such item; suggests the nearest that is open.
        """
        snapshot = self._lake.snapshot(self._table.spec)
        days = [each for each in snapshot.days if day is None or each <= day]
        if not days or (day is not None and day not in snapshot.published):
            has = f"It has {snapshot.days[0]} to {snapshot.days[-1]}." if snapshot.days else None
            raise InputMissing(f"{self._table.name} has no results of {day or 'any day'}", has)
        with duckdb_session(self._settings) as connection:
            functions.install(connection, self._settings.time_zone)
            history = self._history(connection, snapshot, days, item)
            result = history[-1]
            origins = RowOrigins(self._warehouse, self._lake, self._settings, connection)
            left, right = (self._side(connection, origins, name, history) for name in SIDES)
            item_id = str(result["item_id"])
            finality = Finality(self._warehouse, self._lake)
            return ItemStory(
                rule=self._table.name,
                result=result,
                left=left,
                right=right,
                history=history,
                decisions=self._recorded(connection, DECISIONS, {
                    "rule": self._table.name, "item_id": item_id}),
                adjustments=self._recorded(connection, ADJUSTMENTS, {
                    "reconciliation_rule": self._table.name, "reconciliation_item": item_id}),
                date_standing=finality.of_date([self._table], result["dt"]),
            )  # fmt: skip

    def _history(
        self,
        connection: DuckDBPyConnection,
        snapshot: TableSnapshot,
        days: Sequence[date],
        item: str,
    ) -> Sequence[Row]:
        """The item's result on each of its days."""
        relation = self._lake.relation_sql(snapshot, {day: day for day in days})
        wanted = text_literal(item)
        names = ("item_id", "left_id", "right_id", "left_key", "right_key")
        where = " OR ".join(f"{name} = {wanted}" for name in names)
        # The latest result of the item itself; or of a row of it.
        found = self._found(connection, relation, f"{where} OR {self._is_in_sum(item)}", wanted)
        if found is None:
            raise self._unknown(connection, relation, days[-1], item)
        if found["is_open"] and (later := self._joined(connection, relation, found)):
            found = later
        return _fetched(
            connection,
            f"SELECT * FROM ({relation}) WHERE item_id = {text_literal(found['item_id'])} "
            f"AND dt >= {date_literal(found['first_date'])} ORDER BY dt",
        )

    def _joined(self, connection: DuckDBPyConnection, relation: str, last: Row) -> Row | None:
        """The older item that an item which was open last has become one with, if any."""
        side, _, row = str(last["item_id"]).partition(":")
        if side not in SIDES:
            return None
        is_there = f"{side}_id = {text_literal(row)} OR {self._is_in_sum(row)}"
        later = f"dt > {date_literal(last['dt'])}"
        return self._found(connection, relation, f"{later} AND ({is_there})")

    def _found(
        self, connection: DuckDBPyConnection, relation: str, where: str, wanted: str = "''"
    ) -> Row | None:
        sql = (
            f"SELECT item_id, first_date, is_open, dt FROM ({relation}) WHERE {where} "
            f"ORDER BY item_id <> {wanted}, dt DESC LIMIT 1"
        )
        return next(iter(_fetched(connection, sql)), None)

    def _is_in_sum(self, row: str) -> str:
        """Whether a row is one of those that a pass has summed up, as SQL over results."""
        listed = ", ".join(map(text_literal, self._sums))
        is_listed = f"list_contains(string_split(candidates, ', '), {text_literal(row)})"
        return f"(match_pass IN ({listed}) AND {is_listed})" if listed else "FALSE"

    @property
    def _sums(self) -> list[str]:
        """The names of the passes that sum rows up."""
        return [each.name for each in self._rule.passes if each.kind == "sum"]

    def _unknown(
        self, connection: DuckDBPyConnection, relation: str, last: date, item: str
    ) -> InputMissing:
        known = [
            str(row["item_id"])
            for row in _fetched(
                connection,
                f"SELECT item_id FROM ({relation}) WHERE dt = {date_literal(last)} AND is_open "
                f"ORDER BY item_id LIMIT {_MOST_SUGGESTED}",
            )
        ]
        rows = [each.partition(":")[2] for each in known]
        return InputMissing(
            f"{self._table.name} has no item {item} up to {last}",
            did_you_mean(item, [*known, *rows])
            or f"`ledgerlake reconcile {self._table.name} --open` lists what is open.",
        )

    def _side(
        self,
        connection: DuckDBPyConnection,
        origins: RowOrigins,
        name: SideName,
        history: Sequence[Row],
    ) -> SideRows:
        """The rows of a side, on the business dates that they are of."""
        side, result = self._rule.side(name), history[-1]
        first, last = result["first_date"], result[f"{name}_date"]
        if not result[f"{name}_count"] or last is None:
            return SideRows(side.table, side.word, [], 0)
        window = Window.of_days(min(first, last), last)
        for each in dict.fromkeys([side.table, *side.reads]):
            self._add_view(connection, each, window)
        source = f"({side.rows})" if side.rows else quoted(side.table)
        where = f"({side.where}) AND " if side.where else ""
        key = key_text(self._rule.passes[0].left if name == "left" else self._rule.passes[0].right)
        rows_of_sums = [
            row
            for each in history
            if self._rule.is_many(name) and each["match_pass"] in self._sums
            for row in str(each["candidates"]).split(", ")
        ]
        ids = ", ".join(map(text_literal, [result[f"{name}_id"], *rows_of_sums]))
        is_row = f"CAST({side.row} AS VARCHAR) IN ({ids})"
        if self._rule.is_many(name) and result[f"{name}_key"] is not None:
            is_row = f"({is_row} OR {key} = {text_literal(result[f'{name}_key'])})"
        sql = (
            f"SELECT *, CAST({side.date} AS DATE) AS {quoted('date of the row')} "
            f"FROM {source} AS input WHERE {where}{is_row} "
            f"AND {window.holds(side.date)} ORDER BY ALL LIMIT {_MOST_ROWS}"
        )
        # The rule may ask for the days of its run.
        found = _fetched(connection, Statement(self._table, sql).text(window))
        rows: list[SideRow] = []
        for row in found:
            plain = dict(row)
            day = plain.pop("date of the row")
            rows.append(SideRow(plain, origins.of(side.table, plain, day)))
        return SideRows(side.table, side.word, rows, result[f"{name}_count"])

    def _add_view(self, connection: DuckDBPyConnection, name: str, window: Window) -> None:
        """Show an input under its name, as the rule's run for the days sees it."""
        source = self._warehouse.table(name)
        snapshot = self._lake.snapshot(source.spec)
        shown = visible_partitions(self._table, name, snapshot, window, self._settings)
        relation = self._lake.relation_sql(snapshot, shown.partitions)
        rows = shown_rows(source, self._table.inputs[name], relation, window)
        connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {rows}")

    def _recorded(
        self, connection: DuckDBPyConnection, name: str, wanted: Mapping[str, str]
    ) -> Sequence[Row]:
        """The rows of a table of what people recorded, on whatever day."""
        table: Table = self._warehouse.table(name)
        snapshot = self._lake.snapshot(table.spec)
        if not snapshot.published:
            return []
        columns = quoted_list([column.spec.name for column in table.columns])
        where = " AND ".join(f"{quoted(n)} = {text_literal(v)}" for n, v in wanted.items())
        relation = self._lake.relation_sql(snapshot, None)
        return _fetched(connection, f"SELECT {columns} FROM ({relation}) WHERE {where} ORDER BY dt")


def _fetched(connection: DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    # Values are no parameters: the engine's client imports pandas for these.
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
