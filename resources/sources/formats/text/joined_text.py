"""Small text files joined to one, each line with the number of its file as its first field.

What is costly is to begin with a file: a day of a small source is read a hundred times faster
together with other days. Joined are only files whose every line is a row; whoever reads them
compares rows with lines, so that a row of two lines is never taken for two rows.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from resources.sources.conversion.rows import ONE_FILE
from resources.sources.formats.text_files import PlainText

FILE = "file"
"""The column that says which of the files a line is from."""

# A file is held in memory while it is joined; one that is packed may be far larger than it looks.
_LARGE = 1024 * 1024


@dataclass(frozen=True)
class RowLines:
    """The lines of a file that should be its rows.

    Attributes:
        text: The file, or what of it has no other lines below the header.
        header_end: The line on which its header ends; 0: there is none.
        blank: Blank lines that are not among them.
    """

    text: PlainText
    header_end: int = 0
    blank: int = 0

    @property
    def path(self) -> Path:
        """Where the lines are, below `header_end` others."""
        return self.text.path

    @property
    def count(self) -> int:
        """How many lines there are: the rows, if every one of them is a record."""
        return max(0, self.text.lines - self.header_end)

    @property
    def row_facts(self) -> str:
        """SQL of a row's file, and of what, added to the row's number, is its line."""
        return f"{ONE_FILE}, {self.header_end + 1} AS line_offset"

    def content(self) -> bytes | None:
        """The lines, each with a line feed; None: not each of them can be a row of its own."""
        text = self.text
        is_whole = text.is_ended or not text.lines
        if text.lone_returns or not is_whole or text.path.stat().st_size > _LARGE:
            return None
        content = text.path.read_bytes().removeprefix(codecs.BOM_UTF8)
        content = content.replace(b"\r\n", b"\n") if b"\r" in content else content
        if self.header_end:
            content = content.split(b"\n", self.header_end)[-1]
        if text.blank_end:
            content = content.rsplit(b"\n", text.blank_end + 1)[0] + b"\n"
        has_blank = content.startswith(b"\n") or b"\n\n" in content
        return content if not has_blank and content[-1:] in (b"\n", b"") else None


@dataclass(frozen=True)
class JoinedText:
    """The rows of several files, in their order, as one text."""

    path: Path
    files: tuple[RowLines, ...]

    @property
    def count(self) -> int:
        """The lines of all files."""
        return sum(each.count for each in self.files)

    @property
    def row_facts(self) -> str:
        """As of `RowLines`, with the number of the row's file."""
        offsets: list[int] = []
        before = 0
        for each in self.files:
            offsets.append(each.header_end + 1 - before)
            before += each.count
        number = f"CAST({FILE} AS BIGINT)"
        return (
            f"{number} AS file_number, CAST(NULL AS BIGINT) AS source_line, "
            f"({offsets})[{number} + 1] AS line_offset"
        )


class CannotJoin(Exception):
    """Some of the files have to be read alone: those in `alone`, from 0, or nobody knows which."""

    def __init__(self, alone: Sequence[int] = ()) -> None:
        super().__init__(f"files {list(alone)} have to be read alone")
        self.alone = frozenset(alone)


def join_rows(files: Iterable[RowLines | None], path: Path, delimiter: str) -> JoinedText:
    """Write the joined text. Raises CannotJoin with the files that have to be read alone."""
    joined: list[RowLines] = []
    alone: list[int] = []
    with path.open("wb") as file:
        for number, rows in enumerate(files):
            content = rows.content() if rows else None
            if rows is None or content is None:
                alone.append(number)
                continue
            joined.append(rows)
            if content:
                mark = f"{number}{delimiter}".encode()
                file.write(mark + content[:-1].replace(b"\n", b"\n" + mark) + b"\n")
    if alone:
        raise CannotJoin(alone)
    return JoinedText(path, tuple(joined))
