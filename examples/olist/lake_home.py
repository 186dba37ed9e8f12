"""A lake of its own for Olist: its settings, and which of the warehouse's tables it can fill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from examples.olist.reading.rows import ZONE
from examples.olist.reconciled import RULE
from examples.olist.shop_rows import DELIVERIES
from resources.errors import SettingsError
from resources.lake.model.window import Window
from resources.settings import SETTINGS_FILE, Settings
from resources.sources.declaration.files_source import FilesSource
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

COUNTRY = "BR"


def mapping_settings(home: Path) -> Settings:
    """Settings for the mapping, when the first date is not known yet."""
    return Settings(home=home, time_zone=ZONE)


def create_lake(home: Path, window: Window) -> None:
    """Write the settings of the lake in `home` into it, so that every command finds them.

    Raises:
        SettingsError: If a lake is there that counts its days otherwise.
    """
    path = home / SETTINGS_FILE
    text = (
        f"LEDGERLAKE_TIME_ZONE={ZONE}\n"
        f"LEDGERLAKE_FIRST_DATE={window.start}\n"
        f"LEDGERLAKE_HOLIDAY_COUNTRY={COUNTRY}\n"
    )
    found = path.read_text(encoding="utf-8") if path.exists() else None
    if found != text and (found is not None or (home / "catalog.db").exists()):
        raise SettingsError(
            f"The lake in {home} is not that of this export, which begins on {window.start}",
            "Name another home, or delete this one.",
        )
    home.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def lake_settings(home: Path, first_date: date) -> Settings:
    """The settings of the lake in `home`, whatever else the environment says of zone and dates."""
    return Settings(
        home=home, time_zone=ZONE, first_date=first_date, holiday_country=COUNTRY, landing=None,
        catalog_uri=None, warehouse=None,
    )  # fmt: skip


WANTED = (
    "ads_finance_daily", "ads_revenue_bridge", "dim_category", "dim_seller", "dws_seller_1d",
    "dws_user_recent_orders",
)  # fmt: skip


@cache
def olist_warehouse(*, reconciled: bool = False) -> Warehouse:
    """The wanted tables and all they are made of; the rule, too, if orders are reconciled."""
    return load_warehouse().made_of(*WANTED, *([RULE] if reconciled else []))


def declared_folders(source: str) -> Sequence[str]:
    """The folders that the tables look for in a day's folder of a source."""
    return next((part.declared_folders for part in _parts() if part.path == source), ())


def sources_without_rows() -> Iterable[str]:
    """Sources that those tables read and Olist has nothing of: refunds, coupons, settlements."""
    delivered = {delivery.source for delivery in DELIVERIES}
    return [part.path for part in _parts() if part.path not in delivered]


def _parts() -> Iterator[FilesSource]:
    for table in olist_warehouse(reconciled=True).tables.values():
        if table.source:
            yield from table.source.parts
