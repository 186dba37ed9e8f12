"""Values as people read them: exact, short, and the same in every command."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# Control characters, among them what a terminal obeys; marks that turn the order of the text; and
# what breaks a line. https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def number(value: int | None) -> str:
    """A count with thousands separated; nothing where there is none."""
    return "" if value is None else f"{value:,}"


def size(value: int) -> str:
    """Bytes in the unit that leaves one to three digits before the point: 1.2 MB."""
    amount = float(value)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "B" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"


def duration(seconds: float) -> str:
    """Seconds with one decimal, minutes where there are some: 1 min 05 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def counted(amount: int, noun: str) -> str:
    """1 day, 7 days, 0 days."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def day_ranges(days: Iterable[date | None]) -> str:
    """Days as ranges: `2026-11-13..2026-11-19, 2026-11-21`; `whole table` for None."""
    from resources.lake.model.window import named_days

    return named_days(day for day in days if day is not None) or "whole table"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """An instant to the second, in the business time zone, with its offset."""
    return value.astimezone(zone).isoformat(" ", "seconds")


def modified(nanoseconds: int, zone: ZoneInfo) -> str:
    """A file's modification time, nanoseconds since 1970, as an instant."""
    return moment(datetime.fromtimestamp(nanoseconds / 1e9, UTC), zone)


def exact(value: object, zone: ZoneInfo) -> str:
    """A value of a row, losing nothing: no separators, decimals with all their digits."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ") if value.tzinfo else value.isoformat(" ")
    return str(value)


def cell(value: object, zone: ZoneInfo) -> str:
    """A value of a row for a table: amounts have their thousands separated."""
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:,f}"
    return visible(exact(value, zone))


def visible(text: str, keep: str = "") -> str:
    r"""The text with control characters written out, as \x1b: a terminal obeys none of them.

    Those in `keep` stay as they are.
    """

    def written_out(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else found[0].encode("unicode_escape").decode("ascii")

    return _UNSEEN.sub(written_out, text)
