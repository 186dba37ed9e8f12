"""The output of --json: one document, decimals as texts, dates in ISO 8601."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_OBEYED = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def print_json(document: object, zone: ZoneInfo | None = None) -> None:
    """Print one document. Instants are in `zone`; None: in UTC."""
    sys.stdout.write(json_text(document, zone, indent=1) + "\n")


def json_text(document: object, zone: ZoneInfo | None, indent: int | None = None) -> str:
    """The document as JSON, nested as it is; a terminal obeys nothing in it."""
    text = json.dumps(_plain(document, zone), ensure_ascii=False, indent=indent)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object, zone: ZoneInfo | None) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else str(value)
        case Decimal():
            return format(value, "f") if value.is_finite() else str(value)
        case datetime():
            local = value.astimezone(zone or UTC) if value.tzinfo else value
            return local.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta() | Path():
            return str(value)
        case bytes() | bytearray():
            return value.hex()
        case Mapping():
            items = cast(Mapping[object, object], value).items()
            return {_name(key, zone): _plain(each, zone) for key, each in items}
        case list() | tuple() | set() | frozenset():
            return [_plain(each, zone) for each in cast(list[object], value)]
        case _:
            return str(value)


def _name(key: object, zone: ZoneInfo | None) -> str:
    plain = _plain(key, zone)
    return plain if isinstance(plain, str) else json.dumps(plain)
