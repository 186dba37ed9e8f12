"""Files under a table's location, on a local disk or an object store alike.

`io` is the table's own FileIO, or `file_io(settings)` before there is a table.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

from resources.errors import SettingsError
from resources.shared_files import make_shared_folder

# pyarrow's file systems take long to import, and sizes of local files do not need them.
if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem
    from pyiceberg.io import FileIO

# Requests to an object store that are under way at once: each is mostly waiting.
_REQUESTS_AT_ONCE = 16

# Asked about more files than this, an object store is asked for a list: 1,000 files a request.
_MOST_FILES_ASKED_FOR = 64

Result = TypeVar("Result")


@dataclass(frozen=True)
class StoredFile:
    """One file: its full location, its location below the listed folder, and its bytes."""

    location: str
    relative: str
    bytes: int


def for_each_file(work: Callable[[str], Result], locations: Sequence[str]) -> list[Result]:
    """What the work gives for each file, in their order; on an object store many at once."""
    if len(locations) < 2 or is_local(locations[0]):
        return [work(location) for location in locations]
    with ThreadPoolExecutor(min(len(locations), _REQUESTS_AT_ONCE)) as pool:
        return list(pool.map(work, locations))


def list_files(folder: str, io: FileIO) -> Iterator[StoredFile]:
    """Every file below the folder; none if the folder does not exist."""
    from pyarrow.fs import FileSelector, FileType

    filesystem, path = _resolve(folder, io)
    selector = FileSelector(path, recursive=True, allow_not_found=True)
    for found in filesystem.get_file_info(selector):
        if found.type == FileType.File:
            relative = found.path[len(path) :].lstrip("/")
            yield StoredFile(f"{folder.rstrip('/')}/{relative}", relative, found.size or 0)


def file_sizes(locations: Sequence[str], io: FileIO) -> dict[str, int | OSError]:
    """The bytes of each file, or why it cannot be read.

    On an object store that costs one request a file, or for many files of one folder a list.
    """
    if not locations or is_local(locations[0]):
        return {location: _local_size(location) for location in locations}
    if len(locations) > _MOST_FILES_ASKED_FOR:
        folder = os.path.commonpath([location.split("://", 1)[1] for location in locations])
        scheme = urlsplit(locations[0]).scheme
        sizes = {file.location: file.bytes for file in list_files(f"{scheme}://{folder}", io)}
        return {location: sizes.get(location, _not_there(location)) for location in locations}
    found = for_each_file(lambda location: _stored_size(location, io), locations)
    return dict(zip(locations, found, strict=True))


def delete_files(locations: Iterable[str], io: FileIO) -> None:
    """Delete the files; one that is gone already is no error."""

    def delete(location: str) -> None:
        filesystem, path = _resolve(location, io)
        with suppress(FileNotFoundError):
            filesystem.delete_file(path)

    for_each_file(delete, list(locations))


def delete_folder(folder: str, io: FileIO) -> None:
    """Delete the folder with everything in it; one that is gone already is no error."""
    from pyarrow.fs import FileType

    filesystem, path = _resolve(folder, io)
    if filesystem.get_file_info(path).type != FileType.NotFound:
        filesystem.delete_dir(path)


def delete_folder_if_empty(folder: str, io: FileIO) -> None:
    """Delete the folder if there is no file below it."""
    if next(list_files(folder, io), None) is None:
        delete_folder(folder, io)


def list_folders(folder: str, io: FileIO) -> list[Path]:
    """The folders directly below it; none on an object store, which has none."""
    from pyarrow.fs import LocalFileSystem

    filesystem, path = _resolve(folder, io)
    if not isinstance(filesystem, LocalFileSystem) or not Path(path).is_dir():
        return []
    return [each for each in Path(path).iterdir() if each.is_dir()]


def delete_empty_folders(folders: Iterable[Path]) -> None:
    """Delete those folders in which nothing is."""
    for each in folders:
        # Suppressed: there is something in it, or it is gone.
        with suppress(OSError):
            each.rmdir()


def make_folder(folder: str, io: FileIO) -> None:
    """Make the folder and those above it; nothing on an object store, which has none."""
    from pyarrow.fs import LocalFileSystem

    filesystem, path = _resolve(folder, io)
    if isinstance(filesystem, LocalFileSystem):
        make_shared_folder(Path(path))


def read_text(location: str, io: FileIO) -> str:
    """The file's content; FileNotFoundError if there is no such file."""
    filesystem, path = _resolve(location, io)
    with filesystem.open_input_stream(path) as stream:
        return stream.read().decode()


def write_text(location: str, text: str, io: FileIO) -> None:
    """Write the file, replacing what was there: with the old text or the new, never a part."""
    from pyarrow.fs import LocalFileSystem

    filesystem, path = _resolve(location, io)
    is_local_file = isinstance(filesystem, LocalFileSystem)
    draft = f"{path}.{uuid.uuid4()}" if is_local_file else path
    with filesystem.open_output_stream(draft) as stream:
        stream.write(text.encode())
    if is_local_file:
        Path(draft).replace(path)


def is_local(location: str) -> bool:
    """Whether the file or folder is on a disk of this machine."""
    return urlsplit(location).scheme in ("", "file")


def local_path(location: str) -> Path:
    """Where a location of the local disk is, whether it is written as a path or as a URI."""
    address = urlsplit(location)
    return Path(unquote(address.path) if address.scheme else location)


def _resolve(location: str, io: FileIO) -> tuple[FileSystem, str]:
    from pyiceberg.io.pyarrow import PyArrowFileIO

    if not isinstance(io, PyArrowFileIO):
        raise SettingsError(
            f"The catalog wants {location} to be reached through {type(io).__name__}",
            "Take `py-io-impl` out of the catalog's configuration.",
        )
    scheme, netloc, path = PyArrowFileIO.parse_location(location)
    return io.fs_by_scheme(scheme, netloc), path


def _local_size(location: str) -> int | OSError:
    try:
        return local_path(location).stat().st_size
    except OSError as error:
        return error


def _stored_size(location: str, io: FileIO) -> int | OSError:
    from pyarrow.fs import FileType

    filesystem, path = _resolve(location, io)
    found: FileInfo = filesystem.get_file_info(path)
    return found.size or 0 if found.type == FileType.File else _not_there(location)


def _not_there(location: str) -> OSError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), location)
