"""A lake of its own for Olist: its zone, its first date, its holidays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from examples.olist.reading.rows import ZONE
from resources.errors import SettingsError
from resources.lake.model.window import Window
from resources.settings import SETTINGS_FILE, Settings

COUNTRY = "BR"


def mapping_settings(home: Path) -> Settings:
    """Settings for the mapping, when the first date is not known yet."""
    return Settings(home=home, time_zone=ZONE)


def create_lake(home: Path, window: Window) -> None:
    """Write the settings of the lake in `home` into it, so that every command finds them.

    Raises:
        SettingsError: If a lake is there that counts its days otherwise.
    """
    first_date = window.start
    path = home / SETTINGS_FILE
    text = (
        f"LEDGERLAKE_TIME_ZONE={ZONE}\n"
        f"LEDGERLAKE_FIRST_DATE={first_date}\n"
        f"LEDGERLAKE_HOLIDAY_COUNTRY={COUNTRY}\n"
    )
    found = path.read_text(encoding="utf-8") if path.exists() else None
    if found != text and (found is not None or (home / "catalog.db").exists()):
        raise SettingsError(
            f"The lake in {home} is not that of this export, which begins on {first_date}",
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
