"""The lake's namespaces, as databases that StarRocks has to show."""

from __future__ import annotations

from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import RESTError
from sqlalchemy.exc import SQLAlchemyError

from resources.errors import SettingsError, StorageError
from resources.lake.catalog.catalog import open_catalog
from resources.settings import Settings


def lake_databases(settings: Settings) -> set[str]:
    """The names of the lake's namespaces; none before the first publish.

    Opening the catalog makes its tables, if it has none yet: StarRocks does not.

    Raises:
        SettingsError: If one lies inside another: StarRocks would leave it out without a word.
        StorageError: If the catalog cannot be reached.
    """
    try:
        namespaces = _namespaces(open_catalog(settings))
    except (SQLAlchemyError, RESTError, OSError) as error:
        raise StorageError(
            f"The lake's catalog cannot be read: {' '.join(str(error).split())[:300]}",
            "See that its database or service runs, and LEDGERLAKE_CATALOG_URI and _PASSWORD.",
        ) from error
    nested = sorted(".".join(each) for each in namespaces if len(each) > 1)
    if nested:
        raise SettingsError(
            f"The lake's catalog has the namespace {nested[0]}, which lies inside another: "
            "StarRocks does not show its tables, and says nothing",
            "Move its tables to a namespace of one name, and drop it.",
        )
    return {name for (name,) in namespaces}


def _namespaces(catalog: Catalog) -> list[tuple[str, ...]]:
    """Those of the first and of the second level."""
    first = [tuple(each) for each in catalog.list_namespaces()]
    second = [tuple(inner) for outer in first for inner in catalog.list_namespaces(outer)]
    return first + [each for each in second if len(each) > 1]
