"""A function that SQL may call: a rule of the business that is an expression, said once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from resources.identifiers import text_literal
from warehouse_assets.modeling.load_errors import LoadError, declaration_error

_TIME_ZONE = ":time_zone"
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
# No zone has ever gone to another offset and back within one.
_STEP = timedelta(days=7)


@dataclass(frozen=True)
class SqlFunction:
    """A function that every table's SQL may call. Made by `sql_function()`.

    Attributes:
        name: Lower snake case; no engine has a function of that name.
        parameters: Each parameter's name and type.
        returns: Type of what it gives.
        body: One expression over the parameters, in DuckDB's SQL; `:time_zone` is the business
            time zone; `:steady_start`, `:steady_end` and `:steady_offset` (microseconds) say when
            it has one offset.
        doc: What it gives.
        path: The module that declares it; None: the framework does.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    body: str
    doc: str
    path: Path | None = None

    @property
    def signature(self) -> str:
        """As in `shard_table_of(user_id BIGINT) -> BIGINT`."""
        listed = ", ".join(f"{name} {kind}" for name, kind in self.parameters)
        return f"{self.name}({listed}) -> {self.returns}"

    def macro_sql(self, time_zone: str) -> str:
        """The statement that defines the function in a session."""
        names = ", ".join(name for name, _ in self.parameters)
        steady = steady_offset(time_zone)
        values = {
            _TIME_ZONE: text_literal(time_zone),
            ":steady_start": f"TIMESTAMPTZ '{steady.start.isoformat()}'",
            ":steady_end": f"TIMESTAMPTZ '{steady.end.isoformat()}'",
            ":steady_offset": str(steady.offset_microseconds),
        }
        body = self.body
        for placeholder, value in values.items():
            body = body.replace(placeholder, value)
        return f"CREATE OR REPLACE TEMP MACRO {self.name}({names}) AS ({body})"

    def error(self, message: str, text: str | None = None, step: str | None = None) -> LoadError:
        """An error about the declaration; `text` is something on the line at fault."""
        if self.path is None:
            return LoadError(f"function {self.name}: {message}", step)
        return declaration_error(self.name, self.path, message, text, step)


def sql_function(
    doc: str, *, returns: str, body: str, parameters: Mapping[str, str] | None = None
) -> SqlFunction:
    """Declare a function of the calling module: its variable's name is its name in SQL.

    Args:
        doc: What it gives.
        returns: Type of what it gives, as DuckDB spells it.
        body: One expression over the parameters; it may call other functions of the warehouse.
        parameters: Name -> type; none for a constant.
    """
    module = sys._getframe(1).f_globals  # pyright: ignore[reportPrivateUsage]
    given = tuple((parameters or {}).items())
    return SqlFunction("", given, returns, body.strip(), doc, Path(module["__file__"]))


class SteadyOffset(NamedTuple):
    """From `start` to before `end` local time is UTC plus `offset`: there, dates are arithmetic.

    The engine asks its calendar library about every instant, twelve times slower than adding the
    offset. Much of the world has not changed clocks for decades.
    """

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
