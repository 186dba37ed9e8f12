"""Files on a local disk as pyiceberg reads them, without pyarrow, whose import takes long."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from pyiceberg.io import FileIO, InputFile, OutputFile

from resources.lake.storage.table_files import local_path


class LocalFiles(FileIO):
    """Access to read files only."""

    def new_input(self, location: str) -> InputFile:
        """The file at the location, to be read."""
        return _LocalFile(location)

    def new_output(self, location: str) -> OutputFile:
        """Refused: this access only reads."""
        raise PermissionError(f"{location} is only read here")

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Refused: this access only reads."""
        raise PermissionError(f"{location} is only read here")


class _LocalFile(InputFile):
    @property
    def _path(self) -> Path:
        return local_path(self.location)

    def __len__(self) -> int:
        return self._path.stat().st_size

    def exists(self) -> bool:
        return self._path.exists()

    def open(self, seekable: bool = True) -> BinaryIO:  # pyright: ignore[reportIncompatibleMethodOverride]  # noqa: ARG002
        return self._path.open("rb")
