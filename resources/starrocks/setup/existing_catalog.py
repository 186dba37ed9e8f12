"""The external catalogs that StarRocks already has, compared with the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import SecretStr

from resources.errors import SettingsError
from resources.starrocks.client.client import Run
from resources.starrocks.client.errors import StarRocksError
from resources.starrocks.client.names import DEFAULT_CATALOG
from resources.starrocks.client.statements import databases_of
from resources.starrocks.setup.external_catalog import Properties
from resources.starrocks.setup.setup_statements import SHOW_CATALOGS, show_create_catalog

_LITERAL = r'"((?:[^"\\]|\\.)*)"'
_PAIR = re.compile(rf"{_LITERAL}\s*=\s*{_LITERAL}")
_MASK = "******"
# StarRocks shows the first and last two characters of a secret that is longer than this.
_HIDDEN_WHOLE = 4
_MADE_BY_STARROCKS = frozenset({"information_schema", "sys"})


def catalogs(run: Run) -> set[str]:
    """The names of all catalogs that the user may use, StarRocks' own left out."""
    return {str(row[0]) for row in run(SHOW_CATALOGS)} - {DEFAULT_CATALOG}


def databases(run: Run, catalog: str) -> set[str]:
    """The names of a catalog's databases; StarRocksError if it cannot be reached."""
    return {str(row[0]) for row in run(databases_of(catalog))} - _MADE_BY_STARROCKS


def different_properties(run: Run, catalog: str, wanted: Properties) -> list[str]:
    """The names of properties that an existing catalog lacks or has otherwise; never a value."""
    existing = _properties(run, catalog)
    return sorted(name for name in wanted if not _is_same(existing.get(name), wanted[name]))


def check_no_other_name(run: Run, catalog: str, wanted: Properties) -> None:
    """Refuse if StarRocks has the lake's catalog under another name, where it shows nothing.

    Rows of a JDBC catalog are keyed by the catalog's name. A catalog of another lake in the same
    database shows that lake's tables, and is accepted.

    Raises:
        SettingsError: Names the other catalog.
    """
    uri = wanted.get("iceberg.catalog.uri")
    if wanted["iceberg.catalog.type"] != "jdbc":
        return
    for other in sorted(catalogs(run) - {catalog}):
        if _properties(run, other).get("iceberg.catalog.uri") != uri or not _is_empty(run, other):
            continue
        raise SettingsError(
            f"StarRocks has the lake's catalog under the name {other}, where it shows no table: "
            f"the lake calls it {catalog}, and the names must be the same",
            f"Drop it in StarRocks: DROP CATALOG `{other}`. Or, if tables are published under "
            f"that name, set LEDGERLAKE_CATALOG_NAME={other}.",
        )


def _is_empty(run: Run, catalog: str) -> bool:
    """Whether it can be reached and shows nothing."""
    try:
        return not databases(run, catalog)
    except StarRocksError:
        return False


def _properties(run: Run, catalog: str) -> Mapping[str, str]:
    """What the catalog was created with, passwords included."""
    text = str(run(show_create_catalog(catalog))[0][1])
    return {_unescaped(name): _unescaped(value) for name, value in _PAIR.findall(text)}


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _is_same(existing: str | None, wanted: object) -> bool:
    if isinstance(wanted, SecretStr):
        secret = wanted.get_secret_value()
        return existing in (None, _MASK, secret, _masked(secret))
    # The key's id is no secret to us, but StarRocks masks it too.
    return existing in (str(wanted), _masked(str(wanted)))


def _masked(value: str) -> str:
    return _MASK if len(value) <= _HIDDEN_WHOLE else f"{value[:2]}{_MASK}{value[-2:]}"
