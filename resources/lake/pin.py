"""A table as one run sees it from beginning to end, whatever others publish meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from resources.lake.publication import (
    PublicationRecord,
    published_partitions,
    unchanged_partitions,
)
from resources.lake.table_spec import TableSpec

if TYPE_CHECKING:
    from pyiceberg.table import Table


@dataclass(frozen=True)
class Pin:
    """One table at one snapshot.

    `published` maps each published partition to its publication id (the key is None for a table
    without partitions); a partition without rows is in it as well. `table` is None, and so is
    `snapshot_id`, when the table does not exist yet. `unchanged` holds, of partitions whose
    publication gave exactly the rows that were there before, the publication they are from.
    """

    spec: TableSpec
    snapshot_id: int | None
    published: Mapping[date | None, str]
    table: Table | None
    unchanged: Mapping[date | None, str] = field(default_factory=dict[date | None, str])

    @cached_property
    def contents(self) -> Mapping[date | None, str]:
        """Partition -> the publication that its rows are from: another one, other rows."""
        return {**self.published, **self.unchanged}

    def columns_without_values(self, record: PublicationRecord) -> list[str]:
        """The contract's columns for which the files of the record's publication hold no values.

        They were dropped and came back since: as other columns of the same names.
        """
        if self.table is None or not record.field_ids:
            return []
        now = {field.name: field.field_id for field in self.table.schema().fields}
        return [
            column.name
            for column in self.spec.columns
            if now.get(column.name) != record.field_ids.get(column.name)
        ]


def pin_of(spec: TableSpec, table: Table | None) -> Pin:
    """The table at its newest snapshot."""
    if table is None:
        return Pin(spec, None, {}, None)
    return Pin(
        spec,
        table.metadata.current_snapshot_id,
        published_partitions(table.properties),
        table,
        unchanged_partitions(table.properties),
    )
