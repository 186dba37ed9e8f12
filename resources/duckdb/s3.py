"""Letting the engine read and write an object store that speaks S3.

The extension comes with the installed packages and is loaded from its file: nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
from duckdb import DuckDBPyConnection
from pydantic import SecretStr

from resources.errors import EngineError, SettingsError
from resources.identifiers import quoted, text_literal
from resources.settings import Settings

SCHEME = "s3"

_SECRET = "ledgerlake"

# An object is sent in parts, at most 10,000, all of one size and held in memory until sent. Files
# of the lake are a few hundred MB: parts of 5 MB, the least S3 takes, are enough.
_LARGEST_FILE = "50GB"

# What the extension can besides.
_NOT_NEEDED = "HTTPFileSystem,HuggingFaceFileSystem"


@dataclass(frozen=True)
class S3Access:
    """How to reach the S3 of the warehouse.

    `endpoint` begins with its scheme; None is AWS's. `tls_authority` vouches for it; None leaves
    that to the authorities that the system knows.
    """

    endpoint: str | None
    region: str
    key_id: str
    secret: SecretStr
    path_style: bool
    tls_authority: Path | None = None


def s3_access(settings: Settings) -> S3Access | None:
    """How to reach the warehouse's S3; None if the warehouse is on local disk.

    Raises:
        SettingsError: If the warehouse is neither, or a setting is missing or malformed.
    """
    warehouse = urlsplit(settings.warehouse_location)
    if warehouse.scheme in ("", "file"):
        return None
    if warehouse.scheme != SCHEME or not warehouse.netloc:
        raise SettingsError(
            f"LEDGERLAKE_WAREHOUSE is {settings.warehouse_location}, where this lake cannot write",
            "Give a folder, or a bucket such as s3://lake/warehouse.",
        )
    if settings.s3_access_key_id is None or settings.s3_secret_access_key is None:
        raise SettingsError(
            f"The warehouse is {settings.warehouse_location}, but the key to it is not set",
            "Set LEDGERLAKE_S3_ACCESS_KEY_ID and LEDGERLAKE_S3_SECRET_ACCESS_KEY.",
        )
    return S3Access(
        endpoint=_checked_endpoint(settings.s3_endpoint),
        region=settings.s3_region,
        key_id=settings.s3_access_key_id,
        secret=settings.s3_secret_access_key,
        path_style=settings.s3_path_style,
        tls_authority=_checked_authority(settings.s3_tls_authority),
    )


def _checked_endpoint(endpoint: str | None) -> str | None:
    if endpoint is None:
        return None
    address = urlsplit(endpoint)
    if address.scheme not in ("http", "https") or not address.netloc or address.path.strip("/"):
        raise SettingsError(
            f"LEDGERLAKE_S3_ENDPOINT is {endpoint}, which is no address of an S3",
            "Write it as http://host:port or https://host:port.",
        )
    return f"{address.scheme}://{address.netloc}"


def _checked_authority(authority: Path | None) -> Path | None:
    if authority is not None and not authority.is_file():
        raise SettingsError(
            f"LEDGERLAKE_S3_TLS_AUTHORITY is {authority}, where there is no file",
            "Give the file with the certificate of the authority, as PEM.",
        )
    return authority


def reach_s3(connection: DuckDBPyConnection, access: S3Access) -> None:
    """Load the extension, and tell the connection where its S3 is and the key to it.

    No other address can be read: HTTP itself is disabled for good.

    Raises:
        EngineError: If the extension is missing or the engine refuses it.
    """
    try:
        extension = files("duckdb_extension_httpfs").joinpath(
            "extensions", f"v{duckdb.__version__}", "httpfs.duckdb_extension"
        )
        with as_file(extension) as path:
            connection.execute(f"LOAD {text_literal(str(path))}")
        connection.execute(f"SET disabled_filesystems = '{_NOT_NEEDED}'")
        # A `?` in an address is part of a name, not a parameter that names another S3.
        connection.execute("SET s3_url_compatibility_mode = true")
        connection.execute(f"SET s3_uploader_max_filesize = '{_LARGEST_FILE}'")
        if access.tls_authority is not None:
            authority = text_literal(str(access.tls_authority))
            connection.execute(f"SET ca_cert_file = {authority}")
        connection.execute(_create_secret(access))
    except (ImportError, duckdb.Error) as error:
        # Not chained, and only its kind is told: the statement that failed holds the key.
        raise EngineError(
            f"The engine cannot reach S3 ({type(error).__name__})",
            f"Install duckdb-extension-httpfs {duckdb.__version__}, the version of the engine.",
        ) from None


def _create_secret(access: S3Access) -> str:
    options = {
        "KEY_ID": access.key_id,
        "SECRET": access.secret.get_secret_value(),
        "REGION": access.region,
        "URL_STYLE": "path" if access.path_style else "vhost",
    }
    if access.endpoint is not None:
        address = urlsplit(access.endpoint)
        options |= {"ENDPOINT": address.netloc, "USE_SSL": str(address.scheme == "https").lower()}
    listed = ", ".join(f"{name} {text_literal(value)}" for name, value in options.items())
    return f"CREATE SECRET {quoted(_SECRET)} (TYPE s3, {listed})"
