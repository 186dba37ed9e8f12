"""Small text files joined to one, each line with the number of its file as its first field.

What is costly is to begin with a file: a day of a small source is read a hundred times faster
together with other days. Joined are only files whose every line is a row; whoever reads them
compares rows with lines, so that a row of two lines is never taken for two rows.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from resources.sources.formats.text_files import PlainText

FILE = "file"
"""The column that says which of the files a line is from."""

# A file is held in memory while it is joined; one that is packed may be far larger than it looks.
_LARGE = 1024 * 1024


@dataclass(frozen=True)
class JoinedText:
    """Files of one header as one text, without it.

    Attributes:
        path: Where the text is.
        texts: The files, in their order.
        header_lines: Lines of each of them above its rows.
        rows: Lines of each of them that should be rows.
    """

    path: Path
    texts: tuple[PlainText, ...]
    header_lines: int
    rows: tuple[int, ...]

    @property
    def expected_rows(self) -> int:
        """The lines of all files: the rows, if every one of them is a record."""
        return sum(self.rows)

    @property
    def file_facts(self) -> str:
        """SQL of what is known of a row's file, as `ONE_FILE` is of one that is read alone."""
        return f"CAST({FILE} AS BIGINT) AS file_number, CAST(NULL AS BIGINT) AS source_line"

    @cached_property
    def line_offset(self) -> str:
        """SQL of the number to add to a row's number in the joined text to get its line."""
        offsets: list[int] = []
        before = 0
        for rows in self.rows:
            offsets.append(self.header_lines + 1 - before)
            before += rows
        return f"({offsets})[CAST({FILE} AS BIGINT) + 1]"


class CannotJoin(Exception):
    """Some of the files have to be read alone.

    Attributes:
        alone: Their numbers, from 0.
    """

    def __init__(self, alone: Sequence[int]) -> None:
        super().__init__(f"files {list(alone)} have to be read alone")
        self.alone = frozenset(alone)


def join_texts(texts: Sequence[PlainText], path: Path, header: bytes, delimiter: str) -> JoinedText:
    """Write the joined text.

    Args:
        texts: Small files.
        path: Where to write it.
        header: The line that each of them begins with; empty: none does.
        delimiter: What ends the first field.

    Raises:
        CannotJoin: If not every line of a file is a row for all that can be seen in its bytes, or
            if it has another header.
    """
    alone: list[int] = []
    with path.open("wb") as joined:
        for number, text in enumerate(texts):
            rows = _rows(text, header)
            if rows is None:
                alone.append(number)
            elif rows:
                mark = f"{number}{delimiter}".encode()
                joined.write(mark + rows[:-1].replace(b"\n", b"\n" + mark) + b"\n")
    if alone:
        raise CannotJoin(alone)
    header_lines = 1 if header else 0
    rows_of = tuple(max(0, text.lines - header_lines) for text in texts)
    return JoinedText(path, tuple(texts), header_lines, rows_of)


def _rows(text: PlainText, header: bytes) -> bytes | None:
    """The lines below the header; None: the file is not as simple as that."""
    if text.has_lone_returns or text.blank_end or not (text.is_ended or not text.lines):
        return None
    if text.path.stat().st_size > _LARGE:
        return None
    content = text.path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
    if header:
        first, _, content = content.partition(b"\n")
        if first != header:
            return None
    if content.startswith(b"\n") or b"\n\n" in content:
        return None
    return content
