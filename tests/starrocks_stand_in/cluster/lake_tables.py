"""A table of the lake as a front end has it in its cache, until it is told to look again."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import pyarrow as pa
from pyiceberg.table import Table

from resources.identifiers import quoted, text_literal
from resources.lake.model.iceberg_types import duckdb_type
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from resources.lake.read.scan import relation
from resources.lake.read.scan_plan import plan_files
from resources.lake.read.table_snapshot import TableSnapshot

_WITH_ZONE = "TIMESTAMP WITH TIME ZONE"
_MILLISECONDS = pa.timestamp("ms")

METADATA_TABLES = ("snapshots", "refs", "partitions")


class CachedTable:
    """One metadata file of a table, read once. Nothing that is committed later shows.

    Args:
        table: The table as it was when it was cached.
        zone: The time zone that timestamps with time zone are shown in, as StarRocks shows them.
    """

    def __init__(self, table: Table, zone: str) -> None:
        self.table = table
        self.zone = zone

    @property
    def location(self) -> str:
        """The metadata file; another one, another state."""
        return self.table.metadata_location

    @property
    def snapshot_id(self) -> int | None:
        """The snapshot that a query reads."""
        return self.table.metadata.current_snapshot_id

    @cached_property
    def columns(self) -> tuple[ColumnSpec, ...]:
        """The table's columns, with the lake's types."""
        return tuple(
            ColumnSpec(field.name, duckdb_type(field.field_type), field.doc or "", True)
            for field in self.table.schema().fields
        )

    @cached_property
    def relation(self) -> str:
        """A SELECT of every row at the cached snapshot; timestamps without zone."""
        namespace, name = self.table.name()
        spec = TableSpec(namespace, name, "", self.columns)
        snapshot = TableSnapshot(spec, self.snapshot_id, {}, self.table)
        rows = relation(self.table, self.columns, snapshot, None).sql
        shown = ", ".join(self._shown(column) for column in self.columns)
        return f"SELECT {shown} FROM ({rows})"

    def _shown(self, column: ColumnSpec) -> str:
        name = quoted(column.name)
        if column.type != _WITH_ZONE:
            return name
        return f"{name} AT TIME ZONE {text_literal(self.zone)} AS {name}"

    def partition_files(self) -> list[tuple[str, str]]:
        """(date, file) of each live file of a table with partitions."""
        namespace, name = self.table.name()
        spec = TableSpec(namespace, name, "", self.columns)
        planned = plan_files(
            self.table, TableSnapshot(spec, self.snapshot_id, {}, self.table), None
        )
        return [(str(file.partition), file.path) for file in planned if file.partition]

    def metadata(self, kind: str) -> pa.Table:
        """The rows of `t$<kind>` at the cached state."""
        if kind == "snapshots":
            return self._snapshots()
        if kind == "refs":
            return self._refs()
        found = self.table.inspect.partitions()
        names = ["partition_value" if n == "partition" else n for n in found.column_names]
        return found.rename_columns(names)

    def _snapshots(self) -> pa.Table:
        rows = [
            {
                "committed_at": _instant(each.timestamp_ms, self.zone),
                "snapshot_id": each.snapshot_id,
                "parent_id": each.parent_snapshot_id,
                "operation": each.summary.operation.value if each.summary else None,
                "manifest_list": each.manifest_list,
                "summary": str(dict(each.summary.additional_properties) if each.summary else {}),
            }
            for each in self.table.metadata.snapshots
        ]
        types = {
            "committed_at": _MILLISECONDS,
            "snapshot_id": pa.int64(),
            "parent_id": pa.int64(),
            "operation": pa.string(),
            "manifest_list": pa.string(),
            "summary": pa.string(),
        }
        return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))

    def _refs(self) -> pa.Table:
        rows = [
            {
                "name": name,
                "type": reference.snapshot_ref_type.value.upper(),
                "snapshot_id": reference.snapshot_id,
                "max_reference_age_in_ms": reference.max_ref_age_ms,
                "min_snapshots_to_keep": reference.min_snapshots_to_keep,
                "max_snapshot_age_in_ms": reference.max_snapshot_age_ms,
            }
            for name, reference in self.table.metadata.refs.items()
        ]
        types = {
            "name": pa.string(),
            "type": pa.string(),
            "snapshot_id": pa.int64(),
            "max_reference_age_in_ms": pa.int64(),
            "min_snapshots_to_keep": pa.int32(),
            "max_snapshot_age_in_ms": pa.int64(),
        }
        return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


def _instant(milliseconds: int, zone: str) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, ZoneInfo(zone)).replace(tzinfo=None)
