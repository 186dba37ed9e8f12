"""Files that never change once they are written, read from an object store once a process.

Metadata files, manifest lists and manifests have names of their own for each content. A publish
reads each several times over, a sensor the same ones every few seconds.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import cast

from pyiceberg.io import InputFile, InputStream

# What is kept of all files together, and the largest file that is worth keeping.
_MOST_BYTES = 32 * 1024 * 1024
_LARGEST_FILE = 4 * 1024 * 1024

_ENDINGS = (".metadata.json", ".avro")


class ReadOnceFile(InputFile):
    """A file whose content is kept by `contents` once it was read from `file`."""

    def __init__(self, file: InputFile, contents: Contents) -> None:
        super().__init__(file.location)
        self._file = file
        self._contents = contents

    def __len__(self) -> int:
        return len(self._content())

    def exists(self) -> bool:
        """Whether the file is there now; what is kept does not say."""
        return self._file.exists()

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002 - bytes always are
        """The content; FileNotFoundError if it was never read and is not there."""
        return cast(InputStream, io.BytesIO(self._content()))

    def _content(self) -> bytes:
        return self._contents.of(self.location, self._read)

    def _read(self) -> bytes:
        with self._file.open() as stream:
            return stream.read()


class Contents:
    """The contents of files read last, within a number of bytes. Any thread may use it."""

    def __init__(self, most_bytes: int = _MOST_BYTES, largest_file: int = _LARGEST_FILE) -> None:
        self._most_bytes = most_bytes
        self._largest_file = largest_file
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def of(self, location: str, read: Callable[[], bytes]) -> bytes:
        """The file's content, from `read` if it is not kept."""
        with self._lock:
            if location in self._kept:
                self._kept.move_to_end(location)
                return self._kept[location]
        content = read()
        if len(content) <= self._largest_file:
            self._keep(location, content)
        return content

    def _keep(self, location: str, content: bytes) -> None:
        with self._lock:
            if location in self._kept:
                return
            self._kept[location] = content
            self._bytes += len(content)
            while self._bytes > self._most_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped)


def is_immutable(location: str) -> bool:
    """Whether the name says that the file is never written again."""
    return location.endswith(_ENDINGS)
