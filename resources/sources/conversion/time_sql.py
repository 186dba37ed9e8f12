"""From text to dates and instants, in SQL: by patterns of digits, exactly, or NULL.

Offsets go from -14:00 to +14:00, as in XML Schema 1.1, part 2, 3.3.7; hours from 00 to 23 and
seconds from 00 to 59, as in RFC 3339 without leap seconds, which the engine does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from resources.identifiers import text_literal
from resources.sources.declaration.files_source import Spelling
from resources.sources.declaration.time_formats import (
    Epoch,
    format_pattern,
    names_zone,
    reads_offset,
    with_offset,
)

_BLANKS = "' \t'"
_DAY = r"\d{4}-\d{2}-\d{2}"
_MINUTE = rf"{_DAY}[T ](?:[01]\d|2[0-3]):[0-5]\d"
# The seventh decimal of a second and those behind it have to be zeros: nothing is cut off.
_SECOND = r":[0-5]\d(?:\.\d{1,6}0*)?"
_OFFSET = r"(?:Z|[+-](?:0\d|1[0-3])(?::?[0-5]\d)?|[+-]14(?::?00)?)"
_AWARE = rf"{_MINUTE}(?:{_SECOND})? ?{_OFFSET}"
_LOCAL = rf"{_DAY}(?:{_MINUTE.removeprefix(_DAY)}(?:{_SECOND})?)?"

# The usual spellings, at a third of the cost of a regular expression. Each place where the
# engine's cast would also take a blank or a field of one digit has to be a digit.
_USUAL = "[0-9][0-9][0-9][0-9]-??-?[0-9][T ][0-9]?:[0-9]?:[0-9][0-9]"
_USUAL_OFFSET = "[-+]0[0-9]:[0-5][0-9]"

# Epochs of another unit are told by their digits: 1973 to 5138 in either.
_EPOCHS: Mapping[Epoch, tuple[str, int]] = {
    "seconds": (r"\d{9,11}(?:\.\d{1,6}0*)?", 1_000_000),
    "milliseconds": (r"\d{12,14}(?:\.\d{1,3}0*)?", 1_000),
}

_FIRST, _LAST = "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"


@dataclass(frozen=True)
class TimeSql:
    """The SQL of dates and instants of one source, whose business dates are in a zone."""

    spelling: Spelling
    business_zone: str

    @property
    def time_zone(self) -> str:
        """Zone of local times."""
        return self.spelling.time_zone or self.business_zone

    def local_time(self, naive: str) -> str:
        """SQL of the instant at which clocks in the source's zone showed `naive`."""
        return f"timezone({text_literal(self.time_zone)}, {naive})"

    def instant(self, text: str) -> str:
        """SQL of the instant that a text spells."""
        bare = f"trim({text}, {_BLANKS})"
        seconds_added = f"regexp_replace({bare}, '^({_MINUTE}) ?({_OFFSET})$', '\\1:00\\2')"
        spaceless = f"regexp_replace({seconds_added}, ' ({_OFFSET})$', '\\1')"
        aware, local = (
            # The cast takes 24:00:00 for the next midnight.
            f"CASE WHEN NOT contains({text}, '24:00:00') THEN TRY_CAST({text} AS {kind}) END"
            for kind in ("TIMESTAMPTZ", "TIMESTAMP")
        )
        iso = f"""CASE
            WHEN strlen({text}) = 25 AND {text} GLOB '{_USUAL}{_USUAL_OFFSET}' THEN {aware}
            WHEN strlen({text}) = 20 AND {text} GLOB '{_USUAL}Z' THEN {aware}
            WHEN strlen({text}) = 19 AND {text} GLOB '{_USUAL}' THEN {self.local_time(local)}
            WHEN regexp_full_match({bare}, '{_AWARE}') THEN TRY_CAST({spaceless} AS TIMESTAMPTZ)
            WHEN regexp_full_match({bare}, '{_LOCAL}')
                THEN {self.local_time(f"TRY_CAST({bare} AS TIMESTAMP)")}
            END"""
        return _first_of(
            iso, [self._instant_by(bare, each) for each in self.spelling.timestamp_formats]
        )

    def date(self, text: str) -> str:
        """SQL of the date that a text spells."""
        bare = f"trim({text}, {_BLANKS})"
        iso = f"CASE WHEN regexp_full_match({bare}, '{_DAY}') THEN TRY_CAST({bare} AS DATE) END"
        return _first_of(
            iso, [f"CAST({_parsed(bare, each)} AS DATE)" for each in self.spelling.date_formats]
        )

    def epoch(self, text: str, unit: Epoch) -> str:
        """SQL of the instant that a text spells as seconds or milliseconds since 1970 in UTC."""
        pattern, microseconds = _EPOCHS[unit]
        bare = f"trim({text}, {_BLANKS})"
        exact = f"CAST(CAST({bare} AS DECIMAL(30,6)) * {microseconds} AS BIGINT)"
        return (
            f"CASE WHEN regexp_full_match({bare}, '{pattern}') "
            f"THEN timezone('UTC', make_timestamp({exact})) END"
        )

    def outside(self, instant: str) -> str:
        """SQL that is true of instants whose date is not one from 0001-01-01 to 9999-12-31.

        Their date in UTC, which other readers of the lake show, and in the zones of the source
        and of business dates.
        """
        zones = ("UTC", self.time_zone, self.business_zone)
        first, last = (
            ", ".join(
                f"timezone({text_literal(zone)}, TIMESTAMP '{edge}')"
                for zone in dict.fromkeys(zones)
            )
            for edge in (_FIRST, _LAST)
        )
        return f"{instant} NOT BETWEEN greatest({first}) AND least({last})"

    def _instant_by(self, text: str, time_format: str) -> str:
        if not names_zone(time_format):
            parsed = _parsed(text, time_format)
            return parsed if reads_offset(time_format) else self.local_time(parsed)
        by_offset = with_offset(time_format)
        cases = " ".join(
            f"WHEN regexp_full_match({text}, {text_literal(format_pattern(time_format, zone))}) "
            f"THEN try_strptime(replace({text}, {text_literal(zone)}, {text_literal(offset)}), "
            f"{text_literal(by_offset)})"
            for zone, offset in self.spelling.zone_offsets.items()
        )
        return f"CASE {cases} END"


def date_outside(value: str) -> str:
    """SQL that is true of dates that other readers of the lake cannot show."""
    return f"{value} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


def _parsed(text: str, time_format: str) -> str:
    pattern = text_literal(format_pattern(time_format))
    return (
        f"CASE WHEN regexp_full_match({text}, {pattern}) "
        f"THEN try_strptime({text}, {text_literal(time_format)}) END"
    )


def _first_of(first: str, others: Sequence[str]) -> str:
    return f"coalesce({', '.join([first, *others])})" if others else first
