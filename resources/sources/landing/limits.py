"""How much a delivery may be before it counts as a mistake, or as an attack."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from resources.errors import SettingsError, SourceError

_MEBIBYTE = 1024 * 1024
# What unpacks to less than this may have any ratio: blanks and repeated lines pack well.
_ANY_RATIO_BYTES = 64 * _MEBIBYTE


@dataclass(frozen=True)
class Limits:
    """Bounds of one source. Made by `limits()`.

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

    def check_columns(self, count: int, origin: Path) -> None:
        """Raise SourceError if a file has too many columns."""
        if count > self.columns:
            raise _over(f"{origin} has {count:,} columns", "columns", self.columns, count)

    def check_line(self, size: int, origin: Path) -> None:
        """Raise SourceError if a line is too long."""
        if size > self.line_bytes:
            raise _over(
                f"{origin} has a line of more than {self.line_bytes:,} bytes",
                "line_bytes",
                self.line_bytes,
                2 * self.line_bytes,
            )

    def check_files(self, count: int, folder: Path) -> None:
        """Raise SourceError if a day has too many files."""
        if count > self.files:
            raise _over(f"{folder} holds {count:,} files", "files", self.files, count)

    def check_members(self, count: int, origin: Path) -> None:
        """Raise SourceError if an archive has too many members."""
        if count > self.members:
            raise _over(f"{origin} has {count:,} members", "members", self.members, count)

    def check_unpacked(self, unpacked: int, packed: int, origin: Path) -> None:
        """Raise SourceError if a packed file unpacks to too much.

        Args:
            unpacked: Bytes so far.
            packed: Size of the packed file.
            origin: The packed file.
        """
        if unpacked > self.unpacked_bytes:
            raise _over(
                f"{origin} unpacks to more than {self.unpacked_bytes:,} bytes",
                "unpacked_bytes",
                self.unpacked_bytes,
                2 * self.unpacked_bytes,
            )
        if unpacked > max(_ANY_RATIO_BYTES, self.unpacked_ratio * packed):
            raise _over(
                f"{origin} unpacks to more than {self.unpacked_ratio:,} times its size",
                "unpacked_ratio",
                self.unpacked_ratio,
                4 * self.unpacked_ratio,
            )


def limits(
    *,
    columns: int = Limits.columns,
    line_bytes: int = Limits.line_bytes,
    files: int = Limits.files,
    members: int = Limits.members,
    unpacked_bytes: int = Limits.unpacked_bytes,
    unpacked_ratio: int = Limits.unpacked_ratio,
) -> Limits:
    """Declare other bounds for a source than the usual ones; `Limits` says what each means.

    Raises:
        SettingsError: If a bound is less than 1.
    """
    made = Limits(columns, line_bytes, files, members, unpacked_bytes, unpacked_ratio)
    for each in fields(made):
        value = getattr(made, each.name)
        if value < 1:
            raise SettingsError(
                f"limits(): {each.name} is {value!r}", "Give a number of 1 or more."
            )
    return made


def _over(what: str, name: str, bound: int, enough: int) -> SourceError:
    return SourceError(
        f"{what}; the source allows {bound:,}",
        "Check that the right file was delivered; if it was, declare "
        f"limits=limits({name}={enough}) of the source.",
    )
