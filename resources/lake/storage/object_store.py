"""How the lake's files are reached, on a local disk or on an object store that speaks S3."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pyarrow import NativeFile
from pyarrow.fs import FileSystem, LocalFileSystem, S3FileSystem
from pyiceberg.io import (
    PY_IO_IMPL,
    S3_ACCESS_KEY_ID,
    S3_ENDPOINT,
    S3_FORCE_VIRTUAL_ADDRESSING,
    S3_REGION,
    S3_SECRET_ACCESS_KEY,
    S3_SESSION_TOKEN,
    InputFile,
)

from resources.duckdb.s3 import SCHEME, s3_access
from resources.lake.pyiceberg_internals import FileIOOverFileSystems
from resources.lake.storage.immutable_file_cache import Contents, ReadOnceFile, is_immutable
from resources.settings import Settings
from resources.shared_files import make_shared_folder

# A property of our own: pyiceberg has none for it.
_TLS_AUTHORITY = "ledgerlake.s3-tls-authority"

_ACCESS = (
    S3_ENDPOINT,
    S3_REGION,
    S3_ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY,
    S3_SESSION_TOKEN,
    S3_FORCE_VIRTUAL_ADDRESSING,
    _TLS_AUTHORITY,
)

# The library's own second is short for a store that is far away or busy.
_CONNECT_SECONDS = 10.0


class SharedFileSystem(LocalFileSystem):  # pyright: ignore[reportUntypedBaseClass]
    """The local disk. Makes the folder of a file, for those who share the lake, before the file."""

    def open_output_stream(self, path: str, *arguments: Any, **options: Any) -> NativeFile:
        """A stream that writes the file; what was there is lost."""
        make_shared_folder(Path(path).parent)
        return super().open_output_stream(path, *arguments, **options)


_local_filesystem = cache(SharedFileSystem)


class LakeFileIO(FileIOOverFileSystems):
    """pyiceberg's access to files, equal to any other that reaches S3 in the same way.

    pyiceberg makes one for each table it loads. They share a process's connections and what it has
    read of files that never change; a small file is written in one request instead of three.
    """

    def new_input(self, location: str) -> InputFile:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The file at the location, to be read."""
        file = super().new_input(location)
        # A local file costs no request.
        if urlsplit(location).scheme == SCHEME and is_immutable(location):
            return ReadOnceFile(file, _contents(self._access))
        return file

    def local_filesystem(self) -> FileSystem:
        """One a process, which makes folders that users share."""
        return _local_filesystem()

    def s3_filesystem(self) -> FileSystem:
        """One for each way to reach an S3 and each process: a fork opens its own."""
        return _s3_filesystem(self._access, os.getpid())

    @property
    def _access(self) -> tuple[str | None, ...]:
        return tuple(map(self.properties.get, _ACCESS))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LakeFileIO) and other._access == self._access

    def __hash__(self) -> int:
        return hash(self._access)


@lru_cache(maxsize=16)
def _contents(_access: tuple[str | None, ...]) -> Contents:
    return Contents()


@lru_cache(maxsize=16)
def _s3_filesystem(access: tuple[str | None, ...], _process: int) -> FileSystem:
    endpoint, region, key_id, secret, session_token, virtual_addressing, authority = access
    return S3FileSystem(
        endpoint_override=endpoint,
        region=region,
        access_key=key_id,
        secret_key=secret,
        session_token=session_token,
        force_virtual_addressing=virtual_addressing == "true",
        connect_timeout=_CONNECT_SECONDS,
        tls_ca_file_path=authority,
        # What is written is sent at the end, in one request if it is small.
        allow_delayed_open=True,
    )


def file_io_properties(settings: Settings) -> dict[str, str]:
    """Properties of a pyiceberg catalog, or of a FileIO, that reach the lake's files.

    They hold the key's secret: never to be logged or stored.

    Raises:
        SettingsError: If the warehouse is where this lake cannot write, or its key is missing.
    """
    properties = {PY_IO_IMPL: f"{LakeFileIO.__module__}.{LakeFileIO.__name__}"}
    access = s3_access(settings)
    if access is None:
        return properties
    properties |= {
        S3_REGION: access.region,
        S3_ACCESS_KEY_ID: access.key_id,
        S3_SECRET_ACCESS_KEY: access.secret.get_secret_value(),
        S3_FORCE_VIRTUAL_ADDRESSING: str(not access.path_style).lower(),
    }
    if access.endpoint is not None:
        properties[S3_ENDPOINT] = access.endpoint
    if access.tls_authority is not None:
        properties[_TLS_AUTHORITY] = str(access.tls_authority)
    return properties


def file_io(settings: Settings) -> LakeFileIO:
    """Reads, writes, lists and deletes the lake's files, by its `file_io_properties`."""
    return LakeFileIO(file_io_properties(settings))
