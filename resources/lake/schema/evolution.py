"""How a table follows its contract: add, widen, declared rename, declared drop; no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from pyiceberg.table import Table, Transaction
from pyiceberg.table.update.schema import UpdateSchema
from pyiceberg.transforms import IdentityTransform, VoidTransform
from pyiceberg.types import NestedField

from resources.errors import SchemaChangeRefused
from resources.lake.catalog.catalog import COMMENT
from resources.lake.model.iceberg_types import iceberg_type
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.schema.schema_change import TableShape, find_refusals, name_in_table, refused


@dataclass(frozen=True)
class Evolution:
    """What turns a table into what its contract says. Made before staging, applied at commit.

    `field_ids` maps each column of the contract to its Iceberg field id, those of columns that
    are yet to be added included: files staged with them are right once the change is committed.
    """

    spec: TableSpec
    field_ids: Mapping[str, int]
    fields: Mapping[str, NestedField]
    names_in_table: Mapping[str, str]
    comment: str

    @property
    def added(self) -> tuple[ColumnSpec, ...]:
        """Columns of the contract that the table has not."""
        return tuple(each for each in self.spec.columns if each.name not in self.names_in_table)

    @property
    def renamed(self) -> dict[str, str]:
        """Former name to new name."""
        return {old: new for new, old in self.names_in_table.items() if old != new}

    @property
    def dropped(self) -> tuple[str, ...]:
        """Columns of the table that the contract declares dropped."""
        return tuple(name for name in self.spec.dropped if name in self.fields)

    @property
    def widened(self) -> tuple[ColumnSpec, ...]:
        """Columns whose type grows."""
        return tuple(
            column
            for column in self.spec.columns
            if (field := self._field(column)) is not None
            and field.field_type != iceberg_type(column.type)
        )

    @property
    def described(self) -> tuple[ColumnSpec, ...]:
        """Columns whose description changes."""
        return tuple(
            column
            for column in self.spec.columns
            if (field := self._field(column)) is not None and (field.doc or "") != column.doc
        )

    @property
    def reordered(self) -> bool:
        """Whether the columns, once added and dropped, stand in another order than wanted."""
        kept = [name for name in self.fields if name not in self.dropped]
        names = [self.renamed.get(name, name) for name in kept]
        names += [each.name for each in self.added]
        return names != [column.name for column in self.spec.columns]

    @property
    def changes_schema(self) -> bool:
        """Whether anything but the table's own description changes."""
        columns = (self.added, self.renamed, self.dropped, self.widened, self.described)
        return any(columns) or self.reordered

    def _field(self, column: ColumnSpec) -> NestedField | None:
        return self.fields.get(self.names_in_table.get(column.name, ""))


def plan_evolution(spec: TableSpec, table: Table | None) -> Evolution:
    """Compare contract and table. A table that does not exist yet gets ids 1, 2, ...

    Raises:
        SchemaChangeRefused: With every difference the table cannot take, side by side.
    """
    if table is None:
        ids = {column.name: number for number, column in enumerate(spec.columns, start=1)}
        return Evolution(spec, ids, {}, {}, spec.doc)
    fields = {field.name: field for field in table.schema().fields}
    shape = TableShape(
        {name: field.field_type for name, field in fields.items()}, _partitioned_by(table)
    )
    if refusals := find_refusals(spec, shape):
        raise refused(spec, refusals)
    names = {
        column.name: name
        for column in spec.columns
        if (name := name_in_table(column, shape)) is not None
    }
    new_ids = iter(range(table.metadata.last_column_id + 1, 2**31))
    ids = {
        column.name: fields[names[column.name]].field_id if column.name in names else next(new_ids)
        for column in spec.columns
    }
    return Evolution(spec, ids, fields, names, table.properties.get(COMMENT, ""))


def _partitioned_by(table: Table) -> tuple[str, ...]:
    """Each partition column, in the words of its transform if it is not taken as it is."""
    named = [
        (field.transform, table.schema().find_column_name(field.source_id) or field.name)
        for field in table.spec().fields
        # Version 1 of the format keeps a column that was taken out, as one that is void.
        if not isinstance(field.transform, VoidTransform)
    ]
    return tuple(
        name if isinstance(transform, IdentityTransform) else f"{transform}({name})"
        for transform, name in named
    )


def apply_evolution(transaction: Transaction, evolution: Evolution) -> None:
    """Add the change to the transaction, as one schema update; nothing if nothing changed."""
    if evolution.comment != evolution.spec.doc:
        transaction.set_properties({COMMENT: evolution.spec.doc})
    if not evolution.changes_schema:
        return
    with transaction.update_schema() as update:
        _change_columns(update, evolution)
        if evolution.reordered:
            _order_columns(update, evolution)
    schema = transaction.table_metadata.schema()
    if {field.name: field.field_id for field in schema.fields} != dict(evolution.field_ids):
        raise SchemaChangeRefused(
            f"Columns of {evolution.spec.full_name} got other field ids "
            "than their files were staged with; the table stays as it was",
            "Run the table again.",
        )


def _change_columns(update: UpdateSchema, evolution: Evolution) -> None:
    # Existing columns go by the name the table knows, whatever else the update does to them.
    names = evolution.names_in_table
    for name in evolution.dropped:
        update.delete_column(name)
    for old, new in evolution.renamed.items():
        update.rename_column(old, new)
    for column in evolution.widened:
        update.update_column(names[column.name], field_type=iceberg_type(column.type))
    for column in evolution.described:
        update.update_column(names[column.name], doc=column.doc)
    for column in evolution.added:
        update.add_column(column.name, iceberg_type(column.type), doc=column.doc)


def _order_columns(update: UpdateSchema, evolution: Evolution) -> None:
    ordered = [
        evolution.names_in_table.get(column.name, column.name) for column in evolution.spec.columns
    ]
    update.move_first(ordered[0])
    for previous, name in pairwise(ordered):
        update.move_after(name, previous)
