"""Files of text lines told apart in Python: delimited ones, and those of fixed width."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from resources.errors import SourceError
from resources.identifiers import text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.rows import ONE_FILE, cleaned, typed_rows_sql
from resources.sources.conversion.text_readings import text_readings
from resources.sources.conversion.text_types import TextTypes
from resources.sources.declaration.column_origins import (
    Characters,
    Field,
    LineField,
    fields_in_rows,
)
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.formats import Record
from resources.sources.declaration.layout import FIRST_LINE, FieldRule, Layout, LineRule
from resources.sources.formats.text.line_roles import LineRoles
from resources.sources.formats.text_files import PlainText

LINE_ENDS = "\r\n"
HEADER_THEN_ROWS = Layout()


@dataclass(frozen=True)
class TextRows(ABC):
    """One text file whose rows are lines, or quoted texts over several lines.

    Attributes:
        names: The names in its header, "" for each field of a file without one.
        header_end: The line on which the header ends; 0: there is none.
        places: The fields of a record that have no name but a place in the line.
    """

    text: PlainText
    source: FilesSource
    names: tuple[str, ...]
    header_end: int
    places: tuple[Characters, ...] = ()

    @property
    def layout(self) -> Layout:
        """How its lines are laid out."""
        return self.source.layout or HEADER_THEN_ROWS

    @abstractmethod
    def _split(self, lines: Iterator[tuple[int, str]]) -> Iterator[Record]:
        """Tell the records apart; lines that `roles` takes are none."""

    @abstractmethod
    def _of_line(self, field: LineField, line: str) -> str | None:
        """The text of a field in a line that is no row."""

    @abstractmethod
    def _looks_like_row(self, line: str) -> bool:
        """Whether a line has what a row has."""

    @cached_property
    def line_fields(self) -> tuple[LineField, ...]:
        """The columns whose values stand in lines above the rows."""
        declared = self.source.columns.values()
        return tuple(dict.fromkeys(each for each in declared if isinstance(each, LineField)))

    @cached_property
    def roles(self) -> LineRoles:
        """What each line is, while `records` goes through them."""
        return self.new_roles()

    def new_roles(self) -> LineRoles:
        """What each line is, for going through them once."""
        return LineRoles(
            self.layout, self.line_fields, self._of_line, self.text.origin, self._looks_like_row
        )

    @property
    def width(self) -> int:
        """How many fields a record has."""
        return len(self.names) + len(self.places) + len(self.line_fields)

    def records(self) -> Iterator[Record]:
        """The records below the header, told apart one by one; blank ones have no fields."""
        lines = self.text.numbered_lines()
        for number, line in islice(lines, self.header_end):
            self.roles.look_above(line.rstrip(LINE_ENDS), number)
        for record in self._split(lines):
            judged = self._judged(record)
            if judged is not None:
                yield judged
        self.roles.require_whole()

    def record_rows_sql(
        self, columns: Sequence[ColumnSpec], types: TextTypes, records_path: str
    ) -> str:
        """Typed rows of the records that were written to the Parquet file `records_path`."""
        texts = [cleaned(f"c{at}", self.source) for at in range(self.width)]
        relation = f"read_parquet({text_literal(records_path)})"
        facts = f"problem, line_offset, line_count, {ONE_FILE}"
        return self.typed(columns, types, texts, facts, relation)

    def typed(
        self,
        columns: Sequence[ColumnSpec],
        types: TextTypes,
        texts: Sequence[str],
        facts: str,
        relation: str,
    ) -> str:
        """SQL of typed rows: `texts` are those of a record's fields, in a relation with `facts`."""
        of_lines = (*self.places, *self.line_fields)
        readings = text_readings(
            self.source, columns, self.names, self.text.origin, types, of_lines
        )
        named = ", ".join(f"{text} AS t{at}" for at, text in enumerate(texts))
        own = len(texts) - len(self.line_fields)
        empty = "{}" if "" in self.source.nulls else "nullif({}, '')"
        filled = ", ".join(empty.format(f"t{at}") for at in range(own))
        rows = (
            f"(SELECT *, problem IS NULL AND coalesce({filled}) IS NULL AS is_blank "
            f"FROM (SELECT {named}, {facts} FROM {relation}))"
        )
        return typed_rows_sql(readings, rows, types)

    def _judged(self, record: Record) -> Record | None:
        """The record with the values of lines above it, or its problem; None: it is no row."""
        if not (record.fields or record.problem):
            return record
        problem = self.roles.problem or record.problem
        if record.fields:
            is_row = self._is_row(record.fields)
            if is_row is False:
                return None
            if is_row is None:
                problem = problem or "no row, and no line that the layout ignores"
        values = self.roles.values
        for field, value in zip(self.line_fields, values, strict=True):
            if value is None and not problem:
                problem = f"no line that starts with {field.starts_with!r} stands above it"
        if problem:
            return record._replace(fields=(), problem=problem)
        return record._replace(fields=[*record.fields, *values])

    def _is_row(self, fields: Sequence[str | None]) -> bool | None:
        """Whether a record is a row as the layout says; None: it does not say what it is."""
        rows, ignored = self.layout.rows, self.layout.ignored
        if not isinstance(rows, FieldRule):
            return not any(self._tells(rule, fields) for rule in ignored)
        if self._tells(rows, fields):
            return True
        line = self.roles.line
        is_ignored = any(
            rule.tells(line) if isinstance(rule, LineRule) else self._tells(rule, fields)
            for rule in ignored
        )
        return False if is_ignored else None

    def _tells(self, rule: LineRule | FieldRule, fields: Sequence[str | None]) -> bool:
        if isinstance(rule, LineRule):
            return False
        at = self._field_at[rule.field]
        return at < len(fields) and rule.tells(fields[at] or "")

    @cached_property
    def _field_at(self) -> dict[Field | Characters, int]:
        rules = [
            rule for rule in (self.layout.rows, *self.layout.ignored) if isinstance(rule, FieldRule)
        ]
        return {rule.field: self._position(rule.field) for rule in rules}

    def _position(self, field: Field | Characters) -> int:
        if isinstance(field, Characters):
            return len(self.names) + self.places.index(field)
        if field.position is not None:
            return field.position - 1
        names = [name.strip() for name in self.names]
        if field.name not in names:
            raise SourceError(
                f"{self.text.origin}: the layout tells rows by {field}, which the header lacks",
                "Correct the layout, or have the file delivered with that column.",
            )
        return names.index(field.name)


