"""How much a delivery may be before it counts as a mistake, or as an attack."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from resources.errors import SettingsError, SourceError

_MEBIBYTE = 1024 * 1024
# What unpacks to less than this may have any ratio: blanks and repeated lines pack well.
_ANY_RATIO_BYTES = 64 * _MEBIBYTE


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one source; tables call it `limits()`. Raises SettingsError for a bound below 1.

    Attributes:
        columns: Columns of a file.
        line_bytes: Bytes of one line of text, UTF-8.
        files: Files of one day.
        members: Members of one archive.
        unpacked_bytes: Bytes that one packed file, or one archive, unpacks to.
        unpacked_ratio: How many times its packed size that may be, above 64 MiB.
    """

    columns: int = 4_096
    line_bytes: int = 16 * _MEBIBYTE
    files: int = 20_000
    members: int = 1_000
    unpacked_bytes: int = 64 * 1024 * _MEBIBYTE
    unpacked_ratio: int = 250

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value < 1:
                raise SettingsError(
                    f"limits(): {each.name} is {value!r}", "Give a number of 1 or more."
                )

    def check_columns(self, count: int, origin: Path) -> None:
        """Raise SourceError if a file has too many columns."""
        self._check(count, "columns", f"{origin} has {count:,} columns", count)

    def check_files(self, count: int, folder: Path) -> None:
        """Raise SourceError if a day has too many files."""
        self._check(count, "files", f"{folder} holds {count:,} files", count)

    def check_members(self, count: int, origin: Path) -> None:
        """Raise SourceError if an archive has too many members."""
        self._check(count, "members", f"{origin} has {count:,} members", count)

    def check_line(self, size: int, origin: Path) -> None:
        """Raise SourceError if a line of so many bytes is too long."""
        what = f"{origin} has a line of more than {self.line_bytes:,} bytes"
        self._check(size, "line_bytes", what, 2 * self.line_bytes)

    def check_unpacked(self, unpacked: int, packed: int, origin: Path) -> None:
        """Raise SourceError if a file of `packed` bytes unpacks to too many."""
        what = f"{origin} unpacks to more than {self.unpacked_bytes:,} bytes"
        self._check(unpacked, "unpacked_bytes", what, 2 * self.unpacked_bytes)
        if unpacked > _ANY_RATIO_BYTES:
            what = f"{origin} unpacks to more than {self.unpacked_ratio:,} times its size"
            ratio = -(-unpacked // packed) if packed else unpacked
            self._check(ratio, "unpacked_ratio", what, 4 * self.unpacked_ratio)

    def _check(self, found: int, name: str, what: str, enough: int) -> None:
        bound = getattr(self, name)
        if found > bound:
            raise SourceError(
                f"{what}; the source allows {bound:,}",
                "Check that the right file was delivered; if it was, declare "
                f"limits=limits({name}={enough}) of the source.",
            )


limits = Limits
