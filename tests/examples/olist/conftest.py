"""The real export where it is at hand, a lake made of it, and a mapping of any export."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from examples.olist.lake_home import mapping_settings
from examples.olist.mapping import map_olist
from examples.olist.report import MappingReport
from examples.olist.run import OlistRun, run_olist
from resources.lake.lake import Lake
from tests.examples.olist.export import (
    CUSTOMERS,
    ITEMS,
    ORDERS,
    PAYMENTS,
    PRODUCTS,
    SELLERS,
    TRANSLATIONS,
    Day,
    Reading,
    Shop,
    rows_of,
    write_rows,
)
from tests.examples.olist.landing import Landing
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

MONTH = "2018-05"
# Half of the orders, with a change of the clocks, every contradiction of times that the sample
# has, and an order that rounds.
MONTHS = tuple(f"2018-{month:02}" for month in range(2, 9))


Map = Callable[..., MappingReport]


@dataclass(frozen=True)
class RealData:
    """The two folders of real CSVs."""

    sample: Path
    reference: Path


@pytest.fixture(scope="session")
def real_data(project_root: Path) -> RealData:
    data = project_root.parent / "shared" / "data"
    if not data.is_dir():
        reason = f"the real Olist data is not at {data}"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return RealData(data / "olist_sample", data / "olist_reference")


@pytest.fixture(scope="session")
def sold_reference(real_data: RealData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference, cut to what the sample sells: dimensions have a row a day and product."""
    folder = tmp_path_factory.mktemp("reference")
    items = rows_of(real_data.sample / ITEMS)
    for name, column in ((PRODUCTS, "product_id"), (SELLERS, "seller_id")):
        sold = {row[column] for row in items}
        rows = rows_of(real_data.reference / name)
        write_rows(folder / name, [row for row in rows if row[column] in sold])
    write_rows(folder / TRANSLATIONS, rows_of(real_data.reference / TRANSLATIONS))
    return folder


@pytest.fixture(scope="session")
def real_export(
    real_data: RealData, sold_reference: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Seven months of the real sample: every table has a partition for each of their days."""
    folder = tmp_path_factory.mktemp("seven_months")
    return write_months(real_data, sold_reference, folder, MONTHS)


@pytest.fixture(scope="session")
def reading(real_export: Path, real_data: RealData) -> Reading:
    return Reading(real_export, real_data.reference)


@pytest.fixture(scope="session")
def real_run(real_export: Path, tmp_path_factory: pytest.TempPathFactory) -> OlistRun:
    """Every table over every day of the seven months."""
    return run_olist(real_export, tmp_path_factory.mktemp("olist"))


@pytest.fixture
def month(real_data: RealData, sold_reference: Path, tmp_path: Path) -> Path:
    """A copy of one month of real orders, for a test to mangle."""
    folder = tmp_path / "export"
    folder.mkdir()
    return write_months(real_data, sold_reference, folder, (MONTH,))


def write_months(
    real_data: RealData, sold_reference: Path, folder: Path, months: tuple[str, ...]
) -> Path:
    """Write the sample's orders of those months, and what belongs to them, into the folder."""
    placed = [
        row
        for row in rows_of(real_data.sample / ORDERS)
        if row["order_purchase_timestamp"].startswith(months)
    ]
    write_rows(folder / ORDERS, placed)
    for name, column in ((ITEMS, "order_id"), (PAYMENTS, "order_id"), (CUSTOMERS, "customer_id")):
        wanted = {row[column] for row in placed}
        rows = rows_of(real_data.sample / name)
        write_rows(folder / name, [row for row in rows if row[column] in wanted])
    for name in (PRODUCTS, SELLERS, TRANSLATIONS):
        (folder / name).write_bytes((sold_reference / name).read_bytes())
    return folder


@pytest.fixture
def mapped(tmp_path: Path) -> Callable[[Path], tuple[MappingReport, Landing]]:
    """Maps an export into a landing folder of the test's own."""

    def run(folder: Path) -> tuple[MappingReport, Landing]:
        landing = tmp_path / "landing"
        report = map_olist(folder, landing, mapping_settings(tmp_path / "home"))
        return report, Landing(landing)

    return run


class Tables:
    """The tables of a run's lake, to be asked in SQL."""

    def __init__(self, run: OlistRun) -> None:
        self._lake = Lake(run.settings)
        self._warehouse = load_warehouse()

    def query(self, sql: str, *names: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the named tables."""
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            for name in names:
                snapshot = self._lake.snapshot(self._warehouse.table(name).spec)
                relation = self._lake.relation_sql(snapshot, None)
                connection.execute(f"CREATE TEMP VIEW {name} AS {relation}")
            return connection.execute(sql).fetchall()

    def financial_days(self) -> dict[date, Day]:
        """dws_financial_1d as the independent reading has it."""
        rows = self.query(
            "SELECT dt, order_count, buyer_count, line_count, goods_amount, shipping_amount, "
            "payment_count, paid_amount, discount_amount, gmv, currency "
            "FROM dws_financial_1d ORDER BY dt",
            "dws_financial_1d",
        )
        for row in rows:
            assert row[8] == Decimal(0)
            assert row[9] == row[4] + row[5]
            assert row[10] == "BRL"
        return {row[0]: Day(*row[1:8]) for row in rows}


@pytest.fixture(scope="session")
def tables(real_run: OlistRun) -> Tables:
    return Tables(real_run)


@pytest.fixture
def shop() -> Shop:
    """Two orders, one of them created only, with their items and payments."""
    return (
        Shop()
        .order("a", "2018-01-02 23:59:59", "2018-01-04 08:00:00", "2018-01-05 01:00:00")
        .item("a", "10.50", "2.25")
        .item("a", "1.00", "0.00", number=2)
        .payment("a", "13.75")
        .order("b", "2018-01-07 00:00:00", approved=None, status="created")
        .item("b", "5.00", "1.00")
        .payment("b", "6.00")
    )
