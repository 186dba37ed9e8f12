"""What may come out of a damaged file, and whether what came out is that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from resources.sources.declaration.files_source import FilesSource
from tests.sources.mutated_files.mutations import mutated

Row = tuple[Any, ...]


class Unreadable(Exception):
    """The file is not whole: nothing of it may be taken."""


@dataclass(frozen=True)
class Expected:
    """What a judge reads in a file.

    Attributes:
        rows: Line -> the row there; None: it has to be refused.
        unsure: Lines of which the format says too little; any outcome is right.
        is_complete: Whether each row has to come out, accepted or refused.
    """

    rows: Mapping[int, Row | None]
    unsure: frozenset[int] = field(default_factory=frozenset[int])
    is_complete: bool = True


class FileKind(ABC):
    """One format: how its files are declared, a whole file of it, and a judge of damaged ones."""

    name: str
    file_name: str
    source: FilesSource
    columns: Mapping[str, str]
    # Whether damage is in the format that touches no row, and that only some readers notice.
    has_idle_parts = False

    @abstractmethod
    def original(self, random: Random) -> bytes:
        """A whole file."""

    @abstractmethod
    def expected(self, content: bytes) -> Expected:
        """What is to be taken from a file.

        Raises:
            Unreadable: If nothing is.
        """

    def damaged(self, original: bytes, random: Random) -> bytes:
        """The file with faults."""
        return mutated(original, random)


def faults(
    kind: FileKind,
    content: bytes,
    original: bytes,
    accepted: Mapping[int, Row],
    refused: Mapping[int, int],
) -> Sequence[str]:
    """What is wrong with what came out of a file that was not refused as a whole.

    Args:
        kind: Its format.
        content: The file.
        original: The file before it was damaged.
        accepted: Line -> row.
        refused: Line -> how many lines the refused row takes.
    """
    try:
        expected = kind.expected(content)
    except Unreadable as error:
        same = kind.has_idle_parts and not refused and kind.expected(original).rows == accepted
        return [f"taken, and is not whole: {error}"] if accepted and not same else []
    wrong = [
        f"line {line}: {row!r} instead of {expected.rows.get(line)!r}"
        for line, row in accepted.items()
        if line not in expected.unsure and expected.rows.get(line) != row
    ]
    if not expected.is_complete:
        return wrong
    covered = {line + more for line, count in refused.items() for more in range(count)}
    lost = [
        f"line {line}: {row!r} is lost"
        for line, row in expected.rows.items()
        if row is not None and line not in accepted and line not in covered
    ]
    return [*wrong, *lost]
