"""Under which names a data file holds the contract's columns: by field id, whatever it was called.

A file is never rewritten, so what its footer says is remembered by its path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from pyiceberg.io import FileIO
from pyiceberg.table import Table

from resources.lake.model.table_spec import ColumnSpec

_FIELD_ID = b"PARQUET:field_id"


class FileColumn(NamedTuple):
    """A column as a file has it; its type in words, to tell files apart."""

    name: str
    type: str


# One for each column of the contract, None where the file has no such column.
FileColumns = tuple[FileColumn | None, ...]


def column_finder(table: Table, columns: Sequence[ColumnSpec]) -> Callable[[str], FileColumns]:
    """A function from a file's path to the names that `columns` have in that file.

    Files of a table that has had one schema only are not looked at. The function raises OSError
    or ArrowInvalid for a file whose footer cannot be read.
    """
    ids = [_field_id(table, column) for column in columns]
    if len(table.metadata.schemas) == 1:
        same = tuple(
            None if number is None else FileColumn(table.schema().find_field(number).name, "")
            for number in ids
        )
        return lambda _: same

    def find(path: str) -> FileColumns:
        held = _columns_by_field_id(_Footer(path, table.io))
        return tuple(None if number is None else held.get(number) for number in ids)

    return find


def column_in_table(table: Table, column: ColumnSpec) -> str | None:
    """What the table, which may be behind the contract, calls the column; None: it has none."""
    names = {field.name for field in table.schema().fields}
    return next((name for name in (column.name, column.was) if name in names), None)


def _field_id(table: Table, column: ColumnSpec) -> int | None:
    name = column_in_table(table, column)
    return None if name is None else table.schema().find_field(name).field_id


@dataclass(frozen=True)
class _Footer:
    """A path to remember a footer by, with what reads it the first time."""

    path: str
    io: FileIO = field(compare=False)


@lru_cache(maxsize=100_000)
def _columns_by_field_id(footer: _Footer) -> dict[int, FileColumn]:
    import pyarrow.parquet

    with footer.io.new_input(footer.path).open() as stream:
        schema = pyarrow.parquet.read_schema(stream)
    return {
        int(field.metadata[_FIELD_ID]): FileColumn(field.name, str(field.type))
        for field in schema
        if field.metadata and _FIELD_ID in field.metadata
    }
