"""JSON lines: one object a line, its values taken as text, so that no number passes a double."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple

from resources.identifiers import quoted, text_list, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.json_numbers import as_declared, spelled_at
from resources.sources.conversion.rows import ONE_FILE, Reading, cleaned, typed_rows_sql
from resources.sources.conversion.text_readings import missing_column, require_spelled, text_reading
from resources.sources.conversion.text_types import TIMESTAMP_TYPE, TextTypes
from resources.sources.declaration.column_origins import (
    Characters,
    Field,
    LineField,
    fields_in_rows,
)
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.formats import Record
from resources.sources.formats.text.joined_text import FILE, JoinedText, RowLines
from resources.sources.formats.text_files import READ_AS_DECLARED, PlainText

# Control characters have no place in JSON: as delimiter they make a line one field.
JSON_DELIMITER, _NO_TEXT = "\x1f", "\x1e"

# DuckDB's JSON numbers are doubles. One below ten million whose text has at most 7 digits behind
# the point is written back as it came; any other is taken digit by digit.
_LONG_FRACTION = r"\.[0-9]{8}"
_LONG_NUMBER = 10
_NO_NUMBERS = frozenset({"BOOLEAN", "DATE", "FLOAT", "DOUBLE", TIMESTAMP_TYPE})

_KEYS_LOOKED_AT = 1000


class _Value(NamedTuple):
    """A value of each line, as one or more columns take it.

    Attributes:
        key: Its key.
        taken_as: "text": a number may pass a double; "spelled": digit by digit; "number": so too,
            for a number that texts write plainly; "declared": for one that they write otherwise.
        mark: The decimal mark of texts. A number of JSON is spelled with it, whatever texts are.
    """

    key: str
    taken_as: Literal["text", "spelled", "number", "declared"]
    mark: str = "."


@dataclass(frozen=True)
class JsonLinesFile:
    """One file of JSON lines, or several that are `joined`; `text` is then the first."""

    text: PlainText
    source: FilesSource
    joined: JoinedText | None = None

    @property
    def lines(self) -> JoinedText | RowLines:
        """All lines."""
        return self.joined or RowLines(self.text)

    def rows_sql(self, columns: Sequence[ColumnSpec], types: TextTypes) -> str:
        """Typed rows by the engine's reader of lines, which leaves out blank lines."""
        names = (FILE, "c0") if self.joined else ("c0",)
        declared = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        relation = (
            f"read_csv({text_literal(str(self.lines.path))}, {READ_AS_DECLARED}, "
            f"delim = '{JSON_DELIMITER}', quote = '', escape = '', nullstr = '{_NO_TEXT}', "
            f"columns = {{{declared}}})"
        )
        facts = f"NULL AS problem, 1 AS line_count, {self.lines.row_facts}"
        return self._typed(columns, types, f"(SELECT c0, {facts} FROM {relation})")

    @property
    def is_plain(self) -> bool:
        """Whether the engine's reader of lines may read it."""
        return not self.text.lone_returns

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
        records = f"(SELECT *, {ONE_FILE} FROM read_parquet({text_literal(records_path)}))"
        return self._typed(columns, types, records)

    def require_columns(self, columns: Sequence[ColumnSpec]) -> None:
        """Raise SourceError if a column is no key of the first thousand lines; names one."""
        keys: dict[str, None] = {}
        for _, line in islice(self.text.numbered_lines(), _KEYS_LOOKED_AT):
            try:
                found: Any = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                keys.update(dict.fromkeys(found))  # pyright: ignore[reportUnknownArgumentType]
        for column in columns:
            name = self.source.name_in_file(column.name)
            require_spelled(name, keys, self.text.origin)
            if keys and name not in keys and not column.nullable:
                raise missing_column(self.source, column, list(keys), self.text.origin)

    def _wanted(self, columns: Sequence[ColumnSpec], types: TextTypes) -> Sequence[_Value]:
        """The values that columns are made of."""
        wanted: dict[_Value, None] = {}
        for column in columns:
            for field in fields_in_rows(self.source.origin_of(column.name)):
                wanted[_value(field, column, types)] = None
        return list(wanted)

    @property
    def _repeats_key(self) -> str:
        """SQL that is true of objects in which a key stands twice: which value is meant?"""
        keys = "TRY(json_keys(c0))"
        repeats = f"len(list_distinct({keys})) < len({keys})"
        usual = self._first_keys()
        if not usual:
            return repeats
        # Most lines have the keys of the first one: told at a quarter of the cost.
        return f"{keys} IS DISTINCT FROM {text_list(usual)} AND {repeats}"

    def _first_keys(self) -> Sequence[str]:
        """The keys of the first line, in their order; none if one of them stands twice."""
        _, line = next(self.text.numbered_lines(), (1, ""))
        try:
            found: Any = json.loads(line, object_pairs_hook=list)
        except (ValueError, RecursionError):
            return ()
        if not isinstance(found, list) or not all(isinstance(each, tuple) for each in found):
            return ()
        keys = [key for key, _ in found]
        return keys if len(set(keys)) == len(keys) else ()

    def _typed(self, columns: Sequence[ColumnSpec], types: TextTypes, lines: str) -> str:
        wanted = self._wanted(columns, types)
        names = list(dict.fromkeys(value.key for value in wanted))
        folded = Counter(name.casefold() for name in names)
        texts = ", ".join(
            f"{cleaned(_text_of(value, folded), self.source)} AS t{at}"
            for at, value in enumerate(wanted)
        )
        origin = self.text.origin
        readings: list[Reading] = []
        for column in columns:

            def text_of(field: Field | Characters | LineField, column: ColumnSpec = column) -> str:
                return f"t{wanted.index(_value(field, column, types))}"

            readings.append(text_reading(self.source, column, text_of, types, names, origin))
        structure = text_literal(json.dumps(dict.fromkeys(names, "VARCHAR"), ensure_ascii=False))
        relation = f"""(
            SELECT {texts}, file_number, source_line, line_offset, line_count, is_blank,
                CASE WHEN is_blank THEN NULL
                    WHEN left(ltrim(c0, ' \t'), 1) <> '{{' THEN 'no JSON object'
                    WHEN found IS NULL THEN 'broken JSON'
                    WHEN {self._repeats_key} THEN 'the object has a repeated key' END AS problem
            FROM (
                SELECT *,
                    CASE WHEN found IS NULL THEN trim(c0, ' \t') = '' ELSE false END AS is_blank,
                    regexp_matches(c0, '{_LONG_FRACTION}') AS has_long_fraction
                FROM (SELECT *, TRY(json_transform(c0, {structure})) AS found FROM {lines})
            )
        )"""
        return typed_rows_sql(readings, relation, types)


