"""Since when a time zone has had one offset: there, dates are arithmetic.

The engine asks its calendar library about every instant, twelve times slower than adding the
offset. Much of the world has not changed clocks for decades.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
# No zone has ever gone to another offset and back within one.
_STEP = timedelta(days=7)


class SteadyOffset(NamedTuple):
    """From `start` to before `end` local time is UTC plus `offset`."""

    start: datetime
    end: datetime
    offset: timedelta

    @property
    def offset_microseconds(self) -> int:
        """The offset as the engine's instants are counted."""
        return self.offset // timedelta(microseconds=1)


@cache
def steady_offset(time_zone: str) -> SteadyOffset:
    """The last time without a change of clocks, up to 2037; a few months where they change."""
    zone = ZoneInfo(time_zone)
    offset = _offset(zone, _LAST)
    start = _LAST
    while start - _STEP >= _FIRST and _offset(zone, start - _STEP) == offset:
        start -= _STEP
    return SteadyOffset(start, _LAST, offset)


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()
