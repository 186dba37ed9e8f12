"""A small lake whose change log a test delivers, row by row, and whose tables it runs."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from resources.lake.lake import Lake
from resources.lake.model.publication_record import Partition
from resources.lake.model.window import Window
from resources.lake.publish.table_write import Published
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.execution.table_run import TableRun

FIRST = date(2026, 3, 1)
_NUMBERS = itertools.count()
Row = Mapping[str, Any]


@dataclass(frozen=True)
class LogLake:
    """One warehouse with a lake of its own."""

    warehouse: Warehouse
    settings: Settings

    @classmethod
    def make(cls, warehouse: Warehouse, folder: Path) -> LogLake:
        """A new, empty lake in a folder of its own below `folder`, in UTC."""
        home = folder / f"lake_{next(_NUMBERS)}"
        return cls(warehouse, Settings(home=home, time_zone="UTC", first_date=FIRST))

    def deliver(self, name: str, number: int, rows: Sequence[Row]) -> None:
        """Make the rows what is delivered for the day, in place of what was."""
        table = self.warehouse.table(name)
        assert table.source is not None
        folder = self.settings.landing_folder / "log" / day(number).isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        names = [c.spec.name for c in table.columns if not c.role.delivered and c.spec.name != "dt"]
        with (folder / "rows.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
        (folder / "_SUCCESS").touch()

    def run(self, name: str, first: int | None = None, last: int | None = None) -> Published:
        """Run the table, for the days from `first` to `last` if it has partitions."""
        window = None
        if first is not None:
            window = Window.of_days(day(first), day(first if last is None else last))
        table, lake = self.warehouse.table(name), Lake(self.settings)
        return TableRun(table, window, "run", self.warehouse, lake, self.settings).publish()

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Every published row."""
        lake = Lake(self.settings)
        sql = lake.relation_sql(lake.snapshot(self.warehouse.table(name).spec), None)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            result = connection.execute(sql)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, values, strict=True)) for values in result.fetchall()]

    def stale(self, name: str, days: int) -> dict[Partition, str]:
        """What of the table's first days is not up to date, and why."""
        staleness = Staleness(self.warehouse, Lake(self.settings), self.settings)
        return staleness.stale(self.warehouse.table(name), [day(n) for n in range(days)])


def day(number: int) -> date:
    """That many days after the first."""
    return FIRST + timedelta(days=number)


def instant(number: int, hour: int = 12) -> str:
    """An hour of that day, as it is delivered."""
    return f"{day(number)}T{hour:02}:00:00Z"
