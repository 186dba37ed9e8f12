"""CSV told apart record by record: slow, never stopped by a broken line, true to its numbers."""

from __future__ import annotations

import csv
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import IO

from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.formats import Record

LINE_ENDS = "\r\n"

# A record of several lines that is longer is rejected as a whole; it is not held in memory.
LONGEST_RECORD = 1024 * 1024


class _Broken(Exception):
    """The quoting of a record does not close where it should."""


def csv_records(
    lines: Iterator[tuple[int, str]],
    source: FilesSource,
    takes: Callable[[int, str], bool] | None = None,
) -> Iterator[Record]:
    """Tell records apart, in the dialect of `source`, the way DuckDB's strict mode does.

    One space before a quoted field and blanks after it are no part of it, spaces between quoted
    parts of it are; a quote inside an unquoted field is a character like others. A line whose
    quoting is broken is a record with a problem, and reading goes on with the line after it.
    `takes` says whether a line with which a record would begin is none.
    """
    feed = _Feed(lines)
    delimiter, quote = source.delimiter, source.quote
    simply_quoted = _SimplyQuoted(source)
    for number, line in feed:
        text = line.rstrip(LINE_ENDS)
        if takes is not None and takes(number, text):
            continue
        if not quote or quote not in text:
            yield Record(number, 1, text.split(delimiter))
            continue
        fields = simply_quoted.fields(text)
        if fields is not None:
            yield Record(number, 1, fields)
            continue
        with TakenLines(number, line) as taken:
            try:
                fields = list(_quoted_fields(feed, taken, source))
                record = Record(number, taken.count, fields)
            except _Broken:
                record = Record(number, 1, (), "broken quoting")
                feed.push_back(taken.behind_first())
            if taken.is_long and not record.problem:
                problem = f"a record of more than {LONGEST_RECORD:,} characters"
                record = record._replace(fields=(), problem=problem)
        yield record


class _SimplyQuoted:
    """The common case at a fifth of the cost: a record of one line, without space to ignore."""

    def __init__(self, source: FilesSource) -> None:
        self._space_before_quote = " " + source.quote
        self._lines: deque[str] = deque()
        self._reader = csv.reader(
            iter(self._lines.popleft, None),
            delimiter=source.delimiter,
            quotechar=source.quote or None,
            quoting=csv.QUOTE_MINIMAL if source.quote else csv.QUOTE_NONE,
            strict=True,
        )

    def fields(self, text: str) -> list[str] | None:
        """The fields, or None if this is not the common case."""
        if self._space_before_quote in text:
            return None
        self._lines.append(text)
        try:
            return next(self._reader)
        except (csv.Error, IndexError):
            self._lines.clear()
            return None


class _Feed:
    """Lines, of which some may be pushed back."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._sources = [lines]

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self

    def __next__(self) -> tuple[int, str]:
        while True:
            following = next(self._sources[-1], None)
            if following is not None:
                return following
            if len(self._sources) == 1:
                raise StopIteration
            self._sources.pop()

    def push_back(self, lines: Iterator[tuple[int, str]]) -> None:
        self._sources.append(lines)


def _quoted_fields(feed: _Feed, taken: TakenLines, source: FilesSource) -> Iterator[str]:
    """The fields of the record that starts with the line in `taken`; adds the lines it takes."""
    delimiter, quote = source.delimiter, source.quote
    line = taken.first
    position = 0
    while True:
        start = position + (delimiter != " " and line.startswith(" " + quote, position))
        if line.startswith(quote, start):
            value, line, position = _quoted(feed, taken, line, start + 1, quote)
            behind = _behind_blanks(line, position, delimiter)
            while line.startswith(quote, behind) and "\t" not in line[position:behind]:
                value += line[position:behind]
                more, line, position = _quoted(feed, taken, line, behind + 1, quote)
                value += more
                behind = _behind_blanks(line, position, delimiter)
            if line[behind : behind + 1] not in ("", delimiter, "\r", "\n"):
                raise _Broken
            position = behind
            yield value
        else:
            end = line.find(delimiter, position)
            value = line[position : end if end >= 0 else len(line)]
            position += len(value)
            yield value if end >= 0 else value.rstrip(LINE_ENDS)
        if line[position : position + 1] != delimiter:
            return
        position += 1


def _behind_blanks(line: str, position: int, delimiter: str) -> int:
    while line[position : position + 1] in (" ", "\t") and line[position] != delimiter:
        position += 1
    return position


def _quoted(
    feed: _Feed, taken: TakenLines, line: str, position: int, quote: str
) -> tuple[str, str, int]:
    """The value from `position` to its closing quote, the line that holds it, where it ends.

    The value is cut where the record is too long to be held.
    """
    parts: list[str] = []
    while True:
        end = line.find(quote, position)
        if end >= 0:
            parts.append(line[position:end])
            if not line.startswith(quote, end + 1):
                return "".join(parts), line, end + 1
            parts.append(quote)
            position = end + 2
            continue
        if taken.is_long:
            parts.clear()
        else:
            parts.append(line[position:])
        following = next(feed, None)
        if following is None:
            raise _Broken
        line, position = following[1], 0
        taken.add(line)


class TakenLines:
    """The lines of one record while its end is looked for: on disk once they are many.

    They are pushed back if the record does not end where it should. A context manager: its file
    is deleted when it ends, or once it was pushed back.
    """

    def __init__(self, number: int, first: str) -> None:
        self.first = first
        self._number = number
        self._following: list[str] = []
        self.count = 1
        self._characters = len(first)
        self._file: IO[str] | None = None
        self._files = ExitStack()

    def __enter__(self) -> TakenLines:
        return self

    def __exit__(self, *error: object) -> None:
        self._files.close()

    @property
    def is_long(self) -> bool:
        """Whether there are more lines than a record may have."""
        return self.count > 1 and self._characters > LONGEST_RECORD

    def add(self, line: str) -> None:
        """Add the line that follows."""
        self.count += 1
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
