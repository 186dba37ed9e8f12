"""Terminals that know few characters: what they cannot show is written with those they have."""

from __future__ import annotations

from typing import Any, TextIO, cast

_IN_ASCII = {"✓": "+", "✗": "x", "·": ".", "…": "...", "•": "*", "–": "-", "→": "->"}


def writable(stream: TextIO) -> TextIO | None:
    """The stream as people's text can be written to it; None if it takes any text as it is.

    For tables and messages only: rows that a program reads are not to be changed unseen.
    """
    encoding = (stream.encoding or "utf-8").lower().replace("_", "-")
    return None if encoding.startswith("utf") else cast(TextIO, _Replacing(stream))


class _Replacing:
    """A stream that writes signs it has no code for as others, and letters as their numbers."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        encoding = self._stream.encoding
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            known = "".join(_in(encoding, character) for character in text)
            text = known.encode(encoding, "backslashreplace").decode(encoding)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _in(encoding: str, character: str) -> str:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return _IN_ASCII.get(character, character)
    return character
