"""Every setting, read once from the environment (LEDGERLAKE_*), typed and checked."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from resources.errors import SettingsError

SETTINGS_FILE = "settings.env"


class Settings(BaseSettings):
    """Where the lake is and how it counts days. A lake's own `settings.env` sits in its home."""

    model_config = SettingsConfigDict(env_prefix="LEDGERLAKE_", extra="ignore")

    home: Path = Field(default=Path(".ledgerlake"), description="Folder of the lake.")
    catalog_name: str = Field(default="ledgerlake", description="The same in every reader.")
    catalog_uri: str | None = Field(default=None, description="Default: SQLite in home.")
    warehouse: str | None = Field(default=None, description="Root of tables. Default: in home.")
    landing: Path | None = Field(default=None, description="Delivered files. Default: in home.")
    time_zone: str = Field(default="Asia/Shanghai", description="The zone of business dates.")
    first_date: date = Field(
        default=date(2026, 1, 1),
        ge=date(2015, 1, 1),
        lt=date(2036, 1, 1),
        description="First business date, within the years that dim_date holds.",
    )
    holiday_country: str = Field(default="CN", description="Whose holidays dim_date marks.")
    memory: Annotated[str, Field(pattern=r"^\d+(MiB|GiB)$")] = Field(
        default="384MiB", description="What the engine holds in memory before it spills to disk."
    )
    threads: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Threads of the engine."
    )
    snapshots_kept: int = Field(default=20, ge=1, description="Snapshots a table keeps.")
    orphan_hours: int = Field(default=24, ge=0, description="Age at which lost files may go.")

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name} is no time zone; write one such as Europe/Paris") from error

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @cached_property
    def catalog_location(self) -> str:
        """Address of the catalog's database. SQLite waits for its lock instead of failing."""
        return self.catalog_uri or f"sqlite:///{self.home / 'catalog.db'}?timeout=60"

    @cached_property
    def warehouse_location(self) -> str:
        """Root under which the tables' files live, as a URI or a path."""
        return self.warehouse or str(self.home / "warehouse")

    @cached_property
    def landing_folder(self) -> Path:
        """Root of the delivered files, one folder a source, one folder in it a business date."""
        return self.landing or self.home / "landing"

    @cached_property
    def spill_folder(self) -> Path:
        """Where the engine spills what exceeds its memory."""
        return self.home / "spill"

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.time_zone)

    def last_complete_date(self) -> date:
        """Yesterday, in the business time zone: the newest date that can be whole."""
        return datetime.now(self.zone).date() - timedelta(days=1)


def load_settings() -> Settings:
    """Read the environment, then the lake's own settings file; the environment wins.

    Raises:
        SettingsError: If a setting is malformed; names each, with what is wrong.
    """
    try:
        home = Settings().home
        return Settings(_env_file=home / SETTINGS_FILE)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        wrong = [
            f"LEDGERLAKE_{'_'.join(str(part) for part in each['loc']).upper()}: {each['msg']}"
            for each in error.errors()
        ]
        raise SettingsError(
            "\n".join(wrong), "Correct it in the environment or in the lake's settings.env."
        ) from None
