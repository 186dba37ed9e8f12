"""CSV: the engine's own parser where every line is a record, record by record where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from resources.errors import SourceError
from resources.identifiers import text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.files import FilesSource
from resources.sources.formats.csv_records import csv_records
from resources.sources.formats.record import Record
from resources.sources.formats.text_files import READ_AS_DECLARED, PlainText
from resources.sources.rows import ONE_FILE, cleaned, text_readings, typed_rows_sql
from resources.sources.text_types import TextTypes

# No delivered field is this text, so that nothing is NULL.
_NO_TEXT = "\x1e\x1e"


@dataclass(frozen=True)
class CsvFile:
    """One CSV file: its text, the names in its header, and the line its header ends on."""

    text: PlainText
    source: FilesSource
    names: tuple[str, ...]
    header_end: int

    @property
    def expected_rows(self) -> int:
        """Lines below the header: the rows, if every one of them is a record."""
        return max(0, self.text.lines - self.header_end)

    def rows_sql(self, columns: Sequence[ColumnSpec], types: TextTypes) -> str:
        """Typed rows by the engine's parser; it fails where the text is not strictly CSV.

        It leaves out blank lines and joins lines inside quotes, so that as many rows as lines
        means: every line is a row, and row numbers are line numbers.
        """
        dialect = self.source
        names = [f"c{at}" for at in range(len(self.names))]
        nulls = dialect.null_texts if dialect.null_texts and not dialect.trim else (_NO_TEXT,)
        declared = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        relation = (
            f"read_csv({text_literal(str(self.text.path))}, {READ_AS_DECLARED}, "
            f"skip = {self.header_end}, delim = {text_literal(dialect.delimiter)}, "
            f"quote = {text_literal(dialect.quote)}, escape = {text_literal(dialect.quote)}, "
            f"nullstr = [{', '.join(text_literal(text) for text in nulls)}], "
            f"columns = {{{declared}}})"
        )
        texts = [cleaned(name, dialect) if dialect.trim else name for name in names]
        facts = f"NULL AS problem, {self.header_end + 1} AS line_offset, 1 AS line_count"
        return self._typed(columns, types, texts, facts, relation)

    @property
    def width(self) -> int:
        """How many fields a record has."""
        return len(self.names)

    def records(self) -> Iterator[Record]:
        """The records below the header, told apart one by one; blank ones have no fields."""
        lines = islice(self.text.numbered_lines(), self.header_end, None)
        for record in csv_records(lines, self.source):
            fields = record.fields
            if record.problem or len(fields) == self.width:
                yield record
            elif _is_blank(fields):
                yield record._replace(fields=())
            elif len(fields) > self.width and not any(fields[self.width :]):
                # Delimiters that end the line start no further fields, as in DuckDB.
                yield record._replace(fields=fields[: self.width])
            else:
                problem = f"{len(fields)} fields where the header has {self.width}"
                yield record._replace(fields=(), problem=problem)

    def record_rows_sql(
        self, columns: Sequence[ColumnSpec], types: TextTypes, records_path: str
    ) -> str:
        """Typed rows of the records that were written to the Parquet file `records_path`."""
        texts = [cleaned(f"c{at}", self.source) for at in range(len(self.names))]
        relation = f"read_parquet({text_literal(records_path)})"
        return self._typed(columns, types, texts, "problem, line_offset, line_count", relation)

    def _typed(
        self,
        columns: Sequence[ColumnSpec],
        types: TextTypes,
        texts: Sequence[str],
        facts: str,
        relation: str,
    ) -> str:
        readings = text_readings(self.source, columns, self.names, self.text.origin, types)
        named = ", ".join(f"{text} AS t{at}" for at, text in enumerate(texts))
        empty = "{}" if "" in self.source.null_texts else "nullif({}, '')"
        filled = ", ".join(empty.format(f"t{at}") for at in range(len(texts)))
        rows = (
            f"(SELECT *, {ONE_FILE}, problem IS NULL AND coalesce({filled}) IS NULL AS is_blank "
            f"FROM (SELECT {named}, {facts} FROM {relation}))"
        )
        return typed_rows_sql(readings, rows)


def _is_blank(fields: Sequence[str | None]) -> bool:
    return not any(fields) or (len(fields) == 1 and not (fields[0] or "").strip())


def csv_file(text: PlainText, source: FilesSource) -> CsvFile:
    """Read the header of a CSV file: the first line behind the preamble that is not blank.

    Raises:
        SourceError: If there is none, or its quoting is broken.
    """
    lines = islice(text.numbered_lines(), source.preamble_lines, None)
    records = csv_records(lines, source)
    header = next((each for each in records if each.problem or not _is_blank(each.fields)), None)
    if header is None:
        raise SourceError(
            f"{text.origin} has no header",
            "Have it delivered again; a file without rows holds its header, a day without rows "
            "holds no file.",
        )
    if header.problem:
        raise SourceError(
            f"{text.origin}, line {header.line}: the header has {header.problem}",
            "Check quote, delimiter and preamble_lines of the source.",
        )
    names = tuple(name or "" for name in header.fields)
    return CsvFile(text, source, names, header.line + header.line_count - 1)
