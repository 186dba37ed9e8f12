"""JSON from a stream: value by value, numbers as they are spelled, repeated keys noticed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO, cast

from resources.sources.declaration.formats import NumberText
from resources.sources.declaration.json_path import JsonPath
from resources.sources.formats.text_files import without_mark

_CHUNK = 64 * 1024
_BLANKS = " \t\n\r"
# A value that is decoded in one go lies in memory: past this many characters it is refused.
LONGEST_VALUE = 16 * 1024 * 1024

# An exponent within this is written out; any other fits no type anyway.
_MOST_ZEROS = 60


class JsonDamaged(Exception):
    """The text is no JSON, or stops before its end; says where."""


class JsonText:
    """A JSON text in an encoding, gone through once. A UTF-8 byte order mark is skipped."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._decode = codecs.getincrementaldecoder(without_mark(encoding))().decode
        self._file = file
        self._text = ""
        self._at = 0
        self._behind = 0
        self._ended = False
        self._repeated: list[str] = []
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=NumberText,
            parse_int=NumberText,
            parse_constant=_refuse_constant,
        )

    def next(self) -> str:
        """The next character that is not blank, which stays where it is; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANKS:
                    return self._text[self._at]
                self._at += 1
            if self._ended:
                return ""
            self._read()

    def take(self, wanted: str) -> bool:
        """Pass over the next character if it is the one that is wanted."""
        if self.next() != wanted:
            return False
        self._at += 1
        return True

    def require(self, wanted: str) -> None:
        """Pass over the next character. Raises JsonDamaged if it is another."""
        if not self.take(wanted):
            raise self.damaged(f"{wanted!r} is missing")

    def value(self) -> Any:
        """The next value: dict, list, str, NumberText, bool or None, up to `LONGEST_VALUE` long."""
        self.next()
        while True:
            self._repeated.clear()
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if self._ended:
                    raise self.damaged(error.msg) from error
            except RecursionError as error:
                raise self.damaged("values lie too deep in each other") from error
            else:
                # A number may go on behind what was read so far.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            self._read()

    @property
    def repeated_key(self) -> str | None:
        """A key that an object in the last value has twice."""
        return self._repeated[0] if self._repeated else None

    def entries(self) -> Iterator[str]:
        """The keys, none repeated, of the object that begins here; the caller takes each value."""
        self.require("{")
        keys: set[str] = set()
        if self.take("}"):
            return
        while True:
            if self.next() != '"':
                raise self.damaged("a key is missing")
            key = cast("str", self.value())
            if key in keys:
                raise self.damaged(f"the key {key!r} is repeated")
            keys.add(key)
            self.require(":")
            yield key
            if not self.take(","):
                self.require("}")
                return

    def elements(self) -> Iterator[None]:
        """One item for each element of the array that begins here; the caller takes its value."""
        self.require("[")
        if self.take("]"):
            return
        while True:
            yield
            if not self.take(","):
                self.require("]")
                return

    def damaged(self, what: str) -> JsonDamaged:
        """The error that says what is wrong where we are."""
        return JsonDamaged(f"{what}, at character {self._behind + self._at + 1:,}")

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            self._repeated.append(next(key for key in keys if keys.count(key) > 1))
        return found

    def _read(self) -> None:
        rest = len(self._text) - self._at
        if rest > LONGEST_VALUE:
            raise self.damaged(f"a value is longer than {LONGEST_VALUE:,} characters, or broken")
        # As much again as there is: a long value is tried few times.
        chunk = self._file.read(max(_CHUNK, rest))
        self._ended = not chunk
        self._behind += self._at
        self._text = self._text[self._at :] + self._decode(chunk, final=self._ended)
        self._at = 0


def _refuse_constant(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is no number", name, 0)


class NoField(ValueError):
    """A value has no field at a path; says why."""


def field_at(value: Any, path: JsonPath) -> str | None:
    """The text at the path: None where a key is missing or anything on the way is null."""
    found = value
    for at, step in enumerate(path.steps):
        if found is None:
            return None
        if isinstance(step, str) and isinstance(found, dict):
            found = cast("dict[str, Any]", found).get(step)
        elif isinstance(step, int) and isinstance(found, list):
            items = cast("list[Any]", found)
            found = items[step] if step < len(items) else None
        else:
            kind = "object" if isinstance(step, str) else "array"
            before = ".".join(map(str, path.steps[:at]))
            raise NoField(f"{before} is no {kind}")
    return text_of(found)


def text_of(value: Any) -> str | None:
    """A value as text: numbers as they are spelled, objects and arrays as compact JSON."""
    if isinstance(value, NumberText):
        return _plain(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _compact(value)


def _plain(number: NumberText) -> NumberText:
    """The number without an exponent, digit by digit."""
    if "e" not in number and "E" not in number:
        return number
    exact = Decimal(number)
    in_reach = abs(exact.adjusted()) + len(number) <= _MOST_ZEROS
    return NumberText(f"{exact:f}") if in_reach else number


def _compact(value: Any) -> str:
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return f"{{{','.join(f'{_quoted(key)}:{_compact(each)}' for key, each in items)}}}"
    if isinstance(value, list):
        return f"[{','.join(_compact(each) for each in cast('list[Any]', value))}]"
    if isinstance(value, str) and not isinstance(value, NumberText):
        return _quoted(value)
    return "null" if value is None else text_of(value) or ""


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
