"""Declared formats of dates and times, each as the pattern of the texts that it reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from resources.sources.declaration.refusals import refused

Epoch = Literal["seconds", "milliseconds"]

_refused = partial(refused, "files")

# The engine's strptime reads fewer digits than a field has: a text that lost one would be another
# time. So a text has to fit this pattern as well. "-" reads one digit or two.
_TWO, _ONE_OR_TWO, _WORD = r"\d{2}", r"\d{1,2}", r"[[:alpha:]]+\.?"
_FIELDS: Mapping[str, str] = {
    "%Y": r"\d{4}",
    **{f"%{field}": _TWO for field in "ymdHIMS"},
    **{f"%-{field}": _ONE_OR_TWO for field in "mdHI"},
    "%j": r"\d{3}",
    "%f": r"\d{1,6}",
    "%p": "(?i:[AP]M)",
    **{f"%{field}": _WORD for field in "aAbB"},
    "%z": r"(?:Z|[+-](?:(?:0\d|1[0-3]):?[0-5]\d|14:?00))",
    "%%": "%",
}
_FIELD = re.compile(r"%-?.", re.DOTALL)
_ZONE_NAME = "%Z"

# What a format has to name, so that nothing of a date is made up.
_LACKING: Mapping[str, Callable[[set[str]], bool]] = {
    "no part of a date": lambda fields: not fields,
    "no year": lambda fields: not fields & {"%Y", "%y"},
    "no month": lambda fields: not fields & {"%m", "%b", "%B", "%j"},
    "an hour of 12 without %p": lambda fields: "%I" in fields and "%p" not in fields,
    "%p without an hour of 12": lambda fields: "%p" in fields and "%I" not in fields,
    "minutes without an hour": lambda fields: "%M" in fields and not fields & {"%H", "%I"},
    "seconds without minutes": lambda fields: "%S" in fields and "%M" not in fields,
}

# Tried before what is declared.
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
# Day, month and year may be mistaken for each other.
_EXAMPLE = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)")


def format_pattern(time_format: str, zone: str = "") -> str:
    """The regular expression of the texts that a format reads; `zone` stands for %Z."""
    pattern, position = "", 0
    for found in _FIELD.finditer(time_format):
        pattern += re.escape(time_format[position : found.start()])
        field = found.group()
        if field != _ZONE_NAME and field not in _FIELDS:
            raise _refused(
                f"the format {time_format!r} holds {field!r}, which is not read",
                f"Take some of {' '.join(_FIELDS)}, or %Z with zone_offsets=.",
            )
        pattern += re.escape(zone) if field == _ZONE_NAME else _FIELDS[field]
        position = found.end()
    return pattern + re.escape(time_format[position:])


def names_zone(time_format: str) -> bool:
    """Whether a format reads the name of a zone, %Z."""
    return _ZONE_NAME in _FIELD.findall(time_format)


def reads_offset(time_format: str) -> bool:
    """Whether a format reads an offset from UTC, %z."""
    return "%z" in _FIELD.findall(time_format)


def with_offset(time_format: str) -> str:
    """The format with an offset where the name of a zone stands."""
    return _FIELD.sub(lambda each: each.group().replace(_ZONE_NAME, "%z"), time_format)


def check_formats(name: str, formats: Sequence[str], zone_offsets: Mapping[str, str]) -> None:
    """Raise SettingsError for a format that is no whole date, or contradicts an earlier one."""
    for text in formats:
        format_pattern(text)
        fields = {each.replace("-", "") for each in _FIELD.findall(text)}
        lacking = next((what for what, is_lacking in _LACKING.items() if is_lacking(fields)), None)
        if lacking is None and name == "timestamp_formats" and not fields & {"%d", "%j"}:
            lacking = "no day"
        if lacking is not None:
            raise _refused(
                f"{name} holds {text!r}, which names {lacking}",
                'Write it as strptime does, as in "%m/%d/%Y %H:%M". What a text does not say is '
                "not guessed.",
            )
        if names_zone(text) and not zone_offsets:
            raise _refused(
                f"{name} holds {text!r}, and no zone has an offset",
                'Say what each name means, as in zone_offsets={"PST": "-08:00", "PDT": "-07:00"}.',
            )
    zone = next(iter(zone_offsets), "")
    tried = [*_ISO, *formats]
    for at, later in enumerate(tried):
        for earlier in tried[:at]:
            if at >= len(_ISO) and _reads_otherwise(earlier, later, zone):
                raise _refused(
                    f"{name} holds {later!r}, whose texts {earlier!r} reads as other dates",
                    "Declare one of them: a text such as 03/04/2026 has one meaning in a source.",
                )


def _reads_otherwise(earlier: str, later: str, zone: str) -> bool:
    """Whether a text that `later` wrote is another time to `earlier`, which is tried first."""
    earlier, later = (each.replace(_ZONE_NAME, zone) for each in (earlier, later))
    text = _EXAMPLE.strftime(later)
    # Python knows no classes of POSIX.
    pattern = format_pattern(earlier).replace("[[:alpha:]]", r"[^\W\d_]")
    if not re.fullmatch(pattern, text):
        return False
    try:
        read, meant = (
            datetime.strptime(text, each.replace("%-", "%")).replace(tzinfo=UTC)
            for each in (earlier, later)
        )
    except ValueError:
        return False
    return read != meant


def check_zone_offsets(zone_offsets: Mapping[str, str]) -> None:
    """Raise SettingsError if the name of a zone has no offset that exists."""
    for name, offset in zone_offsets.items():
        if not name.strip() or not _OFFSET.fullmatch(offset):
            raise _refused(
                f"zone_offsets gives {name!r} the offset {offset!r}",
                'Write each as in {"PST": "-08:00"}, from -14:00 to +14:00.',
            )
