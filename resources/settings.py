"""Every setting, read once from the environment (LEDGERLAKE_*), typed and checked."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from resources.errors import SettingsError

SETTINGS_FILE = "settings.env"
SECRETS_FOLDER = Path("/run/secrets")
"""Where a container finds its secrets, one file a setting, named as the variable."""

LEAST_MEMORY_MIB = 16
"""With less the engine does not start, or finishes no query."""

MOST_THREADS = 256
"""Each has memory of its own: far more than there are processors stops the machine."""

FIRST_YEAR, LAST_YEAR = 1970, 2035
"""Of business dates: none is before timestamps are counted, or after the calendar of dim_date."""

_WITH_A_MEANING = frozenset("?#%*[]\\") | frozenset(map(chr, (*range(32), 127)))


class Settings(BaseSettings):
    """Where the lake is and how it counts days. A lake's own `settings.env` sits in its home."""

    model_config = SettingsConfigDict(env_prefix="LEDGERLAKE_", extra="ignore")

    home: Path = Field(default=Path(".ledgerlake"), description="Folder of the lake.")
    catalog_name: str = Field(default="ledgerlake", description="The same in every reader.")
    catalog_kind: Literal["sql", "rest", "hive"] = Field(
        default="sql", description="What keeps the catalog: a database, or a service."
    )
    catalog_uri: str | None = Field(
        default=None,
        description="Address of the catalog, without password. Default: SQLite in home.",
    )
    catalog_password: SecretStr | None = Field(
        default=None, description="Password of the catalog's database, or token of its service."
    )
    warehouse: str | None = Field(default=None, description="Root of tables. Default: in home.")
    landing: Path | None = Field(default=None, description="Delivered files. Default: in home.")
    time_zone: str = Field(default="Asia/Shanghai", description="The zone of business dates.")
    first_date: date = Field(
        default=date(2026, 1, 1),
        description=f"First business date, from {FIRST_YEAR} to {LAST_YEAR}. dim_date begins with "
        "its year at the latest.",
    )
    holiday_country: str = Field(default="CN", description="Whose holidays dim_date marks.")
    memory: Annotated[str, Field(pattern=r"^\d+(MiB|GiB)$")] = Field(
        default="384MiB", description="What the engine holds in memory before it spills to disk."
    )
    threads: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, MOST_THREADS),
        ge=1,
        le=MOST_THREADS,
        description="Threads of the engine at most: one works for each 128 MiB of its memory.",
    )
    s3_endpoint: str | None = Field(default=None, description="Address of an S3 that is not AWS's.")
    s3_region: str = Field(default="us-east-1", description="Region of the S3.")
    s3_access_key_id: str | None = Field(default=None, description="Who reads and writes the S3.")
    s3_secret_access_key: SecretStr | None = Field(default=None, description="The key's secret.")
    s3_path_style: bool = Field(default=True, description="Buckets are paths, not host names.")
    s3_tls_authority: Path | None = Field(
        default=None, description="Certificate authority (PEM) of the S3. Default: the system's."
    )
    snapshots_kept: int = Field(default=20, ge=1, description="Snapshots a table keeps.")
    snapshot_hours: int = Field(
        default=24,
        ge=0,
        description="A served table's snapshots are kept so long (200 at most), their files too.",
    )
    orphan_hours: int = Field(default=24, ge=0, description="Age at which lost files may go.")
    starrocks_front_ends: str | None = Field(
        default=None, description="host:port of each, with commas between. Default: no StarRocks."
    )
    starrocks_user: str = Field(default="ledgerlake", description="The service user of StarRocks.")
    starrocks_password: SecretStr | None = Field(default=None, description="Its password.")
    starrocks_admin_user: str = Field(
        default="root", description="Whom `ledgerlake starrocks setup` logs in as; no one else."
    )
    starrocks_admin_password: SecretStr | None = Field(default=None, description="Its password.")
    starrocks_tls_authority: Path | None = Field(
        default=None, description="Certificate authority (PEM) of StarRocks. Default: no TLS."
    )
    starrocks_database: str = Field(
        default="ledgerlake_serving", description="Database of the materialized views."
    )
    starrocks_view_replicas: int = Field(
        default=1,
        ge=1,
        description="Copies of a view's rows, each on another back end; not more than are alive.",
    )
    starrocks_catalog_user: str = Field(
        default="ledgerlake_starrocks",
        description="StarRocks' role in the catalog's database, which only reads; setup makes it.",
    )
    starrocks_catalog_password: SecretStr | None = Field(
        default=None,
        description="Its password, or a token of the catalog's service that only reads. Every "
        "user of StarRocks can see it.",
    )
    starrocks_s3_access_key_id: str | None = Field(
        default=None, description="StarRocks' key to the S3, which only reads."
    )
    starrocks_s3_secret_access_key: SecretStr | None = Field(
        default=None, description="That key's secret."
    )
    starrocks_connect_seconds: float = Field(default=5.0, gt=0, description="To connect.")
    starrocks_answer_seconds: float = Field(
        default=120.0,
        gt=0,
        description="To wait for one answer. StarRocks takes 100 to give up an S3 that is away.",
    )
    starrocks_view_seconds: float = Field(
        default=300.0, gt=0, description="To wait for a warm-up, or until a view is refreshed."
    )
    ui_hosts: str | None = Field(
        default=None,
        description="Host names, with commas between, at which people open the UI through a proxy.",
    )
    catalog_warehouse: str | None = Field(
        default=None,
        description="Name of the warehouse in a REST service that keeps several by name.",
    )

    report_folder: Path | None = Field(
        default=None, description="Where daily reports are put. Default: reports, in home."
    )
    report_webhook: SecretStr | None = Field(
        default=None,
        description="Address (https) that is told of each daily report. It is a secret: whoever "
        "knows it can write there.",
    )
    report_email_to: str | None = Field(
        default=None, description="Who gets the daily report by e-mail, with commas between."
    )
    report_email_from: str | None = Field(
        default=None, description="Sender of the e-mail. Default: the first who gets it."
    )
    report_smtp_host: str | None = Field(default=None, description="Host of the mail server.")
    report_smtp_port: int = Field(
        default=587, ge=1, le=65535, description="Its port; on 465 the connection begins with TLS."
    )
    report_smtp_tls: bool = Field(
        default=True, description="Whether TLS is demanded of the mail server."
    )
    report_smtp_user: str | None = Field(default=None, description="Who logs in there, if needed.")
    report_smtp_password: SecretStr | None = Field(default=None, description="Its password.")

    @field_validator("time_zone")
    @classmethod
    def _known_time_zone(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{name} is no time zone; write one such as Europe/Paris") from error

    @field_validator("first_date")
    @classmethod
    def _within_the_calendar(cls, day: date) -> date:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(
                f"{day} is not within the years that a lake may begin in, {FIRST_YEAR} to "
                f"{LAST_YEAR}; write the first business date of which there is data"
            )
        return day

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        home = home.expanduser().absolute()
        _check_location(str(home))
        return home

    @field_validator("warehouse")
    @classmethod
    def _plain_warehouse(cls, warehouse: str | None) -> str | None:
        if warehouse is not None:
            _check_location(warehouse)
        return warehouse

    @field_validator("memory")
    @classmethod
    def _enough_memory(cls, memory: str) -> str:
        if int(memory[:-3]) * (1024 if memory.endswith("GiB") else 1) < LEAST_MEMORY_MIB:
            raise ValueError(f"the engine needs {LEAST_MEMORY_MIB}MiB at least")
        return memory

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

    def of_starrocks(self) -> Settings:
        """The same lake as StarRocks reaches it: with the role and the key that only read."""
        uri = self.catalog_uri
        if self.catalog_kind == "sql" and uri is not None and "@" in uri:
            scheme, _, rest = uri.partition("://")
            uri = f"{scheme}://{self.starrocks_catalog_user}@{rest.partition('@')[2]}"
        own = self.model_copy(
            update={
                "catalog_uri": uri,
                "catalog_password": self.starrocks_catalog_password,
                "s3_access_key_id": self.starrocks_s3_access_key_id,
                "s3_secret_access_key": self.starrocks_s3_secret_access_key,
            }
        )
        # What was worked out before is copied too.
        vars(own).pop("catalog_location", None)
        return own

    @property
    def is_served(self) -> bool:
        """Whether a server reads the lake with a memory of its own, and has to be told of news."""
        return self.starrocks_front_ends is not None

    def last_complete_date(self) -> date:
        """Yesterday, in the business time zone: the latest date that can be whole."""
        return datetime.now(self.zone).date() - timedelta(days=1)


def _check_location(location: str) -> None:
    """Raise ValueError where readers of the lake would take a name for something else.

    Iceberg's locations are URIs, and engines take them for patterns of names as well.
    """
    wrong = sorted(_WITH_A_MEANING & set(location))
    if wrong:
        raise ValueError(
            f"{location!r} has {' '.join(map(repr, wrong))} in it, which in the location of a "
            "table means something else; choose a folder without"
        )


def _secrets() -> Path | None:
    return SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None


def load_settings() -> Settings:
    """Read the environment, then the lake's own settings file, then secret files; first wins.

    Raises:
        SettingsError: If a setting is malformed; names each, with what is wrong.
    """
    try:
        home = Settings().home
        return Settings(_env_file=home / SETTINGS_FILE, _secrets_dir=_secrets())  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        wrong = [
            f"LEDGERLAKE_{'_'.join(str(part) for part in each['loc']).upper()}: {each['msg']}"
            for each in error.errors()
        ]
        raise SettingsError(
            "\n".join(wrong), "Correct it in the environment or in the lake's settings.env."
        ) from None
