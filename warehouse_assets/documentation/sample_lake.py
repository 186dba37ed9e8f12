"""A small lake of the sample shop, made without Dagster, to take sample rows from."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from resources.identifiers import quoted
from resources.lake.model.window import Window

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.documentation.table_page import SampleRow
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

SAMPLE_DAYS = Window.of_days(date(2026, 1, 1), date(2026, 1, 10))
"""Long enough for an order to be settled and its money to reach the bank."""

DELIVERED_DAYS = Window.of_days(SAMPLE_DAYS.start, date(2026, 1, 13))
"""The sources deliver three days more, on which the last rows of the sample days arrive."""

_ORDERS = 100
_ROWS = 3


@contextmanager
def sample_lake(warehouse: Warehouse) -> Generator[Settings]:
    """The lake, the same on every machine: its shop has one seed. Removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ledgerlake-sample-") as folder:
        settings = sample_settings(Path(folder))
        make_sample_lake(warehouse, settings)
        yield settings


def sample_rows(warehouse: Warehouse, settings: Settings) -> Mapping[str, Sequence[SampleRow]]:
    """Three rows of each table of a lake, by the table's name."""
    return {table.name: _rows(table, settings) for table in warehouse.tables.values()}


def sample_settings(home: Path) -> Settings:
    """The settings of a sample lake in `home`, whatever the environment says."""
    from resources.settings import Settings

    return Settings(
        home=home,
        landing=home / "landing",
        first_date=SAMPLE_DAYS.start,
        time_zone="Asia/Shanghai",
    )


def make_sample_lake(warehouse: Warehouse, settings: Settings) -> None:
    """Fill the shop of `sample_settings` and publish every table over the sample days."""
    from examples.sample_shop.fill import fill
    from examples.sample_shop.shop_settings import ShopSettings
    from resources.lake.lake import Lake
    from warehouse_assets.modeling.execution.table_run import TableRun

    shop = ShopSettings(1, _ORDERS, SAMPLE_DAYS.start, settings.time_zone)
    fill(settings.landing_folder, shop, DELIVERED_DAYS)
    lake = Lake(settings)
    for table in warehouse.tables.values():
        days = DELIVERED_DAYS if table.source else SAMPLE_DAYS
        window = days if table.partition_column else None
        TableRun(table, window, "sample", warehouse, lake, settings).publish()


def _rows(table: Table, settings: Settings) -> Sequence[SampleRow]:
    from resources.duckdb.engine import lake_session
    from resources.lake.lake import Lake

    lake = Lake(settings)
    names = [column.spec.name for column in table.columns]
    # The latest day, and there the rows with the most in them: a sample of nulls shows nothing.
    filled = " + ".join(f"CAST({quoted(name)} IS NOT NULL AS INTEGER)" for name in names)
    order = [f"{filled} DESC", *(quoted(name) for name in names)]
    if table.partition_column:
        order.insert(0, f"{quoted(table.partition_column)} DESC")
    with lake_session(settings) as connection:
        relation = lake.relation_sql(lake.snapshot(table.spec), None)
        columns = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in names)
        found = connection.execute(
            f"SELECT {columns} FROM ({relation}) AS t ORDER BY {', '.join(order)} LIMIT {_ROWS}"
        ).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]
