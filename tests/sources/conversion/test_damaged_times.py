"""A timestamp that lost or gained characters is refused, or is what it still spells: never hours
off. What it spells is told by Python, not by the patterns of the loader."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from resources.sources.declaration.files import files
from tests.sources.conftest import FOLDER, Landing

STAMP = "TIMESTAMP WITH TIME ZONE"
LOCAL = timezone(timedelta(hours=8))
BUSINESS = ZoneInfo("Asia/Shanghai")
ZONE = "Etc/GMT-8"  # Eight hours before UTC is what the name says, eight after is meant.

WHOLE = (
    "2026-11-03T02:00:00Z",
    "2026-11-03 22:59:58+08:00",
    "2026-11-03T02:00:00-05:30",
    "2026-12-31T23:59:59.123456+14:00",
    "2024-02-29 00:00",
    "2026-11-03T12:34+0530",
    "2026-11-03",
    "2026-11-03 02:07:09",
    "2026-11-03 10:20:30 -11",
)
CHARACTERS = "0123456789:-+.TZ tz_/"

SPELLED = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?( ?(?:Z|[+-][0-9:]+))?)?"
)
OFFSET = re.compile(r" ?([+-])([0-9]{2})(?::?([0-9]{2}))?")


def meant(text: str) -> datetime | None:
    """The instant that a text spells, by Python's own calendar; None: none."""
    found = SPELLED.fullmatch(text.strip(" \t"))
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = (found[7] or "").ljust(6, "0")
    if fraction[6:].strip("0"):
        return None
    zone = LOCAL
    if found[8]:
        offset = OFFSET.fullmatch(found[8])
        if found[8].strip() != "Z" and not offset:
            return None
        minutes = 0
        if offset:
            if int(offset[3] or 0) > 59:
                return None
            minutes = int(offset[2]) * 60 + int(offset[3] or 0)
            if minutes > 14 * 60:
                return None
            minutes = -minutes if offset[1] == "-" else minutes
        zone = timezone(timedelta(minutes=minutes))
    try:
        local = datetime(year, month, day, hour, minute, second, int(fraction[:6]), zone)
        for other in (UTC, LOCAL, BUSINESS):
            local.astimezone(other)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def damaged(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    kind = chance.randrange(4)
    if kind == 0 and at < len(text):
        return text[:at] + text[at + 1 :]
    if kind == 1 and at < len(text):
        return text[:at] + chance.choice(CHARACTERS) + text[at + 1 :]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + chance.choice(CHARACTERS) + text[at:]


def one_edit(text: str) -> set[str]:
    gone = {text[:at] + text[at + 1 :] for at in range(len(text))}
    other = {
        text[:at] + letter + text[at + 1 :] for at in range(len(text)) for letter in CHARACTERS
    }
    return gone | other | {text[:at] + letter + text[at:]
                           for at in range(len(text) + 1) for letter in CHARACTERS}  # fmt: skip


@pytest.fixture(scope="module")
def texts() -> list[str]:
    chance = random.Random(20261103)
    once = set(WHOLE).union(*map(one_edit, WHOLE))
    twice = {damaged(damaged(text, chance), chance) for text in WHOLE for _ in range(600)}
    return sorted(text for text in once | twice if text.strip(" \t"))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_damaged_timestamp_is_refused_or_what_it_spells(
    landing: Landing, texts: list[str], form: str
) -> None:
    if form == "csv":
        lines = ["no,at", *(f'{number},"{text}"' for number, text in enumerate(texts))]
    else:
        lines = [json.dumps({"no": number, "at": text}) for number, text in enumerate(texts)]
    landing.deliver(f"a.{form}", "\n".join(lines) + "\n")
    source = files(FOLDER, format=form, time_zone=ZONE)  # pyright: ignore[reportArgumentType]
    with landing.load(source, {"no": "BIGINT", "at": f"{STAMP}?"}) as loaded:
        found = {row["no"]: row["at"] for row in landing.accepted(loaded)}
    expected = {no: instant for no, text in enumerate(texts) if (instant := meant(text))}
    wrong = [
        (texts[no], found.get(no), expected.get(no))
        for no in range(len(texts))
        if found.get(no) != expected.get(no)
    ]
    assert wrong == []
    assert len(texts) > 7_000 and 500 < len(expected) < len(texts) - 3_000


FORMATS = {
    "%d.%m.%Y %H:%M:%S": "03.11.2026 02:00:09",
    "%-m/%-d/%Y %-H:%M": "11/3/2026 9:05",
    "%Y%m%d%H%M%S%z": "20261103020000+08:00",
}


def strictly(time_format: str, text: str) -> datetime | None:
    """What Python's strptime reads, once each field has the digits that the format says."""
    digits = {"%Y": "[0-9]{4}", "%z": r"(?:Z|[+-][0-9]{2}:?[0-9]{2})"}
    pattern = re.sub(
        "%-?[a-zA-Z]",
        lambda found: digits.get(
            found[0], "[0-9]{1,2}" if found[0].startswith("%-") else "[0-9]{2}"
        ),
        time_format.replace(".", r"\."),
    )
    if not re.fullmatch(pattern, text.strip(" \t")):
        return None
    try:
        read = datetime.strptime(text.strip(" \t"), time_format.replace("%-", "%"))  # noqa: DTZ007
    except ValueError:
        return None
    offset = read.utcoffset()
    if offset is not None and abs(offset) > timedelta(hours=14):
        return None
    try:
        return (read if read.tzinfo else read.replace(tzinfo=LOCAL)).astimezone(UTC)
    except OverflowError:
        return None


@pytest.mark.parametrize(("time_format", "whole"), FORMATS.items())
def test_a_declared_format_reads_no_damaged_text(
    landing: Landing, time_format: str, whole: str
) -> None:
    chance = random.Random(7)
    texts = sorted(one_edit(whole) | {damaged(damaged(whole, chance), chance) for _ in range(400)})
    landing.deliver(
        "a.csv", "no,at\n" + "".join(f'{no},"{text}"\n' for no, text in enumerate(texts))
    )
    source = files(FOLDER, format="csv", time_zone=ZONE, timestamp_formats=[time_format])
    with landing.load(source, {"no": "BIGINT", "at": f"{STAMP}?"}) as loaded:
        found = {row["no"]: row["at"] for row in landing.accepted(loaded)}
    wrong = [
        (text, found.get(no), strictly(time_format, text))
        for no, text in enumerate(texts)
        if found.get(no) != (strictly(time_format, text) or meant(text))
    ]
    assert wrong == []
    assert len(found) > 50
