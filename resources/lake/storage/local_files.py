"""The local disk as pyiceberg writes to it, with folders that those who share the lake can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyarrow import NativeFile
from pyarrow.fs import LocalFileSystem

from resources.shared_files import make_shared_folder


class SharedFileSystem(LocalFileSystem):  # pyright: ignore[reportUntypedBaseClass]
    """Makes the folder of a file before the file, as pyiceberg expects of a local disk."""

    def open_output_stream(self, path: str, *arguments: Any, **options: Any) -> NativeFile:
        """A stream that writes the file; what was there is lost."""
        make_shared_folder(Path(path).parent)
        return super().open_output_stream(path, *arguments, **options)
