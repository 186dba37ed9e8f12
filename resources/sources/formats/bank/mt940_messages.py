"""MT940 as text: fields such as :61:, in messages, each a page of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_FIELD = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.ASCII)
# The end of a message, the envelope of the next one, and the beginning of its text.
_BLOCK = r"\{[1235S]:(?:[^{}]|\{[^{}]*\})*\}"
_FRAME = re.compile(rf"(-\}}?)?((?:{_BLOCK})*)(\{{4:)?")
_CONTROL_CHARACTERS = "\x01\x03"
_LONGEST_FIELD = 64 * 1024


class Mt940Damaged(Exception):
    """The text is no whole MT940; says on which line."""


@dataclass
class Mt940Field:
    """One field.

    Attributes:
        tag: As in 60F.
        line: The line on which it starts.
        texts: Its lines.
    """

    tag: str
    line: int
    texts: list[str] = field(default_factory=list[str])


def mt940_messages(lines: Iterator[tuple[int, str]]) -> Iterator[list[Mt940Field]]:
    """The fields of each message.

    Args:
        lines: The numbered lines of a file, without line ends.

    Raises:
        Mt940Damaged: If something is outside of a message, or a message in an envelope has no
            end.
    """
    message: list[Mt940Field] = []
    in_envelope = False
    number = 0
    for number, text in lines:
        line = text.strip(_CONTROL_CHARACTERS)
        frame = _FRAME.fullmatch(line) if line.strip() else None
        if frame and (frame[1] or frame[2] or frame[3]):
            if (in_envelope and frame[1] != "-}") or (frame[1] == "-}" and not in_envelope):
                raise Mt940Damaged(f"line {number}: a message has no beginning or no end")
            if message:
                yield message
            message, in_envelope = [], bool(frame[3])
            continue
        found = _FIELD.fullmatch(line)
        if found:
            message.append(Mt940Field(found[1], number, [found[2]]))
        elif message:
            message[-1].texts.append(line)
            if sum(map(len, message[-1].texts)) > _LONGEST_FIELD:
                raise Mt940Damaged(f"line {message[-1].line}: field {message[-1].tag} is too long")
        elif line.strip():
            raise Mt940Damaged(f"line {number}: {line[:60]!r} is in no field")
    if in_envelope:
        raise Mt940Damaged(f"line {number}: the last message has no end")
    if message:
        yield message
