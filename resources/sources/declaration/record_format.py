"""What a format beyond text lines and Parquet is: it opens a file and gives names and records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from resources.sources.declaration.record import Record
from resources.sources.landing.limits import Limits


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
    """An opened file."""

    @property
    def names(self) -> Sequence[str]:
        """The file's columns, in the order of a record's fields."""
        ...

    def records(self) -> Iterator[Record]:
        """The records in their order, once; memory does not grow with their number.

        Raises:
            SourceError: If the file is not whole: cut, damaged, or its own totals do not agree.
                Nothing of it is loaded then.
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
        """Look at the names in the file that a source declares.

        Raises:
            SettingsError: If no file of the format can have one.
        """
        del names

    @abstractmethod
    def open(self, file: DeliveredFile) -> RecordReader:
        """Open a file, reading no more than what tells its columns.

        Raises:
            SourceError: If it is not of this format, or lacks what the declaration names.
        """
