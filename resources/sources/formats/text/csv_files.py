"""CSV: the engine's own parser where every line is a record, record by record where not."""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from resources.errors import SourceError
from resources.identifiers import text_list, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.rows import cleaned
from resources.sources.conversion.text_readings import BYTE_ORDER_MARK
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.column_origins import (
    Field,
    LineField,
    fields_in_rows,
)
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.formats import Record
from resources.sources.declaration.layout import FIRST_LINE
from resources.sources.formats.control_totals import FoundTotal
from resources.sources.formats.text.csv_records import csv_records
from resources.sources.formats.text.joined_text import FILE, JoinedText, RowLines
from resources.sources.formats.text.line_roles import LineRoles
from resources.sources.formats.text.text_rows import (
    HEADER_THEN_ROWS,
    LINE_ENDS,
    TextRows,
    require_ended,
)
from resources.sources.formats.text_files import READ_AS_DECLARED, PlainText, counted_text

# No delivered field is this text, so that nothing is NULL.
_NO_TEXT = "\x1e\x1e"

_HEADER_AGAIN = "the header again"
_JOINED = "a byte order mark inside the file: several files were joined"

# Closing lines are few. Where there are more, the file is told apart line by line.
_LONGEST_CLOSING = 1024 * 1024


@dataclass(frozen=True)
class CsvFile(TextRows):
    """One CSV file, or several of the same header that are `joined`; `text` is then the first."""

    joined: JoinedText | None = None

    @property
    def lines(self) -> JoinedText | RowLines:
        """The lines below the header."""
        return self.joined or RowLines(self.text, self.header_end)

    @property
    def is_plain(self) -> bool:
        """Whether all lines below the header are rows, so that the engine's parser may read it."""
        layout = self.layout
        others = (layout.rows, layout.end, *layout.ignored, *layout.totals, *layout.required)
        special = any(others) or layout.edge_delimiters or self.line_fields
        return not (special or self.text.lone_returns)

    def rows_sql(self, columns: Sequence[ColumnSpec], types: TextTypes) -> str:
        """Typed rows by the engine's parser; it fails where the text is not strictly CSV.

        It leaves out blank lines and joins lines inside quotes, so that as many rows as lines
        means: every line is a row, and row numbers are line numbers.
        """
        dialect = self.source
        names = [f"c{at}" for at in range(len(self.names))]
        nulls = dialect.nulls if dialect.nulls and not dialect.trim else (_NO_TEXT,)
        in_file = [FILE, *names] if self.joined else names
        declared = ", ".join(f"'{name}': 'VARCHAR'" for name in in_file)
        relation = (
            f"read_csv({text_literal(str(self.lines.path))}, {READ_AS_DECLARED}, "
            f"skip = {0 if self.joined else self.header_end}, "
            f"delim = {text_literal(dialect.delimiter)}, "
            f"quote = {text_literal(dialect.quote)}, escape = {text_literal(dialect.quote)}, "
            f"nullstr = {text_list(nulls)}, "
            f"columns = {{{declared}}})"
        )
        texts = [cleaned(name, dialect) if dialect.trim else name for name in names]
        again = " AND ".join(
            f"c{at} = {text_literal(name)}" for at, name in enumerate(self.names) if name
        )
        cases = f"WHEN starts_with(c0, '{BYTE_ORDER_MARK}') THEN '{_JOINED}'"
        cases += f" WHEN {again} THEN '{_HEADER_AGAIN}'" if again else ""
        problem = f"CASE {cases} END"
        facts = f"{problem} AS problem, 1 AS line_count, {self.lines.row_facts}"
        return self.typed(columns, types, texts, facts, relation)

    def _split(self, lines: Iterator[tuple[int, str]]) -> Iterator[Record]:
        width = len(self.names)
        for record in csv_records(lines, self.source, self.roles.takes):
            fields = record.fields
            if self.layout.edge_delimiters and not record.problem:
                inner = _between_edges(fields)
                if inner is None and not _is_blank(fields):
                    yield record._replace(problem="no delimiter at both ends of the line")
                    continue
                fields = inner or ()
                record = record._replace(fields=fields)
            if fields and (fields[0] or "").startswith(BYTE_ORDER_MARK):
                yield record._replace(problem=_JOINED)
            elif len(fields) == width and not record.problem and self._is_header(fields):
                yield record._replace(problem=_HEADER_AGAIN)
            elif record.problem or len(fields) == width:
                yield record
            elif _is_blank(fields):
                yield record._replace(fields=())
            elif len(fields) > width and not any(fields[width:]):
                # Delimiters that end the line start no further fields, as in DuckDB.
                yield record._replace(fields=fields[:width])
            else:
                yield record._replace(problem=self._other_width(len(fields)))

    def _is_header(self, fields: Sequence[str | None]) -> bool:
        named = [at for at, name in enumerate(self.names) if name]
        return bool(named) and all(fields[at] == self.names[at] for at in named)

    def _other_width(self, found: int) -> str:
        if self.header_end:
            return f"{found} fields where the header has {len(self.names)}"
        return f"{found} fields where {len(self.names)} are expected"

    def _of_line(self, field: LineField, line: str) -> str | None:
        assert isinstance(field.field, Field) and field.field.position is not None
        record = next(csv_records(iter([(1, line)]), self.source))
        at = field.field.position - 1
        return record.fields[at] if at < len(record.fields) else None

    def _looks_like_row(self, line: str) -> bool:
        return len(self.names) > 1 and line.count(self.source.delimiter) >= len(self.names) - 1


