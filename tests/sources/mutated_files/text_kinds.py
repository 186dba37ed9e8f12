"""Text with rows: CSV, JSON lines, JSON documents."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from resources.sources.declaration.files import files
from resources.sources.formats.json_document.json_document import json_document
from tests.sources.conftest import FOLDER
from tests.sources.mutated_files.judging import Expected, FileKind, Row, Unreadable
from tests.sources.mutated_files.spelling import amount, instant

NAMES = ("id", "amount", "at")
COLUMNS = {"id": "VARCHAR", "amount": "DECIMAL(18,2)", "at": "TIMESTAMP WITH TIME ZONE"}
_START = datetime(2026, 1, 5, tzinfo=UTC)


def rows_of(random: Random) -> list[tuple[str, str, str]]:
    """Rows as text."""
    return [
        (
            f"人{number}" if random.random() < 0.1 else f"order {number}",
            f"{random.randint(-(10**9), 10**9) / 100:.2f}",
            (_START + timedelta(seconds=random.randrange(86_400 * 300))).isoformat(),
        )
        for number in range(random.randint(1, 30))
    ]


def typed(texts: Sequence[str | None]) -> Row | None:
    """The row that three texts are; None if it has to be refused."""
    order, money, at = texts
    row = (order, amount(money), instant(at))
    return None if None in row else row


def decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(str(error)) from error


class CsvKind(FileKind):
    name = "csv"
    file_name = "a.csv"
    source = files(FOLDER, format="csv", time_zone="UTC")
    columns = COLUMNS

    def original(self, random: Random) -> bytes:
        lines = [",".join(NAMES), *(",".join(row) for row in rows_of(random))]
        end = random.choice(("\n", "\r\n"))
        return "".join(f"{line}{end}" for line in lines).encode()

    def expected(self, content: bytes) -> Expected:
        text = decoded(content)
        lines = list(io.StringIO(text, newline=""))
        if lines and not lines[-1].endswith(("\n", "\r")) and lines[-1].strip():
            raise Unreadable("the last line is cut")
        bare = [line.rstrip("\r\n") for line in lines]
        first = next((at for at, line in enumerate(bare) if not _is_blank(line.split(","))), None)
        if first is None:
            raise Unreadable("no header")
        has_quotes = '"' in text
        if '"' in bare[first]:
            return Expected({}, frozenset(range(len(bare) + 1)), is_complete=False)
        header = [name.strip() for name in bare[first].split(",")]
        if any(header.count(name) != 1 for name in NAMES):
            raise Unreadable("no such columns")
        rows: dict[int, Row | None] = {}
        unsure: set[int] = set()
        for at, line in enumerate(bare[first + 1 :], first + 1):
            if '"' in line:
                unsure.add(at + 1)
                continue
            fields = line.split(",")
            if _is_blank(fields):
                continue
            while len(fields) > len(header) and not fields[-1]:
                fields.pop()
            if len(fields) != len(header):
                rows[at + 1] = None
                continue
            texts = [fields[header.index(name)] or None for name in NAMES]
            rows[at + 1] = typed(texts)
        return Expected(rows, frozenset(unsure), is_complete=not has_quotes)


def _is_blank(fields: Sequence[str]) -> bool:
    return not any(fields) or (len(fields) == 1 and not fields[0].strip())


class _Repeated(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Repeated
    return found


class _Number(str):
    pass


def _no_constant(name: str) -> None:
    raise ValueError(name)


def parsed(text: str, hook: Any = _object) -> Any:
    """JSON, numbers as they are spelled."""
    return json.loads(
        text,
        object_pairs_hook=hook,
        parse_float=_Number,
        parse_int=_Number,
        parse_constant=_no_constant,
    )


def object_row(found: Any) -> Row | None:
    """The row that an object is; None if it has to be refused."""
    if not isinstance(found, dict):
        return None
    texts: list[str | None] = []
    for name in NAMES:
        value = found.get(name)
        if value is not None and not isinstance(value, str):
            value = json.dumps(value) if isinstance(value, bool) else None
        if isinstance(value, _Number) and name == "amount":
            value = _plain(value)
        texts.append(value)
    return typed(texts)


def _plain(number: str) -> str:
    exponent = re.fullmatch(r"(-?\d+(?:\.\d+)?)[eE]([+-]?\d{1,2})", number)
    if exponent:
        return f"{Decimal(number):f}"
    # A number has no thousands: a fourth decimal says so.
    return f"{number}0" if re.fullmatch(r"-?\d+\.\d{3}", number) else number


def is_odd(found: Any) -> bool:
    """Whether texts are in it that the formats say little about."""
    if not isinstance(found, dict):
        return False
    text = json.dumps(found)
    halves = "\\u0000" in text or re.search(r"\\ud[89a-f]", text) is not None
    return halves or any(
        isinstance(found.get(name), list | dict | _Number) for name in ("id", "at")
    )


class JsonLinesKind(FileKind):
    name = "jsonl"
    file_name = "a.jsonl"
    source = files(FOLDER, format="jsonl", time_zone="UTC")
    columns = COLUMNS

    def original(self, random: Random) -> bytes:
        lines = [
            f'{{"id": "{order}", "amount": {money}, "at": "{at}"}}\n'
            for order, money, at in rows_of(random)
        ]
        return "".join(lines).encode()

    def expected(self, content: bytes) -> Expected:
        rows: dict[int, Row | None] = {}
        unsure: set[int] = set()
        for number, line in enumerate(io.StringIO(decoded(content), newline=""), 1):
            if not line.strip():
                continue
            try:
                found = parsed(line)
                rows[number] = object_row(found)
                if is_odd(found):
                    unsure.add(number)
            except (ValueError, RecursionError):
                rows[number] = None
        return Expected(rows, frozenset(unsure))


class JsonDocumentKind(FileKind):
    name = "json document"
    file_name = "a.json"
    source = files(
        FOLDER,
        format=json_document(rows_at="data[*]", requires={"more": False}),
        time_zone="UTC",
    )
    columns = COLUMNS

    def original(self, random: Random) -> bytes:
        each = ",\n".join(
            f'{{"id": "{order}", "amount": {money}, "at": "{at}", "x": [{{"id": 1}}]}}'
            for order, money, at in rows_of(random)
        )
        return f'{{"kind": "list", "data": [{each}], "more": false}}\n'.encode()

    def expected(self, content: bytes) -> Expected:
        text = decoded(content)

        def marked(pairs: list[tuple[str, Any]]) -> Any:
            found = dict(pairs)
            repeated = len(found) < len(pairs) or any(
                isinstance(value, dict | list) and _has_mark(value) for value in found.values()
            )
            return {**found, _MARK: True} if repeated else found

        try:
            document = parsed(text, marked)
        except (ValueError, RecursionError) as error:
            raise Unreadable(str(error)) from error
        if not isinstance(document, dict) or not isinstance(document.get("data"), list):
            raise Unreadable("no array at data")
        if document.get("more") is not False:
            raise Unreadable("more is not false")
        rows: dict[int, Row | None] = {}
        unsure: set[int] = set()
        for number, each in enumerate(document["data"], 1):
            is_repeated = isinstance(each, dict) and _MARK in each
            rows[number] = None if is_repeated else object_row(each)
            if is_odd(each):
                unsure.add(number)
        return Expected(rows, frozenset(unsure))


_MARK = "\0repeated"


def _has_mark(value: Any) -> bool:
    if isinstance(value, dict):
        return _MARK in value
    return any(_has_mark(each) for each in value if isinstance(each, dict | list))
