"""Versions of StarRocks: which are supported, and what differs between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from resources.starrocks.client.errors import Refused

_TEXT = re.compile(r"\s*v?(\d+)\.(\d+)\.(\d+)\b")


@dataclass(frozen=True, order=True)
class Version:
    """A release of StarRocks."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `4.0.6 1a2b3c4`, as `current_version()` says it; Refused if it is no release."""
        found = _TEXT.match(text)
        if found is None:
            raise Refused(
                f"StarRocks says that its version is {text[:60]!r}, which is no release",
                f"Use a release: {_SUPPORTED}.",
            )
        return cls(*(int(part) for part in found.groups()))

    @property
    def refresh_privilege(self) -> str:
        """The privilege that lets a user refresh a table."""
        return "REFRESH" if self >= _REFRESH_IS_A_PRIVILEGE else "ALTER"

    def check_supported(self) -> None:
        """Raise Refused, with what to upgrade to, if this version reads the lake wrongly."""
        line = (self.major, self.minor)
        first = _FIRST.get(line)
        if first is not None and self >= first:
            return
        if first is None and line > max(_FIRST):
            return
        raise Refused(
            f"StarRocks {self} does not read the lake rightly: {_REASON}",
            f"Upgrade StarRocks to {_SUPPORTED}.",
        )

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


# StarRocks' release notes: 3.5 reads Iceberg's JDBC catalogs (#56386); the fixes named in _REASON
# came with these releases of each line.
_FIRST = {
    (3, 5): Version(3, 5, 16),
    (4, 0): Version(4, 0, 9),
    (4, 1): Version(4, 1, 0),
}
_REFRESH_IS_A_PRIVILEGE = Version(4, 0, 0)
_REASON = (
    "it has no JDBC catalogs of Iceberg (before 3.5), does not hand the S3 settings to them "
    "(#67613), or serves wrong rows from a partly filled manifest cache (#70652, #70675)"
)
_SUPPORTED = "3.5.16, 4.0.9, 4.1.0 or later"