def csv_file(text: PlainText, source: FilesSource) -> CsvFile:
    """Find the header of a CSV file, or tell how many fields a row has if it has none."""
    layout = source.layout or HEADER_THEN_ROWS
    require_ended(text, source)
    lines = islice(text.numbered_lines(), source.preamble_lines, None)
    if layout.header is None:
        return CsvFile(text, source, ("",) * _width(lines, source), source.preamble_lines)
    rule = layout.header
    start = next((each for each in lines if rule.tells(each[1].rstrip(LINE_ENDS))), None)
    if start is None:
        raise SourceError(
            f"{text.origin} has no header" + (f": {rule.said}" if rule is not FIRST_LINE else ""),
            "Have it delivered again, or correct the layout; a file without rows holds its "
            "header, a day without rows holds no file.",
        )
    first = next(csv_records(chain([start], lines), source))
    if first.problem:
        raise SourceError(
            f"{text.origin}, line {first.line}: the header has {first.problem}",
            "Check quote, delimiter and layout of the source.",
        )
    fields = first.fields
    if layout.edge_delimiters:
        fields = _between_edges(fields) or fields
    source.limits.check_columns(len(fields), text.origin)
    end = first.line + first.line_count - 1
    return CsvFile(text, source, tuple(name or "" for name in fields), end)


def _width(lines: Iterator[tuple[int, str]], source: FilesSource) -> int:
    """How many fields the rows of a file without a header have: as its first row, if it has all.

    A first row that lacks some of the declared fields is rejected later, as any other would be.
    """
    declared = [
        field.position or 0
        for told in source.columns.values()
        if not isinstance(told, str)
        for field in fields_in_rows(told)
        if isinstance(field, Field)
    ]
    layout = source.layout or HEADER_THEN_ROWS
    told = [each for each in source.columns.values() if isinstance(each, LineField)]
    roles = LineRoles(layout, told, lambda _field, _line: None, Path(), lambda _line: False)
    records = csv_records(lines, source, roles.takes)
    first = next((each for each in records if each.fields and not roles.problem), None)
    fields = first.fields if first else ()
    if source.layout and source.layout.edge_delimiters:
        fields = _between_edges(fields) or fields
    return max([len(fields), *declared])


def _between_edges(fields: Sequence[str | None]) -> list[str | None] | None:
    """The fields between the delimiters at both ends of a line; None: it has none there."""
    if len(fields) < 3 or (fields[0] or "").strip() or (fields[-1] or "").strip():
        return None
    return list(fields[1:-1])


def _is_blank(fields: Sequence[str | None]) -> bool:
    return not any(fields) or (len(fields) == 1 and not (fields[0] or "").strip())


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
    """Cut the closing lines off, where the layout tells no other lines apart, into `path`.

    Returns:
        None where that is not sure: then the lines have to be told apart one by one. A quoted text
        may hold what looks like a closing line; its row then fails to parse.
    """
    layout, text = file.layout, file.text
    others = layout.rows or layout.ignored or layout.edge_delimiters or file.line_fields
    if others or text.lone_returns or not (layout.end and layout.end.prefix):
        return None
    if any(each.scope == "section" for each in layout.totals) or not text.lines:
        return None
    try:
        end, above, closing = _around(text.path, file.header_end, layout.end.prefix)
    except UnicodeDecodeError:
        return None
    if not end:
        return None
    shutil.copyfile(text.path, path)
    os.truncate(path, end)
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
