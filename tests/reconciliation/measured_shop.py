"""A sample shop with errors, its lake with the results of every rule, and the truth about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from examples.sample_shop.errors.truth import InjectedError, read_truth
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.reconciliation.expected import SCENARIO_OF
from warehouse_assets import conventions
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

FIRST_DATE = date(2026, 1, 1)
LOOKED_UP = ("ods_payment", "ods_refund", "ods_after_sale")
Row = dict[str, Any]


@dataclass(frozen=True)
class MeasuredShop:
    """A shop of some days, and every rule's results of them.

    Args:
        settings: Those of its lake and landing folder.
        days: The days that are reconciled; the sources deliver LATE_DAYS more.
        rules: The tables of results that are there.
    """

    settings: Settings
    days: Window
    rules: tuple[str, ...]

    @property
    def delivered(self) -> Window:
        """The days that the sources deliver."""
        last = self.days.last + timedelta(days=conventions.LATE_DAYS)
        return Window.of_days(self.days.start, last)

    def truth(self) -> tuple[InjectedError, ...]:
        """Every error in what was delivered; none of a shop without errors."""
        folder = self.settings.landing_folder
        return read_truth(folder, self.delivered) if (folder / "_truth").exists() else ()

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A connection in which every published table is a view."""
        lake = Lake(self.settings)
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        functions.install(connection, self.settings.time_zone)
        for table in wanted_tables(self.rules).tables.values():
            relation = lake.relation_sql(lake.snapshot(table.spec), None)
            connection.execute(f"CREATE TEMP VIEW {table.name} AS {relation}")
        return connection


def rules() -> tuple[str, ...]:
    """The rules of the eighteen scenarios, in the order of their names."""
    return tuple(sorted(SCENARIO_OF))


def wanted_tables(of_rules: Sequence[str]) -> Warehouse:
    """These rules, all that they are made of, and what the truth's rows are looked up in."""
    return load_warehouse().made_of(*of_rules, *LOOKED_UP)


def measured_shop(
    home: Path,
    *,
    days: int,
    orders: int,
    rates: Mapping[str, float],
    seed: int = 1,
    of_rules: Sequence[str] = (),
) -> MeasuredShop:
    """Fill a shop and publish every rule's results of its days, in the order of the inputs.

    Args:
        home: An empty folder for the lake and what is delivered; or one that was measured before,
            which is taken as it is.
        days: How many days are reconciled.
        orders: Orders a day.
        rates: Share of rows by kind of error.
        seed: Of the shop.
        of_rules: The rules that are measured; all of them if none is named.
    """
    settings = Settings(
        home=home, landing=home / "landing", first_date=FIRST_DATE, time_zone="Asia/Shanghai"
    )
    window = Window.of_days(FIRST_DATE, FIRST_DATE + timedelta(days=days - 1))
    shop = MeasuredShop(settings, window, tuple(of_rules) or rules())
    done = home / "measured"
    if done.exists():
        return shop
    fill(
        settings.landing_folder,
        ShopSettings(seed, orders, FIRST_DATE, settings.time_zone, errors=rates),
        shop.delivered,
    )
    lake, warehouse = Lake(settings), wanted_tables(shop.rules)
    for table in warehouse.tables.values():
        days_of = shop.delivered if table.source else window
        of = days_of if table.partition_column else None
        TableRun(table, of, "measured", warehouse, lake, settings).publish()
    done.touch()
    return shop


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """The rows of a SELECT, each by the names of its columns."""
    found = connection.execute(sql)
    names = [each[0] for each in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
