"""Names in StarRocks' statements: checked, fully qualified, quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resources.errors import SettingsError
from resources.identifiers import checked_identifier
from resources.lake.model.table_spec import TableSpec
from resources.settings import Settings

DEFAULT_CATALOG = "default_catalog"
"""StarRocks' own catalog: its databases, materialized views and information_schema."""

_CATALOG = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")


def checked_catalog(name: str) -> str:
    """The catalog's case-sensitive name; SettingsError if StarRocks does not accept it."""
    if not _CATALOG.fullmatch(name):
        raise SettingsError(
            f"StarRocks can have no catalog of the name {name!r}",
            "A catalog's name starts with a letter and has letters, digits and underscores: "
            "correct LEDGERLAKE_CATALOG_NAME.",
        )
    return name


def backticked(name: str) -> str:
    """The name as StarRocks quotes identifiers."""
    return "`" + name.replace("`", "``") + "`"


@dataclass(frozen=True, order=True)
class TableName:
    """The full name of a table or view: no statement depends on a current catalog or database."""

    catalog: str
    database: str
    name: str

    @classmethod
    def of(cls, settings: Settings, spec: TableSpec) -> TableName:
        """The table in StarRocks: its external catalog has the name of the lake's."""
        return cls(settings.catalog_name, spec.namespace, spec.name)

    def __post_init__(self) -> None:
        checked_catalog(self.catalog)
        checked_identifier(self.database, "database name")
        checked_identifier(self.name, "table name")

    @property
    def sql(self) -> str:
        """`catalog`.`database`.`name`"""
        return ".".join(map(backticked, (self.catalog, self.database, self.name)))

    @property
    def refs_sql(self) -> str:
        """The metadata table of the table's branches and tags: `catalog`.`database`.`name$refs`"""
        return ".".join(map(backticked, (self.catalog, self.database, f"{self.name}$refs")))

    def __str__(self) -> str:
        return f"{self.catalog}.{self.database}.{self.name}"
