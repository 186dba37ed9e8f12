"""JSON from a stream: value by value, numbers as they are spelled, repeated keys noticed."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from resources.sources.declaration.record import NumberText
from resources.sources.formats.text_files import without_mark

_CHUNK = 64 * 1024
_BLANKS = " \t\n\r"
# A value that is decoded in one go lies in memory: past this many characters it is refused.
LONGEST_VALUE = 16 * 1024 * 1024


class JsonDamaged(Exception):
    """The text is no JSON, or stops before its end; says where."""


class JsonText:
    """A JSON text that is gone through once, from its beginning to its end.

    Args:
        file: Its bytes.
        encoding: Their encoding, by its Python name. A UTF-8 byte order mark is skipped.
    """

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
        """Pass over the next character.

        Raises:
            JsonDamaged: If it is another.
        """
        if not self.take(wanted):
            raise self.damaged(f"{wanted!r} is missing")

    def value(self) -> Any:
        """The next value: dict, list, str, NumberText, bool or None.

        Raises:
            JsonDamaged: If there is none, or it is longer than `LONGEST_VALUE`.
        """
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
        """The keys of the object that begins here; the caller takes each value.

        Raises:
            JsonDamaged: If it is no object, or has a key twice.
        """
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
        """One item for each element of the array that begins here; the caller takes its value.

        Raises:
            JsonDamaged: If it is no array.
        """
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