def _value(field: Field | Characters | LineField, column: ColumnSpec, types: TextTypes) -> _Value:
    """What a column takes from one of its fields."""
    if column.type in _NO_NUMBERS:
        return _Value(_key(field), "text")
    if column.column_type.scale is None:
        return _Value(_key(field), "spelled")
    number = types.number(column.name, column.type)
    if number is None:
        return _Value(_key(field), "number")
    return _Value(_key(field), "declared", number.number.decimal_mark or ".")


def _key(field: Field | Characters | LineField) -> str:
    assert isinstance(field, Field)
    return field.name or ""


def _text_of(value: _Value, folded: Mapping[str, int]) -> str:
    """SQL of the text of a key's value; a number exactly as the line spells it.

    `folded` counts the keys that differ in case only: a struct cannot tell them apart.
    """
    name = value.key
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{escaped}"'
    text = f"found.{quoted(name)}"
    if folded[name.casefold()] > 1:
        text = f"TRY(json_extract_string(c0, {text_literal(path)}))"
    if value.taken_as == "text":
        return text
    # What is costly is asked last, of few. A double of 17 digits and more is spelled with an e.
    is_nested = f"(starts_with({text}, '{{') OR starts_with({text}, '['))"
    is_exact = (
        f"NOT has_long_fraction AND strlen({text}) < {_LONG_NUMBER} AND NOT contains({text}, 'e')"
    )
    exact = spelled_at("c0", path)
    usual, number = "", exact
    if value.taken_as != "spelled":
        number = as_declared(f"CASE WHEN {is_exact} THEN {text} ELSE {exact} END", value.mark)
    if value.taken_as == "number":
        usual = f"WHEN {is_exact} AND NOT starts_with(right({text}, 4), '.') THEN {text}"
    return f"""CASE
        WHEN {text} IS NULL THEN NULL
        {usual}
        WHEN NOT contains({text}, '.') AND NOT contains({text}, 'e') THEN {text}
        WHEN TRY_CAST({text} AS DOUBLE) IS NULL AND NOT {is_nested} THEN {text}
        WHEN json_type(c0, {text_literal(path)}) = 'DOUBLE' THEN {number}
        WHEN json_type(c0, {text_literal(path)}) IN ('OBJECT', 'ARRAY') THEN {exact}
        ELSE {text} END"""
