"""Column types, as the contract spells them (DuckDB) and as Iceberg spells them."""

from __future__ import annotations

from pyiceberg.partitioning import PARTITION_FIELD_ID_START, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
)

from resources.errors import SettingsError
from resources.lake.model.column_type import column_type
from resources.lake.model.table_spec import TableSpec

_PLAIN_TYPES: dict[str, IcebergType] = {
    "BIGINT": LongType(),
    "INTEGER": IntegerType(),
    "VARCHAR": StringType(),
    "DATE": DateType(),
    "TIMESTAMP WITH TIME ZONE": TimestamptzType(),
    "TIMESTAMP": TimestampType(),
    "BOOLEAN": BooleanType(),
    "DOUBLE": DoubleType(),
    "FLOAT": FloatType(),
    "BLOB": BinaryType(),
}
_DUCKDB_NAMES = {str(iceberg): duckdb for duckdb, iceberg in _PLAIN_TYPES.items()}


def iceberg_type(duckdb_type: str) -> IcebergType:
    """The Iceberg type of `BIGINT`, `DECIMAL(18,2)`, ...; SettingsError if the lake has none."""
    parsed = column_type(duckdb_type)
    if parsed.is_decimal:
        return DecimalType(parsed.precision, parsed.scale or 0)
    if duckdb_type not in _PLAIN_TYPES:
        raise SettingsError(
            f"The lake has no column type {duckdb_type}",
            f"Use one of {', '.join(_PLAIN_TYPES)} or DECIMAL(precision,scale).",
        )
    return _PLAIN_TYPES[duckdb_type]


def duckdb_type(type_: IcebergType) -> str:
    """An Iceberg type as the contract would spell it; Iceberg's own name if it has no such."""
    if isinstance(type_, DecimalType):
        return f"DECIMAL({type_.precision},{type_.scale})"
    return _DUCKDB_NAMES.get(str(type_), str(type_))


def schema_of(spec: TableSpec) -> Schema:
    """The Iceberg schema of a new table: field ids 1, 2, ... in the contract's order.

    Every column is optional in Iceberg; the audit checks nulls.
    """
    return Schema(
        *(
            NestedField(
                field_id=number,
                name=column.name,
                field_type=iceberg_type(column.type),
                required=False,
                doc=column.doc,
            )
            for number, column in enumerate(spec.columns, start=1)
        )
    )


def partition_spec_of(spec: TableSpec, schema: Schema) -> PartitionSpec:
    """Identity partition on the partition column; unpartitioned for a table replaced whole."""
    if spec.partition_column is None:
        return PartitionSpec()
    return PartitionSpec(
        PartitionField(
            source_id=schema.find_field(spec.partition_column).field_id,
            field_id=PARTITION_FIELD_ID_START,
            transform=IdentityTransform(),
            name=spec.partition_column,
        )
    )
