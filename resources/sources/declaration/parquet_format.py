"""`format=parquet(...)`: what a Parquet file leaves open of its times. "parquet" is the default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from resources.errors import SettingsError

Int96 = Literal["utc", "local"]
Nanoseconds = Literal["refused", "cut"]


@dataclass(frozen=True)
class Parquet:
    """How Parquet files are read. Make one with `parquet()`, which checks its arguments.

    Attributes:
        int96: What the old timestamps of Spark, Hive and Impala hold: an instant in UTC, or the
            clock of the source's time zone, as some engines wrote them.
        nanoseconds: What becomes of a part of a microsecond, which no timestamp of the lake holds.
    """

    endings: ClassVar[tuple[str, ...]] = ("parquet", "parq")

    int96: Int96 = "utc"
    nanoseconds: Nanoseconds = "refused"


def parquet(*, int96: Int96 = "utc", nanoseconds: Nanoseconds = "refused") -> Parquet:
    """Declare Parquet as the format of files; `Parquet` says what each argument means.

    Raises:
        SettingsError: If an argument is none of its words.
    """
    for name, given, words in (
        ("int96", int96, get_args(Int96)),
        ("nanoseconds", nanoseconds, get_args(Nanoseconds)),
    ):
        if given not in words:
            raise SettingsError(
                f"parquet(): {name} is {given!r}", f"Take one of {', '.join(words)}."
            )
    return Parquet(int96, nanoseconds)
