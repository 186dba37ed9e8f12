"""What texts mean, by the rules of docs/sources.md, in Python of its own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

_NUMBER = re.compile(r"[ \t]*[+-]?(\d+(\.\d*)?|\.\d+)[ \t]*", re.ASCII)
_THOUSANDS = re.compile(r"[ \t]*[+-]?0*[1-9]\d{0,2}\.\d{3}[ \t]*", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6})0*)?)?)?"
    r"(?: ?(Z|[+-]\d\d(?::?\d\d)?))?",
    re.ASCII,
)


def amount(text: str | None) -> Decimal | None:
    """A number of at most two decimals and sixteen digits before them; None if it is none."""
    if text is None or not _NUMBER.fullmatch(text) or _THOUSANDS.fullmatch(text):
        return None
    number = Decimal(text.strip(" \t"))
    cents = number * 100
    fits = cents == cents.to_integral_value() and abs(number) < 10**16
    return number if fits else None


def instant(text: str | None) -> datetime | None:
    """An instant in ISO 8601; local ones are in UTC. None if it is none."""
    found = _INSTANT.fullmatch(text.strip(" \t")) if text is not None else None
    if found is None:
        return None
    day, hour, minute, second, part, zone = found.groups()
    if zone and hour is None:
        return None
    offset = timedelta(0)
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "")
        hours, minutes = int(digits[:2]), int(digits[2:] or 0)
        if hours > 14 or minutes > 59 or (hours == 14 and minutes):
            return None
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    try:
        local = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return (
            local
            + timedelta(
                hours=int(hour or 0),
                minutes=int(minute or 0),
                seconds=int(second or 0),
                microseconds=int((part or "0").ljust(6, "0")),
            )
            - offset
        )
    except (ValueError, OverflowError):
        return None


def day(text: str | None) -> date | None:
    """A date in ISO 8601; None if it is none."""
    if text is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(" \t"), re.ASCII):
        return None
    try:
        return date.fromisoformat(text.strip(" \t"))
    except ValueError:
        return None
