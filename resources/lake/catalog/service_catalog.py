"""A catalog that a service keeps: an Iceberg REST catalog, or a Hive metastore.

What the settings do not cover, pyiceberg reads from its own configuration, as
`PYICEBERG_CATALOG__<NAME>__CREDENTIAL` for an OAuth2 login.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table

from resources.errors import SettingsError
from resources.settings import Settings

_SCHEMES = {"rest": ("http", "https"), "hive": ("thrift",)}
_EXAMPLES = {"rest": "https://host:8181", "hive": "thrift://host:9083"}


def service_properties(settings: Settings) -> dict[str, str]:
    """Properties with which pyiceberg opens the catalog. They may hold a token: not to be shown.

    Raises:
        SettingsError: If the service's address is missing or malformed, or holds a password.
    """
    kind = settings.catalog_kind
    properties = {"type": kind, "uri": _checked_address(settings)}
    if kind == "hive":
        return properties | {"warehouse": settings.warehouse_location}
    # A service that keeps several warehouses is asked for one by its name.
    properties["warehouse"] = settings.catalog_warehouse or settings.warehouse_location
    if settings.catalog_password is not None:
        properties["token"] = settings.catalog_password.get_secret_value()
    return properties


def _checked_address(settings: Settings) -> str:
    kind = settings.catalog_kind
    address = settings.catalog_uri or ""
    # A metastore may have several addresses, with commas between.
    each = [urlsplit(part.strip()) for part in address.split(",")]
    if any(part.scheme not in _SCHEMES[kind] or not part.netloc for part in each):
        raise SettingsError(
            f"The catalog's kind is {kind}, but LEDGERLAKE_CATALOG_URI is no address of one",
            f"Write it as {_EXAMPLES[kind]}.",
        )
    if any(part.password is not None for part in each):
        raise SettingsError(
            "LEDGERLAKE_CATALOG_URI holds a password, which would be shown where the address is",
            "Take it out, and set LEDGERLAKE_CATALOG_PASSWORD.",
        )
    return address


def forget(catalog: Catalog, table: Table) -> None:
    """Take the table out of the catalog, unless it was committed to meanwhile.

    A service knows no condition: what is committed between the look and the drop is lost. So
    only one host publishes to such a catalog, and this is called under the table's lock.
    """
    with suppress(NoSuchTableError):
        now = catalog.load_table(table.name())
        if now.metadata_location == table.metadata_location:
            catalog.drop_table(table.name())
