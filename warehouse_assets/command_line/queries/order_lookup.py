"""One order, found by its number: where it lies, what it is now, its lines and payments.

Reads only the days that can hold it: the number has the date, and what belongs to an order is
delivered within a week.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from resources.errors import InputMissing, SettingsError
from resources.identifiers import quoted, text_literal
from resources.lake.model.window import Window
from warehouse_assets.command_line.queries.rows import Rows, fetched, query_session
from warehouse_assets.modeling.sql.latest_versions import latest_first, shown_rows
from warehouse_assets.modeling.sql.statement import statement_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_NUMBER = re.compile(r"O(?P<date>\d{8})\d{8}(S\d{4})?")
_DAYS_AFTER = 7
_ORDERS, _MAPPING, _MISPLACED = "ods_order", "ods_order_no_mapping", "ads_misplaced_order"
_PARTS = ("ods_order_item", "ods_payment")

Shard = tuple[int, int]


@dataclass(frozen=True)
class FoundOrder:
    """What the lake holds of an order.

    Attributes:
        number, days: The order's number, and the days that were read.
        known_by: What says where it lies: its number, or the mapping table.
        shard: Database and table that it says; None: it says nothing.
        places: Each shard it lies in, with the latest file and line that hold it there.
        misplaced: For each place that is wrong, where it belongs and what says so.
        order: Its latest version.
        versions: How many versions were delivered.
        parts: Table -> latest versions of what belongs to the order.
    """

    number: str
    days: Window
    known_by: str
    shard: Shard | None
    places: Mapping[Shard, str]
    misplaced: Mapping[Shard, tuple[Shard, str]]
    order: Rows
    versions: int
    parts: Mapping[str, Rows]


class OrderLookup:
    """Finds orders in one lake."""

    def __init__(self, warehouse: Warehouse, lake: Lake, settings: Settings) -> None:
        self._warehouse, self._lake, self._settings = warehouse, lake, settings

    def find(self, number: str) -> FoundOrder:
        """The order of that number.

        Raises:
            SettingsError: If that is no number of an order.
            InputMissing: If its day is not published, or no delivery holds it.
        """
        day = ordered_on(number)
        days = Window.of_days(day, day + timedelta(days=_DAYS_AFTER))
        with query_session(self._settings) as connection:
            for name in (_ORDERS, _MAPPING, *_PARTS):
                self._add_rows(connection, name, number, days, needed=name == _ORDERS)
            known_by, shard = self._shard(connection, number)
            places = self._places(connection)
            if not places:
                raise self._unknown(number, days, known_by, shard)
            return FoundOrder(
                number=number,
                days=days,
                known_by=known_by,
                shard=shard,
                places=places,
                misplaced=self._misplaced(connection, day),
                order=self._latest(connection, _ORDERS),
                versions=len(fetched(connection, f"SELECT 1 FROM {_ORDERS}").values),
                parts={name: self._latest(connection, name) for name in _PARTS},
            )

    def _add_rows(
        self, connection: DuckDBPyConnection, name: str, number: str, days: Window, needed: bool
    ) -> None:
        """Create a table of the name with the order's rows of that table."""
        snapshot = self._lake.snapshot(self._warehouse.table(name).spec)
        if needed and days.start not in snapshot.published:
            raise InputMissing(
                f"{name} has no partition {days.start}, the day that the number carries",
                f"Check the number, or run ledgerlake materialize {name} --partition {days.start}.",
            )
        partitions = {day: day for day in days if day in snapshot.published}
        connection.execute(
            f"CREATE TABLE {quoted(name)} AS SELECT * "
            f"FROM ({self._lake.relation_sql(snapshot, partitions)}) "
            f"WHERE order_no = {text_literal(number)}"
        )

    def _shard(self, connection: DuckDBPyConnection, number: str) -> tuple[str, Shard | None]:
        literal = text_literal(number)
        carried = fetched(
            connection, f"SELECT carried_shard_database({literal}), carried_shard_table({literal})"
        ).values[0]
        if carried[0] is not None:
            return "its number", _shard_of(carried)
        mapped = self._latest(connection, _MAPPING).as_documents()
        shards = [_shard_of((row["shard_database"], row["shard_table"])) for row in mapped]
        return "the mapping table", next(iter(shards), None)

    def _places(self, connection: DuckDBPyConnection) -> dict[Shard, str]:
        rows = fetched(
            connection,
            "SELECT shard_database, shard_table, "
            "max_by(source_file || ':' || source_line, (updated_at, dt, source_line)) "
            f"FROM {_ORDERS} GROUP BY ALL ORDER BY ALL",
        ).values
        return {_shard_of(row): str(row[2]) for row in rows}

    def _misplaced(
        self, connection: DuckDBPyConnection, day: date
    ) -> dict[Shard, tuple[Shard, str]]:
        """The rule of ads_misplaced_order, over the order's own rows."""
        table = self._warehouse.table(_MISPLACED)
        statement = statement_of(table)
        assert statement is not None, f"{table.name} is made by SQL"
        window = Window.of_day(day)
        inputs: list[str] = []
        for name, reads in table.reads.items():
            rows = f"FROM main.{quoted(name)}"
            shown = shown_rows(self._warehouse.table(name), reads, rows, window)
            inputs.append(f"{quoted(name)} AS ({shown})")
        found = fetched(
            connection,
            f"WITH {', '.join(inputs)} SELECT shard_database, shard_table, "
            "right_shard_database, right_shard_table, known_by "
            f"FROM ({statement.text(window)}) ORDER BY ALL",
        ).values
        return {_shard_of(row): (_shard_of(row[2:]), str(row[4])) for row in found}

    def _latest(self, connection: DuckDBPyConnection, name: str) -> Rows:
        source = self._warehouse.table(name)
        log = source.change_log
        assert log is not None
        key = ", ".join(f"version.{quoted(column)}" for column in log.key)
        return fetched(
            connection,
            f"SELECT * FROM {quoted(name)} AS version QUALIFY row_number() OVER ("
            f"PARTITION BY {key} ORDER BY {latest_first(source, log)}) = 1 ORDER BY {key}",
        )

    def _unknown(
        self, number: str, days: Window, known_by: str, shard: Shard | None
    ) -> InputMissing:
        where = (
            f"{known_by} says {shard_text(shard)}"
            if shard
            else "it carries no shard, and the mapping table has no row for it"
        )
        return InputMissing(
            f"no delivery of {days} holds order {number}; {where}",
            f"Check the number: ledgerlake show {_ORDERS} --partition {days.start}; or ask the "
            "order center whether it was delivered.",
        )


def ordered_on(number: str) -> date:
    """The day that the number of an order carries.

    Raises:
        SettingsError: If it is no number of an order.
    """
    match = _NUMBER.fullmatch(number)
    try:
        return date.fromisoformat(match["date"]) if match else date.fromisoformat("")
    except ValueError as error:
        raise SettingsError(
            f"{number!r} is no number of an order",
            "Write O, the date, eight digits, and S with the shard where it has one, as in "
            "O2026010300000123S0101.",
        ) from error


def shard_text(shard: Shard) -> str:
    """The shard as text: database 0, table 1."""
    return f"database {shard[0]}, table {shard[1]}"


def _shard_of(row: tuple[object, ...]) -> Shard:
    database, table = row[:2]
    assert isinstance(database, int) and isinstance(table, int)
    return database, table
