"""A table as one run sees it from beginning to end, whatever others publish meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from resources.lake.table_spec import TableSpec

if TYPE_CHECKING:
    from pyiceberg.table import Table


@dataclass(frozen=True)
class Pin:
    """One table at one snapshot.

    `published` maps each published partition to its publication id (the key is None for a table
    that is replaced whole); a partition without rows is in it as well. `table` is None, and so
    is `snapshot_id`, when the table does not exist yet.
    """

    spec: TableSpec
    snapshot_id: int | None
    published: Mapping[date | None, str]
    table: Table | None
