"""A small lake of the sample shop, made without Dagster: pages take sample rows from it."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun

SAMPLE_DAYS = Window.of_days(date(2026, 1, 1), date(2026, 1, 10))
"""Long enough for an order to be settled and its money to reach the bank."""

DELIVERED_DAYS = Window.of_days(SAMPLE_DAYS.start, date(2026, 1, 13))
"""The sources deliver three days more, on which the last rows of the sample days arrive."""

_ORDERS = 100


@contextmanager
def sample_lake(warehouse: Warehouse) -> Generator[Settings]:
    """The lake, the same on every machine: its shop has one seed. Removed at the end."""
    with tempfile.TemporaryDirectory(prefix="ledgerlake-sample-") as folder:
        settings = sample_settings(Path(folder))
        make_sample_lake(warehouse, settings)
        yield settings


def sample_settings(home: Path) -> Settings:
    """The settings of a sample lake in `home`, whatever the environment says."""
    return Settings(
        home=home, landing=home / "landing", first_date=SAMPLE_DAYS.start, time_zone="Asia/Shanghai"
    )


def make_sample_lake(warehouse: Warehouse, settings: Settings) -> None:
    """Fill the shop of `sample_settings` and publish every table over the sample days."""
    shop = ShopSettings(1, _ORDERS, SAMPLE_DAYS.start, settings.time_zone)
    fill(settings.landing_folder, shop, DELIVERED_DAYS)
    lake = Lake(settings)
    for table in warehouse.tables.values():
        days = DELIVERED_DAYS if table.source else SAMPLE_DAYS
        window = days if table.partition_column else None
        TableRun(table, window, "sample", warehouse, lake, settings).publish()
