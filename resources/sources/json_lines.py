"""JSON lines: one object a line, its values taken as text, so that no number passes a double."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from resources.identifiers import text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.csv_records import Record
from resources.sources.files import FilesSource
from resources.sources.header import missing_column
from resources.sources.rows import Reading, cleaned, typed_rows_sql
from resources.sources.text_files import LONGEST_LINE, PlainText
from resources.sources.text_types import TextTypes

# Control characters have no place in JSON: as delimiter they make a line one field.
_NO_DELIMITER, _NO_TEXT = "\x1f", "\x1e"

# Up to 15 digits survive DuckDB's JSON numbers, which are doubles.
_MANY_DIGITS = r"\d{8,}\.\d|\.\d{8,}|\d{16,}[eE.]"
_NUMBER = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"

_KEYS_LOOKED_AT = 1000


@dataclass(frozen=True)
class JsonLinesFile:
    """One file of JSON lines."""

    text: PlainText
    source: FilesSource

    @property
    def expected_rows(self) -> int:
        """Lines: the rows, if none of them is blank."""
        return self.text.lines

    def rows_sql(self, columns: Sequence[ColumnSpec], types: TextTypes) -> str:
        """Typed rows by the engine's reader of lines, which leaves out blank lines."""
        relation = (
            f"read_csv({text_literal(str(self.text.path))}, auto_detect = false, header = false, "
            f"delim = '{_NO_DELIMITER}', quote = '', escape = '', nullstr = '{_NO_TEXT}', "
            f"columns = {{'c0': 'VARCHAR'}}, strict_mode = true, max_line_size = {LONGEST_LINE})"
        )
        facts = "NULL AS problem, 1 AS line_offset, 1 AS line_count"
        return self._typed(columns, types, f"(SELECT c0, {facts} FROM {relation})")

    @property
    def width(self) -> int:
        """How many fields a record has: the line itself."""
        return 1

    def records(self) -> Iterator[Record]:
        """The lines, one by one; blank ones have no fields."""
        for number, line in self.text.numbered_lines():
            yield Record(number, 1, (line.rstrip("\r\n"),) if line.strip() else ())

    def record_rows_sql(
        self, columns: Sequence[ColumnSpec], types: TextTypes, records_path: str
    ) -> str:
        """Typed rows of the lines that were written to the Parquet file `records_path`."""
        return self._typed(columns, types, f"read_parquet({text_literal(records_path)})")

    def require_columns(self, columns: Sequence[ColumnSpec]) -> None:
        """Check that each of `columns` is a key of some object among the first thousand.

        Raises:
            SourceError: If one is not; names the nearest key.
        """
        keys: dict[str, None] = {}
        for _, line in islice(self.text.numbered_lines(), _KEYS_LOOKED_AT):
            try:
                found: Any = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                keys.update(dict.fromkeys(found))  # pyright: ignore[reportUnknownArgumentType]
        for column in columns:
            if keys and self.source.name_in_file(column.name) not in keys:
                raise missing_column(self.source, column, list(keys), self.text.origin)

    def _typed(self, columns: Sequence[ColumnSpec], types: TextTypes, lines: str) -> str:
        names = [self.source.name_in_file(column.name) for column in columns]
        paths = [_path(name) for name in names]
        texts = ", ".join(
            f"{cleaned(_exact(name, path, at), self.source)} AS t{at - 1}"
            for at, (name, path) in enumerate(zip(names, paths, strict=True), start=1)
        )
        readings = [Reading.of_text(column, f"t{at}", types) for at, column in enumerate(columns)]
        extracted = f"TRY(json_extract_string(c0, [{', '.join(paths)}]))"
        relation = f"""(
            SELECT {texts}, line_offset, line_count, is_blank,
                CASE WHEN is_blank THEN NULL WHEN found IS NULL THEN 'broken JSON'
                    WHEN left(ltrim(c0, ' \t'), 1) <> '{{' THEN 'no JSON object' END AS problem
            FROM (
                SELECT *, {extracted} AS found, trim(c0, ' \t') = '' AS is_blank,
                    regexp_matches(c0, '{_MANY_DIGITS}') AS has_many_digits
                FROM {lines}
            )
        )"""
        return typed_rows_sql(readings, relation)


def _path(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return text_literal(f'$."{escaped}"')


def _exact(name: str, path: str, at: int) -> str:
    """SQL of a value's text; a number of many digits is taken from the line as it stands there."""
    key = re.escape(json.dumps(name, ensure_ascii=False))
    pattern = text_literal(rf"{key}\s*:\s*{_NUMBER}")
    token = f"regexp_extract(c0, {pattern}, 1)"
    same = f"TRY_CAST({token} AS DOUBLE) = TRY_CAST(found[{at}] AS DOUBLE)"
    return (
        f"CASE WHEN has_many_digits AND json_type(c0, {path}) = 'DOUBLE' THEN CASE WHEN {same} "
        f"THEN {token} ELSE found[{at}] || ' (digits lost)' END ELSE found[{at}] END"
    )
