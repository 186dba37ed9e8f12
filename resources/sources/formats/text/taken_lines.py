"""The lines of one CSV record while its end is looked for: on disk once they are many."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

# A record of several lines that is longer is refused as a whole; it is not held in memory.
LONGEST_RECORD = 1024 * 1024


class TakenLines:
    """Lines that follow one another, to be given back if the record does not end where it should.

    A context manager: its file goes when it ends, or once it was given back.

    Args:
        number: The number of the first line.
        first: The first line.
    """

    def __init__(self, number: int, first: str) -> None:
        self.first = first
        self._number = number
        self._following: list[str] = []
        self._count = 1
        self._characters = len(first)
        self._file: IO[str] | None = None
        self._files = ExitStack()

    def __enter__(self) -> TakenLines:
        return self

    def __exit__(self, *error: object) -> None:
        self._files.close()

    @property
    def count(self) -> int:
        """How many lines there are, the first one included."""
        return self._count

    @property
    def is_long(self) -> bool:
        """Whether there are more lines than a record may have."""
        return self._count > 1 and self._characters > LONGEST_RECORD

    def add(self, line: str) -> None:
        """Add the line that follows."""
        self._count += 1
        self._characters += len(line)
        if not self.is_long:
            self._following.append(line)
            return
        if self._file is None:
            temporary = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
            self._file = self._files.enter_context(temporary)
        self._file.write(line)

    def behind_first(self) -> Iterator[tuple[int, str]]:
        """The lines behind the first one, with their numbers; whoever reads them ends the file."""
        files = self._files.pop_all()
        return enumerate(self._read(files), self._number + 1)

    def _read(self, files: ExitStack) -> Iterator[str]:
        with files:
            yield from self._following
            if self._file is not None:
                self._file.seek(0)
                yield from self._file
