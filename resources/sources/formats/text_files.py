"""Delivered text made plain: one UTF-8 file, its lines counted. In streams."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from resources.errors import SourceError
from resources.sources.declaration.files_source import FilesSource
from resources.sources.landing.limits import Limits
from resources.sources.landing.regular_files import file_errors, open_regular

# For read_csv: everything is declared, nothing guessed from the text or the path.
READ_AS_DECLARED = (
    "auto_detect = false, header = false, strict_mode = true, compression = 'none', "
    "hive_partitioning = false"
)

_CHUNK = 1024 * 1024
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class PlainText:
    """A UTF-8 text file.

    Attributes:
        path: Where it is: a link to the delivered file, or a copy.
        origin: The delivered file, for messages.
        lines: Its lines, blank ones at the end not counted.
        blank_end: Blank lines at its end.
        lone_returns: Carriage returns without line feed, which end lines or lie in them.
        is_ended: Whether its last line has a line end.
    """

    path: Path
    origin: Path
    lines: int
    blank_end: int
    lone_returns: int
    is_ended: bool

    def numbered_lines(self) -> Iterator[tuple[int, str]]:
        """The lines with their line ends, numbered from 1; blank ones at the end included."""
        with (
            text_errors(self.origin, "utf-8"),
            self.path.open(encoding="utf-8-sig", newline="") as text,
        ):
            number = 0
            while lines := text.readlines(_CHUNK):
                yield from enumerate(lines, number + 1)
                number += len(lines)


def plain_text(path: Path, plain: Path, source: FilesSource) -> PlainText:
    """The file's text as UTF-8 at `plain`: a link if the file is that, otherwise a copy."""
    is_utf8 = without_mark(source.encoding) == "utf-8-sig"
    with text_errors(path, source.encoding):
        if is_utf8 and not _is_gzipped(path):
            plain.symlink_to(path.absolute())
        else:
            _copy(path, plain, None if is_utf8 else source.encoding, source.limits)
    with text_errors(path, source.encoding):
        return counted_text(plain, path, source.limits)


def counted_text(plain: Path, origin: Path, limits: Limits) -> PlainText:
    """The text of a UTF-8 file, its lines counted."""
    end = _end_of_content(plain)
    size = plain.stat().st_size
    feeds, lone_returns = _count_line_ends(origin, plain, 0, end, limits)
    feeds_after, _ = _count_line_ends(origin, plain, end, size, limits)
    lines = feeds + 1 if end else 0
    # The first line feed behind the content ends its last line.
    blank_end = max(0, feeds_after - (end > 0))
    return PlainText(plain, origin, lines, blank_end, lone_returns, end < size or not end)


def without_mark(encoding: str) -> str:
    """The encoding; UTF-8 as the one that skips a byte order mark."""
    is_utf8 = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    return "utf-8-sig" if is_utf8 else encoding


def unpacked(path: Path, local: Path, limits: Limits) -> Path:
    """Where to read the bytes of a delivered file: it, or a copy at `local` if it is gzipped."""
    if not _is_gzipped(path):
        return path.absolute()
    _copy(path, local, None, limits)
    return local


@contextmanager
def text_errors(path: Path, encoding: str) -> Generator[None]:
    """Turn what reading text raises into SourceError that names the file and the next step."""
    try:
        with file_errors(path):
            yield
    except UnicodeError as error:
        raise SourceError(
            f"{path} is not {encoding}: {error}",
            "Declare the encoding it is written in, as in "
            'files(..., encoding="gbk"), or have the file delivered again.',
        ) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise SourceError(
            f"{path} is truncated or damaged: {error}",
            "Have the file delivered again; a .gz name promises a whole gzip file.",
        ) from error


def _copy(origin: Path, copy: Path, encoding: str | None, limits: Limits) -> None:
    is_packed = _is_gzipped(origin)
    packed, unpacked = origin.stat().st_size, 0
    with (
        open_regular(origin) as file,
        gzip.open(file, "rb") if is_packed else file as read,
        copy.open("wb") as write,
    ):
        decoder = codecs.getincrementaldecoder(encoding)() if encoding else None
        while chunk := read.read(_CHUNK):
            if encoding and not unpacked:
                _require_no_mark(chunk, encoding, origin)
            unpacked += len(chunk)
            if is_packed:
                limits.check_unpacked(unpacked, packed, origin)
            write.write(decoder.decode(chunk).encode() if decoder else chunk)
        if decoder:
            write.write(decoder.decode(b"", final=True).encode())


def _require_no_mark(beginning: bytes, encoding: str, origin: Path) -> None:
    """Raise SourceError for the mark of another encoding, which might be read as letters."""
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        return
    for mark, name in _MARKS.items():
        if beginning.startswith(mark):
            raise SourceError(
                f"{origin} is not {encoding}: it begins with the byte order mark of {name}",
                f'Declare encoding="{name}", or have the file delivered as before.',
            )


def _is_gzipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _end_of_content(path: Path) -> int:
    """Offset behind the last byte that is no line end."""
    end = path.stat().st_size
    with path.open("rb") as file:
        while end:
            start = max(0, end - _CHUNK)
            file.seek(start)
            content = file.read(end - start).rstrip(b"\r\n")
            if content:
                return start + len(content)
            end = start
    return 0


def _count_line_ends(
    origin: Path, path: Path, start: int, end: int, limits: Limits
) -> tuple[int, int]:
    """Line feeds between two offsets, and carriage returns without one."""
    feeds = returns = pairs = without_end = 0
    after_return = False
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left:
            chunk = file.read(min(_CHUNK, left))
            left -= len(chunk)
            feeds += chunk.count(b"\n")
            without_end = 0 if b"\n" in chunk or b"\r" in chunk else without_end + len(chunk)
            limits.check_line(without_end, origin)
            if b"\r" in chunk or after_return:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (after_return and chunk.startswith(b"\n"))
                after_return = chunk.endswith(b"\r")
    return feeds, returns - pairs
