"""Closing lines cut off, so that the engine's own parser may read the rows above them."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

from resources.errors import SourceError
from resources.sources.formats.found_totals import FoundTotal
from resources.sources.formats.text.csv_files import CsvFile
from resources.sources.formats.text.text_rows import LINE_ENDS
from resources.sources.formats.text_files import counted_text

# Closing lines are few. Where there are more, the file is told apart line by line.
_LONGEST_CLOSING = 1024 * 1024
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class RowsAbove:
    """The rows of a file without its closing lines.

    Attributes:
        file: The header and the rows, in a file of their own.
        totals: What the other lines state.
        blank: Blank lines among the closing ones.
    """

    file: CsvFile
    totals: tuple[FoundTotal, ...]
    blank: int


def rows_above(file: CsvFile, path: Path) -> RowsAbove | None:
    """Cut the closing lines off, where the layout tells no other lines apart.

    Args:
        file: The whole file.
        path: Where to write the header and the rows.

    Returns:
        None where that is not sure: then the lines have to be told apart one by one. A quoted text
        may hold what looks like a closing line; its row then fails to parse.
    """
    layout, text = file.layout, file.text
    others = layout.rows or layout.ignored or layout.edge_delimiters or file.line_fields
    if others or text.has_lone_returns or not (layout.end and layout.end.prefix):
        return None
    if any(each.scope == "section" for each in layout.totals) or not text.lines:
        return None
    try:
        end, above, closing = _around(text.path, file.header_end, layout.end.prefix)
    except UnicodeDecodeError:
        return None
    if not end:
        return None
    _copy_beginning(text.path, path, end)
    body = counted_text(path, text.origin, file.source.limits)
    roles = file.new_roles()
    for number, line in enumerate(above, 1):
        roles.look_above(line, number)
    first = body.lines + body.blank_end + 1
    try:
        for number, line in enumerate(closing, first):
            roles.takes(number, line)
        roles.require_whole()
    except SourceError:
        return None
    alone = CsvFile(body, file.source, file.names, file.header_end)
    return RowsAbove(alone, tuple(roles.totals), sum(not line.strip() for line in closing))


def _around(path: Path, header_end: int, prefix: str) -> tuple[int, list[str], list[str]]:
    """Offset of the first closing line, 0 if it is not sure; the lines above and below the rows."""
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as whole,
    ):
        start = 0
        for _ in range(header_end):
            start = whole.find(b"\n", start) + 1
            if not start:
                return 0, [], []
        end = whole.find(b"\n" + prefix.encode(), max(start - 1, 0)) + 1
        if not end or len(whole) - end > _LONGEST_CLOSING or start > _LONGEST_CLOSING:
            return 0, [], []
        return end, _lines(whole[:start]), _lines(whole[end:])


def _lines(content: bytes) -> list[str]:
    lines = content.decode("utf-8-sig").split("\n")
    return [line.rstrip(LINE_ENDS) for line in (lines if lines[-1] else lines[:-1])]


def _copy_beginning(path: Path, copy: Path, size: int) -> None:
    with path.open("rb") as read, copy.open("wb") as write:
        while size:
            chunk = read.read(min(size, _CHUNK))
            write.write(chunk)
            size -= len(chunk)
