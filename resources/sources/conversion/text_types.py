"""From delivered text to typed values, in SQL: exactly, or NULL. Nothing is ever rounded."""

from __future__ import annotations

from dataclasses import dataclass

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
from resources.sources.declaration.files_source import Spelling

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
    """How texts of one source become typed values.

    Attributes:
        spelling: How the source writes numbers, dates and times.
        business_zone: Zone in which instants have their business dates, and local times are where
            the source declares no zone.
    """

    spelling: Spelling
    business_zone: str

    @property
    def times(self) -> TimeSql:
        """The SQL of dates and instants."""
        return TimeSql(self.spelling, self.business_zone)

    def typed(self, text: str, type_name: str, column: str | None = None) -> str:
        """SQL of the value that a column `text` spells; NULL if it spells none exactly.

        Numbers are read plainly: `number()` is for those that are declared to be written otherwise.
        """
        if type_name == "VARCHAR":
            return text
        if type_name == TIMESTAMP_TYPE:
            unit = self.spelling.epochs.get(column or "")
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
        """How the column's numbers are written; None: plainly, or it holds none."""
        declared = self.spelling.number(column)
        scale = column_type(type_name).scale
        if declared is None or scale is None:
            return None
        return NumberSql(declared, type_name, scale, beside)

    def folded(self, text: str, type_name: str) -> str | None:
        """SQL of the text in plain width; None where it is taken as it is."""
        if not self.spelling.fold_width or type_name == "VARCHAR":
            return None
        return f"translate({text}, {text_literal(_FULL_WIDTH)}, {text_literal(_PLAIN_WIDTH)})"

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
        formats = {
            "DATE": self.spelling.date_formats,
            TIMESTAMP_TYPE: self.spelling.timestamp_formats,
        }
        declared = "".join(f", nor as in {each}" for each in formats.get(type_name, ()))
        otherwise = text_literal(f"' is no {type_name}{declared}")
        if not cases:
            return f"{shown} || {otherwise}"
        said = " ".join(f"WHEN {test} THEN {text_literal(words)}" for test, words in cases)
        return f"{shown} || CASE {said} ELSE {otherwise} END"
