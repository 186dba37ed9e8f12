"""Which delivered column is which contract column."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from resources.errors import SourceError
from resources.lake.table_spec import ColumnSpec
from resources.sources.files import FilesSource


def matched_columns(
    source: FilesSource, columns: Sequence[ColumnSpec], names: Sequence[str], origin: Path
) -> Mapping[str, int]:
    """Position in `names` of each contract column that the file has.

    Args:
        source: Says where names differ.
        columns: The contract's columns that come from the file.
        names: The file's columns in order; those that nobody asks for are ignored.
        origin: The delivered file, for messages.

    Raises:
        SourceError: If a column that may not be null is missing, or a name stands there twice, or
            not one of the columns is there.
    """
    found = [name.strip() for name in names]
    positions: dict[str, int] = {}
    for column in columns:
        name = source.name_in_file(column.name)
        if found.count(name) > 1:
            raise SourceError(
                f"{origin}: two columns are called {name!r}",
                "Have the file delivered with one of them renamed.",
            )
        if name in found:
            positions[column.name] = found.index(name)
        elif not column.nullable:
            raise missing_column(source, column, found, origin)
    if columns and not positions:
        raise SourceError(
            f"{origin}: the header has none of the columns: {_some(found)}",
            "Check delimiter, encoding and preamble_lines of the source.",
        )
    return positions


def missing_column(
    source: FilesSource, column: ColumnSpec, names: Sequence[str], origin: Path
) -> SourceError:
    """The error that says that a file lacks a column which may not be null."""
    wanted = source.name_in_file(column.name)
    near = difflib.get_close_matches(wanted, names, 1, 0.5)
    there = f"the nearest is {near[0]!r}" if near else f"it has {_some(names)}"
    return SourceError(
        f"{origin}: column {wanted!r} is missing; {there}",
        f"Have it delivered, or declare the name as columns={{{column.name!r}: "
        f"{near[0] if near else '...'!r}}}, or let {column.name} be null in the contract.",
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
