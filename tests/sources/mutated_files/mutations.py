"""Damage, as transfers, disks, editors and scripts do it to files."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_TOKENS = (
    b"\x00", b"\xff", b"\r", b"\n", b"\r\n", b'"', b"'", b",", b";", b"-", b"+", b".", b":", b"0",
    b"1e9", b"NaN", b"{", b"}", b"[", b"]", b"<", b">", b"&", b"\xe2\x80\xaf", b"\xef\xbb\xbf",
    b"\xd9\xa1", b" ", b"\t", b"null", b"\\u0000", b"_", b"00", b"99999999999999999999",
)  # fmt: skip


def mutated(content: bytes, random: Random) -> bytes:
    """The content with one to three faults."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        content = random.choice(_FAULTS)(content, random)
    return content


def _place(content: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + random.choice((1, 1, 2, 5, 20, 200)))


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _drop(content: bytes, random: Random) -> bytes:
    start, end = _place(content, random)
    return content[:start] + content[end:]


def _double(content: bytes, random: Random) -> bytes:
    start, end = _place(content, random)
    return content[:end] + content[start:end] + content[end:]


def _overwrite(content: bytes, random: Random) -> bytes:
    start, end = _place(content, random)
    return content[:start] + random.randbytes(end - start) + content[end:]


def _insert(content: bytes, random: Random) -> bytes:
    start, _ = _place(content, random)
    return content[:start] + random.choice(_TOKENS) + content[start:]


def _flip(content: bytes, random: Random) -> bytes:
    if not content:
        return content
    at = random.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << random.randrange(8))]) + content[at + 1 :]


def _digit(content: bytes, random: Random) -> bytes:
    digits = [at for at, each in enumerate(content) if 48 <= each <= 57]
    if not digits:
        return content
    at = random.choice(digits)
    return content[:at] + random.choice(b"0123456789.,-x ").to_bytes() + content[at + 1 :]


def _swap_lines(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if len(lines) > 1:
        at, other = random.randrange(len(lines)), random.randrange(len(lines))
        lines[at], lines[other] = lines[other], lines[at]
    return b"".join(lines)


def _drop_line(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if lines:
        del lines[random.randrange(len(lines))]
    return b"".join(lines)


def _double_line(content: bytes, random: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    if lines:
        at = random.randrange(len(lines))
        lines.insert(at, lines[at])
    return b"".join(lines)


_FAULTS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut, _drop, _double, _overwrite, _insert, _flip, _digit, _digit, _swap_lines, _drop_line,
    _double_line,
)  # fmt: skip
