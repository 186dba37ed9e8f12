"""What `files(format=...)` takes beside names: Parquet with options, formats that give records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple, Protocol, get_args

from resources.sources.declaration.refusals import require_word
from resources.sources.landing.limits import Limits

Int96 = Literal["utc", "local"]
Nanoseconds = Literal["refused", "cut"]


@dataclass(frozen=True, kw_only=True)
class Parquet:
    """How Parquet files are read; tables call it `parquet()`. "parquet" is the default.

    Attributes:
        int96: What the old timestamps of Spark, Hive and Impala hold: an instant in UTC, or the
            clock of the source's time zone, as some engines wrote them.
        nanoseconds: What becomes of a part of a microsecond, which no timestamp of the lake holds.
    """

    endings: ClassVar[tuple[str, ...]] = ("parquet", "parq")

    int96: Int96 = "utc"
    nanoseconds: Nanoseconds = "refused"

    def __post_init__(self) -> None:
        require_word("parquet", "int96", self.int96, get_args(Int96))
        require_word("parquet", "nanoseconds", self.nanoseconds, get_args(Nanoseconds))


parquet = Parquet


class NumberText(str):
    """A number that is one for the format, not a text that looks like one: digits, a point.

    How a source declares that its texts are written, `1.234,50` say, does not hold for it.
    """

    __slots__ = ()


class Record(NamedTuple):
    """One record: where it starts, how many lines it takes, its fields as text.

    Attributes:
        line: What a person finds it by: its line, its row in a sheet, its number in an array.
        line_count: Lines that it takes.
        fields: Its texts in the order of the file's columns; None is a null of the format's own.
        problem: Why the record is rejected, whatever its fields say. A record without fields and
            without a problem is a blank line.
    """

    line: int
    line_count: int
    fields: Sequence[str | None]
    problem: str | None = None


@dataclass(frozen=True)
class DeliveredFile:
    """One file to be opened, and what is wanted of it.

    Attributes:
        path: Where to read it, gunzipped.
        origin: The delivered file, for messages.
        encoding: Encoding of its text, by its Python name, for formats that state none.
        wanted: Name in the file, or position in a row from 1 -> the types of the contract's
            columns that it fills, as DuckDB spells them; none if it only tells how others are
            meant.
        limits: Bounds of what it may unpack to.
    """

    path: Path
    origin: Path
    encoding: str
    wanted: Mapping[str | int, frozenset[str]]
    limits: Limits = field(default_factory=Limits)


class RecordReader(Protocol):
    """An opened file.

    Once all records were read, it may have `totals`, each a FoundTotal, which are compared with
    its rows, and `statements`, each a BankStatement, which are compared with other files' ones.
    """

    @property
    def names(self) -> Sequence[str]:
        """The file's columns, in the order of a record's fields."""
        ...

    def records(self) -> Iterator[Record]:
        """The records in their order, once; memory does not grow with their number.

        Raises SourceError if the file is truncated, damaged, or disagrees with its own totals.
        """
        ...


class RecordFormat(ABC):
    """A format that `files(format=...)` takes. A new one is one module with a subclass.

    Attributes:
        name: What people call it.
        endings: How names of its files usually end, without the point; none: in any way.
        null_texts: The default of `files(null_texts=...)`: texts that mean NULL.
        takes_encoding: Whether `files(encoding=...)` says something of it.
        has_positions: Whether a column may be told by its position in a row.
        has_own_numbers: Whether its numbers are written in one way only, by its standard.
    """

    name: ClassVar[str]
    endings: ClassVar[tuple[str, ...]] = ()
    null_texts: ClassVar[tuple[str, ...]] = ()
    takes_encoding: ClassVar[bool] = False
    has_positions: ClassVar[bool] = False
    has_own_numbers: ClassVar[bool] = False

    def check_names(self, names: Iterable[str]) -> None:
        """Raise SettingsError if no file of the format can have one of the declared names."""
        del names

    @abstractmethod
    def open(self, file: DeliveredFile) -> RecordReader:
        """Open a file, reading no more than what tells its columns."""