def require_ended(text: PlainText, source: FilesSource) -> None:
    """Raise SourceError if the last line of a file has no line end, as of one that is cut.

    Rejecting the last row alone would publish the day without the rows that were cut off.
    """
    if source.final_line_end and text.lines and not text.is_ended:
        raise SourceError(
            f"{text.origin} is truncated in its last line, {text.lines + text.lone_returns}: "
            "the line has no line end",
            "Have the file delivered again, or declare final_line_end=False if its last line "
            "never has one; nothing of it was loaded.",
        )


class FixedWidthFile(TextRows):
    """One file whose fields stand at fixed places of each line."""

    def __init__(self, text: PlainText, source: FilesSource, columns: Sequence[ColumnSpec]) -> None:
        require_ended(text, source)
        super().__init__(text, source, (), _lines_above(text, source), _places(source))
        self._texts = {column.name for column in columns if column.type == "VARCHAR"}

    @cached_property
    def _whole(self) -> tuple[Characters, ...]:
        """The fields that mean something else if their end is missing."""
        return tuple(
            told
            for name, told in self.source.columns.items()
            if isinstance(told, Characters) and name not in self._texts
        )

    def _split(self, lines: Iterator[tuple[int, str]]) -> Iterator[Record]:
        for number, line in lines:
            text = line.rstrip(LINE_ENDS)
            if self.roles.takes(number, text):
                continue
            fields = [text[each.first - 1 : each.last] for each in self.places]
            cut = next((each for each in self._whole if _is_cut_in(each, text)), None)
            if not text.strip():
                yield Record(number, 1, ())
            elif cut is not None:
                yield Record(number, 1, fields, f"the line ends within {cut}, at {len(text)}")
            else:
                yield Record(number, 1, fields)

    def _of_line(self, field: LineField, line: str) -> str | None:
        assert isinstance(field.field, Characters)
        return line[field.field.first - 1 : field.field.last]

    def _looks_like_row(self, line: str) -> bool:
        return len(line) >= max((each.last for each in self.places), default=1)


def _places(source: FilesSource) -> tuple[Characters, ...]:
    """The places that the columns, the signs of their numbers and the layout name."""
    found = [each for told in source.columns.values() if not isinstance(told, str)
             for each in fields_in_rows(told)]  # fmt: skip
    found += source.fields_beside
    rules = (source.layout.rows, *source.layout.ignored) if source.layout else ()
    found += [each.field for each in rules if isinstance(each, FieldRule)]
    return tuple(dict.fromkeys(each for each in found if isinstance(each, Characters)))


def _lines_above(text: PlainText, source: FilesSource) -> int:
    """Lines above the first row: the preamble, and a header where the layout tells one."""
    header = source.layout.header if source.layout else None
    if header is None or header is FIRST_LINE:
        return source.preamble_lines
    for number, line in text.numbered_lines():
        if header.tells(line.rstrip(LINE_ENDS)):
            return number
    raise SourceError(
        f"{text.origin} has no header: {header.said}",
        "Have it delivered again, or correct header= of the layout.",
    )


def _is_cut_in(place: Characters, line: str) -> bool:
    return place.first <= len(line) < place.last
