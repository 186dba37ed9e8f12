"""Which delivered column is which contract column."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from resources.errors import SourceError
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.declaration.column_origins import Field
from resources.sources.declaration.files_source import FilesSource

BYTE_ORDER_MARK = "\ufeff"
"""Stands before a text, and where texts were joined, inside it."""


def matched_columns(
    source: FilesSource, columns: Sequence[ColumnSpec], names: Sequence[str], origin: Path
) -> Mapping[str, int]:
    """Position in `names` of each contract column that one field of the file fills.

    Args:
        source: Says where names differ.
        columns: The contract's columns that come from the file.
        names: The file's columns in order; those that nobody asks for are ignored.
        origin: The delivered file, for messages.

    Raises:
        SourceError: If a column that may not be null is missing, or a name stands there twice, or
            not one of the columns is there.
    """
    positions: dict[str, int] = {}
    is_found = not columns
    for column in columns:
        told = source.origin_of(column.name)
        if not isinstance(told, Field):
            is_found = True
            continue
        at = field_position(told, names, origin)
        if at is not None:
            positions[column.name] = at
        elif not column.nullable:
            raise missing_column(source, column, names, origin)
    if not (is_found or positions):
        raise SourceError(
            f"{origin}: the header has none of the columns: {_some(names)}",
            "Check delimiter, encoding and preamble_lines of the source.",
        )
    return positions


def field_position(field: Field, names: Sequence[str], origin: Path) -> int | None:
    """Position in `names` of a field, from 0; None: there is none of its name.

    Raises:
        SourceError: If two fields have its name, or one has it in another spelling, or another
            field stands at its position.
    """
    found = [name.strip() for name in names]
    if field.position is None:
        name = field.name or ""
        if found.count(name) > 1:
            at = found.index(name) + 1
            raise SourceError(
                f"{origin}: two columns are called {name!r}",
                "Tell them apart by their place, as in columns={...: "
                f"position({at}, {name!r})}}, or have one of them renamed.",
            )
        if name in found:
            return found.index(name)
        require_spelled(name, found, origin)
        return None
    at = field.position - 1
    there = found[at] if at < len(found) else None
    if there is None or field.name not in (None, there):
        raise SourceError(
            f"{origin}: {field} is declared, but "
            + (f"there are {len(found)} fields" if there is None else f"that field is {there!r}"),
            "Correct position() in columns= of the source, or have the file delivered as before.",
        )
    return at


def require_spelled(name: str, names: Collection[str], origin: Path) -> None:
    """Check that a name which a file lacks is not there in another spelling.

    Raises:
        SourceError: If it is: in other capitals, with other blanks, with an accent encoded
            otherwise, behind a second byte order mark. NULL in every row would not be what it says.
    """
    alike = next((each for each in names if _folded(each) == _folded(name)), None)
    if alike is not None and name not in names:
        raise SourceError(
            f"{origin}: column {name!r} is missing; the nearest is {alike!r}",
            f"Declare the name as it stands there, as in columns={{...: {alike!r}}}, or have it "
            "delivered as before.",
        )


def missing_column(
    source: FilesSource, column: ColumnSpec, names: Sequence[str], origin: Path
) -> SourceError:
    """The error that says that a file lacks a column which may not be null."""
    wanted = source.name_in_file(column.name)
    names = [name.strip() for name in names]
    near = difflib.get_close_matches(wanted, names, 1, 0.5)
    there = f"the nearest is {near[0]!r}" if near else f"it has {_some(names)}"
    return SourceError(
        f"{origin}: column {wanted!r} is missing; {there}",
        f"Have it delivered, or declare the name as columns={{{column.name!r}: "
        f"{near[0] if near else '...'!r}}}, or let {column.name} be null in the contract.",
    )


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name.replace(BYTE_ORDER_MARK, "")).casefold()
    return "".join(plain.split())


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:40]) for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"
