"""Run one table on a lake of its own, again and again, over literal rows of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.window import Window
from resources.lake.publish.table_write import Published
from resources.settings import Settings
from tests.tables.run_sql import ONE_DAY, Row, create_table, known_tables, plain_row
from warehouse_assets.modeling import Table, functions
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse


@dataclass(frozen=True)
class TableLake:
    """A lake that holds a table and what it reads. Inputs that are not given are empty."""

    table: Table
    settings: Settings
    window: Window
    warehouse: Warehouse

    @classmethod
    def make(cls, table: Table, folder: Path, window: Window = ONE_DAY) -> TableLake:
        """A new, empty lake whose first date is the window's."""
        settings = Settings(home=folder / table.name, first_date=window.start, threads=1)
        lake = cls(table, settings, window, load_warehouse())
        for name in table.reads:
            lake.give(name, [])
        return lake

    def give(self, name: str, rows: Sequence[Row]) -> None:
        """Publish the rows as all there is of an input in the window."""
        spec = known_tables()[name].spec
        with duckdb_session(self.settings) as connection:
            functions.install(connection, self.settings.time_zone)
            seen = [plain_row(known_tables()[name], row, self.window) for row in rows]
            create_table(connection, known_tables()[name], seen, "given")
            lake, context = Lake(self.settings), PublishContext("run", "code")
            lake.publish(spec, self.window, "SELECT * FROM given", connection, context)

    def run(self) -> Published:
        """Run the table over the window."""
        lake = Lake(self.settings)
        run = TableRun(self.table, self.window, "run", self.warehouse, lake, self.settings)
        return run.publish()

    def rows(self) -> list[Row]:
        """Every row that is published of the table."""
        lake = Lake(self.settings)
        sql = lake.relation_sql(lake.snapshot(self.table.spec), None)
        with duckdb.connect() as connection:
            result = connection.execute(sql)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, values, strict=True)) for values in result.fetchall()]
