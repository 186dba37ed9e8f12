"""From delivered text to typed values, in SQL: exactly, or NULL. Nothing is ever rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from resources.errors import SourceError
from resources.identifiers import text_literal
from resources.lake.model.column_type import column_type
from resources.sources.conversion.number_sql import (
    NOTHING_BESIDE,
    FieldsBeside,
    NumberSql,
    may_be_thousands,
    plain_number,
)
from resources.sources.conversion.time_sql import TimeSql, date_outside
from resources.sources.declaration.files_source import FilesSource
from resources.sources.declaration.numbers import Number
from resources.sources.declaration.time_formats import Epoch

TIMESTAMP_TYPE = "TIMESTAMP WITH TIME ZONE"

_PLAIN_CAST = frozenset({"BOOLEAN", "FLOAT", "DOUBLE"})
_BLANKS = "' \t'"
_PLAIN_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)"
_LONG_FRACTION = r".*:\d\d\.\d{6}\d*[1-9]\d*.*"

# Full-width forms, as Chinese and Japanese keyboards write them, and what they stand for.
_FULL_WIDTH = "０１２３４５６７８９，．－＋（）￥：／＄％\u3000"
_PLAIN_WIDTH = "0123456789,.-+()¥:/$% "


@dataclass(frozen=True)
class TextTypes:
    """The rules of one source: zones, formats, how numbers are written.

    Attributes:
        time_zone: Zone of local times.
        business_zone: Zone in which instants have their business dates; "": the same.
        timestamp_formats: Formats beyond ISO 8601, tried in turn.
        date_formats: The same for dates.
        zone_offsets: What the names of zones mean.
        epochs: Columns whose instants are seconds or milliseconds since 1970.
        numbers: How numbers are written; None: plainly.
        column_numbers: The same for columns that differ.
        fold_width: Whether full-width digits and marks are read as plain ones.
    """

    time_zone: str
    business_zone: str = ""
    timestamp_formats: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    zone_offsets: Mapping[str, str] = field(default_factory=dict[str, str])
    epochs: Mapping[str, Epoch] = field(default_factory=dict[str, Epoch])
    numbers: Number | None = None
    column_numbers: Mapping[str, Number] = field(default_factory=dict[str, Number])
    fold_width: bool = False

    @classmethod
    def of(cls, source: FilesSource, business_zone: str) -> TextTypes:
        """The source's rules; `business_zone` is taken where it declares no zone."""
        return cls(
            time_zone=source.time_zone or business_zone,
            business_zone=business_zone,
            timestamp_formats=source.timestamp_formats,
            date_formats=source.date_formats,
            zone_offsets=source.zone_offsets,
            epochs=source.epochs,
            numbers=source.numbers,
            column_numbers=source.column_numbers,
            fold_width=source.fold_width,
        )

    @property
    def times(self) -> TimeSql:
        """The SQL of dates and instants."""
        return TimeSql(
            self.time_zone,
            self.business_zone or self.time_zone,
            self.timestamp_formats,
            self.date_formats,
            self.zone_offsets,
        )

    def typed(self, text: str, type_name: str, column: str | None = None) -> str:
        """SQL of the value that the SQL expression `text` spells; NULL if it spells none exactly.

        Numbers are read plainly: `number()` is for those that are declared to be written otherwise.

        Args:
            text: A column reference, as it is repeated.
            type_name: The contract's type, as DuckDB spells it.
            column: The contract's column, if it may have a rule of its own.

        Raises:
            SourceError: If text cannot be turned into the type.
        """
        if type_name == "VARCHAR":
            return text
        if type_name == TIMESTAMP_TYPE:
            unit = self.epochs.get(column or "")
            if unit is not None:
                return self.times.epoch(text, unit)
            return self.times.instant(text)
        if type_name == "DATE":
            return self.times.date(text)
        if type_name in _PLAIN_CAST:
            return f"TRY_CAST(trim({text}, {_BLANKS}) AS {type_name})"
        scale = column_type(type_name).scale
        if scale is not None:
            return plain_number(text, type_name, scale)
        raise SourceError(
            f"there is no way from text to {type_name}",
            "Declare the column as VARCHAR, a number, DECIMAL, DATE, BOOLEAN or a timestamp with "
            "time zone.",
        )

    def number(
        self, column: str, type_name: str, beside: FieldsBeside = NOTHING_BESIDE
    ) -> NumberSql | None:
        """How the column's numbers are written; None: plainly, or it holds none.

        Args:
            column: The contract's column.
            type_name: Its type.
            beside: SQL of the fields that tell how the number is meant.
        """
        declared = self.column_numbers.get(column, self.numbers)
        scale = column_type(type_name).scale
        if declared is None or scale is None:
            return None
        return NumberSql(declared, type_name, scale, beside)

    def folded(self, text: str, type_name: str) -> str | None:
        """SQL of the text in plain width; None where it is taken as it is."""
        if not self.fold_width or type_name == "VARCHAR":
            return None
        return f"translate({text}, {text_literal(_FULL_WIDTH)}, {text_literal(_PLAIN_WIDTH)})"

    def local_time(self, naive: str) -> str:
        """SQL of the instant at which clocks in the source's zone showed `naive`."""
        return self.times.local_time(naive)

    def out_of_range(self, value: str, type_name: str) -> str | None:
        """SQL that is true of dates and times that other readers of the lake cannot show, if any.

        An instant's business date has to be one of the years 1 to 9999, and its date in UTC.
        """
        if type_name == "DATE":
            return date_outside(value)
        return self.times.outside(value) if type_name == TIMESTAMP_TYPE else None

    def misfit(self, text: str, column: str, type_name: str) -> str:
        """SQL of the sentence that says why `text` became no value of the column."""
        before = text_literal(f"{column}: '")
        shown = f"{before} || left({text}, 100)"
        cases: list[tuple[str, str]] = []
        scale = column_type(type_name).scale
        if scale is not None:
            if scale < 3:
                both = "' may have thousands or decimals: declare it by number()"
                cases.append((may_be_thousands(text), both))
            plain = f"regexp_full_match(trim({text}, {_BLANKS}), '{_PLAIN_NUMBER}')"
            cases.append((plain, f"' does not fit {type_name} exactly"))
        if type_name == TIMESTAMP_TYPE:
            long = f"regexp_full_match({text}, '{_LONG_FRACTION}')"
            cases.append((long, f"' does not fit {type_name} exactly: more than microseconds"))
        formats = {"DATE": self.date_formats, TIMESTAMP_TYPE: self.timestamp_formats}
        declared = "".join(f", nor as in {each}" for each in formats.get(type_name, ()))
        otherwise = text_literal(f"' is no {type_name}{declared}")
        if not cases:
            return f"{shown} || {otherwise}"
        said = " ".join(f"WHEN {test} THEN {text_literal(words)}" for test, words in cases)
        return f"{shown} || CASE {said} ELSE {otherwise} END"
