"""Lines of fixed width: each field from one character to another, in text, not in bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from resources.errors import SourceError
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.declaration.column_origins import Characters, LineField, fields_in_rows
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.layout import FIRST_LINE, FieldRule
from resources.sources.declaration.record import Record
from resources.sources.formats.text.text_rows import LINE_ENDS, TextRows, require_ended
from resources.sources.formats.text_files import PlainText


class FixedWidthFile(TextRows):
    """One file whose fields stand at fixed places of each line."""

    is_plain = False

    def __init__(self, text: PlainText, source: FilesSource, columns: Sequence[ColumnSpec]) -> None:
        require_ended(text, source)
        super().__init__(text, source, (), _lines_above(text, source))
        self._texts = {column.name for column in columns if column.type == "VARCHAR"}

    @property
    def places(self) -> tuple[Characters, ...]:
        """The places that the columns, the signs of their numbers and the layout name."""
        return self._places

    @cached_property
    def _places(self) -> tuple[Characters, ...]:
        source, layout = self.source, self.layout
        found = [each for told in source.columns.values() if not isinstance(told, str)
                 for each in fields_in_rows(told)]  # fmt: skip
        numbers = [source.numbers, *source.column_numbers.values()]
        found += [field for one in numbers if one is not None for field in one.fields_beside]
        found += [each.field for each in (layout.rows, *layout.ignored)
                  if isinstance(each, FieldRule)]  # fmt: skip
        return tuple(dict.fromkeys(each for each in found if isinstance(each, Characters)))

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
