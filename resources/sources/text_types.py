"""From delivered text to typed values, in SQL: exactly, or NULL. Nothing is ever rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resources.errors import SourceError
from resources.identifiers import text_literal
from resources.sources.files import FilesSource

TIMESTAMP_TYPE = "TIMESTAMP WITH TIME ZONE"

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_PLAIN_CAST = frozenset({"BOOLEAN", "FLOAT", "DOUBLE"})
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_BLANKS = "' \t'"

_PLAIN_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)"
_DAY = r"\d{4}-\d{2}-\d{2}"
_ZONE = r"(Z|[+-][01]\d(:?[0-5]\d)?)"
_MINUTE = rf"{_DAY}[T ]\d{{2}}:\d{{2}}"
_NAIVE = rf"{_DAY}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?)?"
_SECOND_SHAPE = "____-__-_____:__:__"
_AWARE = rf"{_MINUTE}(:\d{{2}}(\.\d+)?)? ?{_ZONE}"


@dataclass(frozen=True)
class TextTypes:
    """The rules of one source: the zone of local times, formats beyond ISO 8601, currency signs."""

    time_zone: str
    timestamp_formats: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    currency_signs: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: FilesSource, default_zone: str) -> TextTypes:
        """The source's rules; `default_zone` is taken where it declares no zone."""
        return cls(
            source.time_zone or default_zone,
            source.timestamp_formats,
            source.date_formats,
            source.currency_signs,
        )

    def typed(self, text: str, type_name: str) -> str:
        """SQL of the value that the SQL expression `text` spells; NULL if it spells none exactly.

        Args:
            text: A column reference, as it is repeated.
            type_name: The contract's type, as DuckDB spells it.

        Raises:
            SourceError: If text cannot be turned into the type.
        """
        if type_name == "VARCHAR":
            return text
        if type_name == TIMESTAMP_TYPE:
            return self._timestamp(text)
        if type_name == "DATE":
            return self._date(text)
        if type_name in _PLAIN_CAST:
            return f"TRY_CAST(trim({text}, {_BLANKS}) AS {type_name})"
        decimal = _DECIMAL.fullmatch(type_name)
        if decimal:
            return _number(self._without_sign(text), type_name, int(decimal[2]))
        if type_name in _INTEGERS:
            return _number(text, type_name, 0)
        raise SourceError(
            f"there is no way from text to {type_name}",
            "Declare the column as VARCHAR, a number, DECIMAL, DATE, BOOLEAN or a timestamp with "
            "time zone.",
        )

    def local_time(self, naive: str) -> str:
        """SQL of the instant at which clocks in the source's zone showed `naive`."""
        return f"timezone({text_literal(self.time_zone)}, {naive})"

    def _without_sign(self, text: str) -> str:
        if not self.currency_signs:
            return text
        signs = "|".join(re.escape(sign) for sign in self.currency_signs)
        pattern = text_literal(rf"^[ \t]*([+-]?)(?:{signs})")
        return f"regexp_replace({text}, {pattern}, '\\1')"

    def _timestamp(self, text: str) -> str:
        # The usual spellings are told by their shape, at a fifth of the cost of a pattern.
        bare = f"trim({text}, {_BLANKS})"
        seconds_added = f"regexp_replace({bare}, '^({_MINUTE}) ?{_ZONE}$', '\\1:00\\2')"
        spaceless = f"regexp_replace({seconds_added}, ' {_ZONE}$', '\\1')"
        iso = f"""CASE
            WHEN {text} LIKE '{_SECOND_SHAPE}+0_:__' THEN TRY_CAST({text} AS TIMESTAMPTZ)
            WHEN {text} LIKE '{_SECOND_SHAPE}Z' THEN TRY_CAST({text} AS TIMESTAMPTZ)
            WHEN {text} LIKE '{_SECOND_SHAPE}'
                THEN {self.local_time(f"TRY_CAST({text} AS TIMESTAMP)")}
            WHEN regexp_full_match({bare}, '{_AWARE}') THEN TRY_CAST({spaceless} AS TIMESTAMPTZ)
            WHEN regexp_full_match({bare}, '{_NAIVE}')
                THEN {self.local_time(f"TRY_CAST({bare} AS TIMESTAMP)")}
            END"""
        others = [self._timestamp_by(bare, each) for each in self.timestamp_formats]
        return _first_of(iso, others)

    def _timestamp_by(self, text: str, time_format: str) -> str:
        parsed = f"try_strptime({text}, {text_literal(time_format)})"
        # DuckDB gives an instant when the format reads a zone, and a local time when not.
        reads_zone = re.search(r"%[zZ]", time_format.replace("%%", ""))
        return parsed if reads_zone else self.local_time(parsed)

    def _date(self, text: str) -> str:
        bare = f"trim({text}, {_BLANKS})"
        iso = f"CASE WHEN regexp_full_match({bare}, '{_DAY}') THEN TRY_CAST({bare} AS DATE) END"
        others = [
            f"CAST(try_strptime({bare}, {text_literal(each)}) AS DATE)"
            for each in self.date_formats
        ]
        return _first_of(iso, others)


def misfit(text: str, column: str, type_name: str) -> str:
    """SQL of the sentence that says why `text` became no value of the column."""
    shown = f"left({text}, 100)"
    subject = text_literal(f"{column}: '")
    is_none = text_literal(f"' is no {type_name}")
    plain = f"{subject} || {shown} || {is_none}"
    decimal = _DECIMAL.fullmatch(type_name)
    if not decimal and type_name not in _INTEGERS:
        return plain
    exactly = text_literal(f"' does not fit {type_name} exactly")
    return (
        f"CASE WHEN regexp_full_match(trim({text}, {_BLANKS}), '{_PLAIN_NUMBER}') "
        f"THEN {subject} || {shown} || {exactly} ELSE {plain} END"
    )


def out_of_range(value: str, type_name: str) -> str | None:
    """SQL that is true of dates and times that other readers of the lake cannot show, if any."""
    if type_name == "DATE":
        return f"{value} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"
    if type_name == TIMESTAMP_TYPE:
        return (
            f"{value} NOT BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' "
            "AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'"
        )
    return None


def _number(text: str, type_name: str, scale: int) -> str:
    # DuckDB's cast rounds and reads exponents, hexadecimals and underscores. A value that is
    # written back as it came was exact; any other text must be plain, zeros past the scale aside.
    cast = f"TRY_CAST({text} AS {type_name})"
    alone = rf"|\.\d{{1,{scale}}}0*" if scale else ""
    plain = rf"[ \t]*[+-]?(\d+(\.\d{{0,{scale}}}0*)?{alone})[ \t]*"
    return (
        f"CASE WHEN CAST({cast} AS VARCHAR) = {text} THEN {cast} "
        f"WHEN regexp_full_match({text}, '{plain}') THEN {cast} END"
    )


def _first_of(first: str, others: list[str]) -> str:
    return f"coalesce({', '.join([first, *others])})" if others else first
