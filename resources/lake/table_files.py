"""Files under a table's location, on a local disk or an object store alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem
from pyiceberg.io.pyarrow import PyArrowFileIO


@dataclass(frozen=True)
class StoredFile:
    """One file: its full location, its location below the listed folder, and its bytes."""

    location: str
    relative: str
    bytes: int


def list_files(folder: str) -> Iterator[StoredFile]:
    """Every file below the folder; none if the folder does not exist."""
    filesystem, path = _resolve(folder)
    selector = FileSelector(path, recursive=True, allow_not_found=True)
    for found in filesystem.get_file_info(selector):
        if found.type == FileType.File:
            relative = found.path[len(path) :].lstrip("/")
            yield StoredFile(f"{folder.rstrip('/')}/{relative}", relative, found.size or 0)


def delete_files(locations: Iterable[str]) -> None:
    """Delete the files; one that is gone already is no error."""
    for location in locations:
        filesystem, path = _resolve(location)
        try:
            filesystem.delete_file(path)
        except FileNotFoundError:
            continue


def delete_folder(folder: str) -> None:
    """Delete the folder with everything in it; one that is gone already is no error."""
    filesystem, path = _resolve(folder)
    if filesystem.get_file_info(path).type != FileType.NotFound:
        filesystem.delete_dir(path)


def delete_folder_if_empty(folder: str) -> None:
    """Delete the folder if there is no file below it."""
    if next(list_files(folder), None) is None:
        delete_folder(folder)


def make_folder(folder: str) -> None:
    """Make the folder and those above it; nothing on an object store, which has none."""
    filesystem, path = _resolve(folder)
    if isinstance(filesystem, LocalFileSystem):
        filesystem.create_dir(path, recursive=True)


def read_text(location: str) -> str:
    """The file's content.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    filesystem, path = _resolve(location)
    with filesystem.open_input_stream(path) as stream:
        return stream.read().decode()


def write_text(location: str, text: str) -> None:
    """Write the file, replacing what was there."""
    filesystem, path = _resolve(location)
    with filesystem.open_output_stream(path) as stream:
        stream.write(text.encode())


def _resolve(location: str) -> tuple[FileSystem, str]:
    scheme, netloc, path = PyArrowFileIO.parse_location(location)
    return PyArrowFileIO().fs_by_scheme(scheme, netloc), path
