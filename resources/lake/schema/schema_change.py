"""Which differences between a contract and its table lose meaning, and how to say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyiceberg.types import IcebergType

from resources.errors import SchemaChangeRefused
from resources.lake.model.column_type import column_type
from resources.lake.model.iceberg_types import duckdb_type
from resources.lake.model.table_spec import ColumnSpec, TableSpec

NOTHING = "-"


@dataclass(frozen=True)
class TableShape:
    """The table as it is: column types in order, by name, and the names it is partitioned by."""

    columns: dict[str, IcebergType]
    partitioned_by: tuple[str, ...]


@dataclass(frozen=True)
class Refusal:
    """One difference that the table cannot take, and what to declare in its place."""

    column: str
    now: str
    wanted: str
    why: str
    declare: str


def name_in_table(column: ColumnSpec, shape: TableShape) -> str | None:
    """What the table calls the column now: its name, else its declared former name, else None."""
    if column.name in shape.columns:
        return column.name
    return column.was if column.was in shape.columns else None


def find_refusals(spec: TableSpec, shape: TableShape) -> list[Refusal]:
    """Every difference that the table cannot take, in the contract's order."""
    return [
        *_partition_refusals(spec, shape),
        *(refusal for column in spec.columns for refusal in _column_refusals(column, spec, shape)),
        *_lost_column_refusals(spec, shape),
    ]


def refused(spec: TableSpec, refusals: list[Refusal]) -> SchemaChangeRefused:
    """The error that shows all refusals side by side."""
    rows = [("column", "now", "wanted", "why")]
    rows += [(each.column, each.now, each.wanted, each.why) for each in refusals]
    widths = [max(len(row[position]) for row in rows) for position in range(3)]
    lines = [
        "  "
        + "  ".join(
            [*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]
        )
        for row in rows
    ]
    steps = "; ".join(dict.fromkeys(each.declare for each in refusals))
    return SchemaChangeRefused(
        f"The contract of {spec.full_name} asks for what its table cannot take; "
        "the table stays as it was.\n" + "\n".join(lines),
        steps[0].upper() + steps[1:] + ".",
    )


def _partition_refusals(spec: TableSpec, shape: TableShape) -> Iterator[Refusal]:
    wanted = (spec.partition_column,) if spec.partition_column else ()
    if wanted != shape.partitioned_by:
        yield Refusal(
            ", ".join({*wanted, *shape.partitioned_by}),
            f"partitioned by {', '.join(shape.partitioned_by) or 'nothing'}",
            f"partitioned by {', '.join(wanted) or 'nothing'}",
            "files already written are laid out by the old partition",
            "keep the partition column, or make a new table and fill it from this one",
        )


def _column_refusals(column: ColumnSpec, spec: TableSpec, shape: TableShape) -> Iterator[Refusal]:
    names = {each.name for each in spec.columns}
    if column.name in spec.dropped:
        yield Refusal(
            column.name,
            NOTHING,
            column.type,
            "it is a column of the contract and declared dropped as well",
            f"take {column.name} out of the dropped columns, or out of the contract",
        )
        return
    source = name_in_table(column, shape)
    if source is None:
        return
    now = duckdb_type(shape.columns[source])
    if source != column.name and source in names:
        yield Refusal(
            column.name,
            source,
            f"{column.name}, and {source} as well",
            f"{source} cannot be kept and renamed at once",
            f"give the column that is to be new another name than {source}",
        )
    elif source != column.name and Counter(each.was for each in spec.columns)[source] > 1:
        yield Refusal(
            column.name, source, column.name, f"{source} is renamed twice", "keep one `was` of them"
        )
    if not column_type(now).promotes_to(column.column_type):
        yield Refusal(
            column.name,
            now,
            column.type,
            "only INTEGER to BIGINT, FLOAT to DOUBLE and a decimal of more digits keep every value",
            f"keep the type of {column.name}, or add a column of another name with the new type "
            f"and declare {column.name} dropped",
        )


def _lost_column_refusals(spec: TableSpec, shape: TableShape) -> Iterator[Refusal]:
    kept = {name_in_table(column, shape) for column in spec.columns} | set(spec.dropped)
    for name, type_ in shape.columns.items():
        if name in kept:
            continue
        heir = next((column for column in spec.columns if column.was == name), None)
        if heir is not None:
            why = f"it is declared renamed to {heir.name}, which the table has already"
            declare = f"declare {name} dropped, or rename it to a name that is free"
        else:
            why = "the contract has no such column and does not say where it went"
            declare = f"declare {name} dropped, or declare what was {name} (`was`)"
        yield Refusal(name, duckdb_type(type_), NOTHING, why, declare)
