"""JSON lines: one object a line, its values taken as text, so that no number passes a double."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from resources.identifiers import quoted, text_literal
from resources.lake.table_spec import ColumnSpec
from resources.sources.files import FilesSource
from resources.sources.formats.record import Record
from resources.sources.formats.text_files import READ_AS_DECLARED, PlainText
from resources.sources.header import missing_column
from resources.sources.rows import ONE_FILE, Reading, cleaned, typed_rows_sql
from resources.sources.text_types import TIMESTAMP_TYPE, TextTypes

# Control characters have no place in JSON: as delimiter they make a line one field.
_NO_DELIMITER, _NO_TEXT = "\x1f", "\x1e"

# DuckDB's JSON numbers are doubles. One below ten million whose text has at most 7 digits behind
# the point is written back as it came; any other is taken from the line as it stands there.
_LONG_FRACTION = r"\.[0-9]{8}"
_LONG_NUMBER = 10
_NUMBER = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
_NO_NUMBERS = frozenset({"BOOLEAN", "DATE", "FLOAT", "DOUBLE", TIMESTAMP_TYPE})

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
            f"read_csv({text_literal(str(self.text.path))}, {READ_AS_DECLARED}, "
            f"delim = '{_NO_DELIMITER}', quote = '', escape = '', nullstr = '{_NO_TEXT}', "
            f"columns = {{'c0': 'VARCHAR'}})"
        )
        facts = "NULL AS problem, 1 AS line_offset, 1 AS line_count"
        return self._typed(columns, types, f"(SELECT c0, {facts} FROM {relation})")

    @property
    def is_plain(self) -> bool:
        """Whether the engine's reader of lines may read it."""
        return not self.text.has_lone_returns

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
        folded = Counter(name.casefold() for name in set(names))
        texts = ", ".join(
            f"{cleaned(_text_of(name, column.type, folded), self.source)} AS t{at}"
            for at, (name, column) in enumerate(zip(names, columns, strict=True))
        )
        readings = [Reading.of_text(column, f"t{at}", types) for at, column in enumerate(columns)]
        structure = text_literal(json.dumps(dict.fromkeys(names, "VARCHAR"), ensure_ascii=False))
        relation = f"""(
            SELECT {texts}, {ONE_FILE}, line_offset, line_count, is_blank,
                CASE WHEN is_blank OR c0 LIKE '{{%' AND found IS NOT NULL THEN NULL
                    WHEN left(ltrim(c0, ' \t'), 1) <> '{{' THEN 'no JSON object'
                    WHEN found IS NULL THEN 'broken JSON' END AS problem
            FROM (
                SELECT *,
                    CASE WHEN found IS NULL THEN trim(c0, ' \t') = '' ELSE false END AS is_blank,
                    regexp_matches(c0, '{_LONG_FRACTION}') AS has_long_fraction
                FROM (SELECT *, TRY(json_transform(c0, {structure})) AS found FROM {lines})
            )
        )"""
        return typed_rows_sql(readings, relation, types)


def _text_of(name: str, type_name: str, folded: Mapping[str, int]) -> str:
    """SQL of the text of a key's value; a number exactly as the line spells it.

    `folded` counts the keys that differ in case only: a struct cannot tell them apart.
    """
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    path = text_literal(f'$."{escaped}"')
    text = f"found.{quoted(name)}"
    if folded[name.casefold()] > 1:
        text = f"TRY(json_extract_string(c0, {path}))"
    if type_name in _NO_NUMBERS:
        return text
    key = re.escape(json.dumps(name, ensure_ascii=False))
    pattern = text_literal(rf"{key}\s*:\s*{_NUMBER}")
    spelled = f"regexp_extract(c0, {pattern}, 1)"
    same = f"TRY_CAST({spelled} AS DOUBLE) = TRY_CAST({text} AS DOUBLE)"
    # What is costly is asked last, of few. A double of 17 digits and more is spelled with an e.
    return f"""CASE
        WHEN NOT has_long_fraction AND strlen({text}) < {_LONG_NUMBER}
            AND NOT contains({text}, 'e') THEN {text}
        WHEN NOT contains({text}, '.') AND NOT contains({text}, 'e') THEN {text}
        WHEN TRY_CAST({text} AS DOUBLE) IS NULL THEN {text}
        WHEN json_type(c0, {path}) <> 'DOUBLE' THEN {text}
        WHEN {same} THEN {spelled}
        ELSE {text} || ' (digits lost)' END"""
