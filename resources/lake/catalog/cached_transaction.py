"""A transaction that applies its changes to the metadata once, not at every look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyiceberg.table import Transaction

if TYPE_CHECKING:
    from pyiceberg.table.metadata import TableMetadata
    from pyiceberg.table.update import TableUpdate


class CachedTransaction(Transaction):
    """pyiceberg's `table_metadata` copies all metadata at each access, 18 times a commit.

    Metadata and the tuple of updates are both replaced, never changed: while they are the same
    objects, so is what follows from them.
    """

    _cached_for: tuple[TableMetadata, tuple[TableUpdate, ...]] | None = None
    _cached: TableMetadata

    @property
    def table_metadata(self) -> TableMetadata:
        """The table's metadata with the changes of this transaction."""
        if not self._updates:
            return self._table.metadata
        now = (self._table.metadata, self._updates)
        if self._cached_for is None or not all(
            mine is current for mine, current in zip(self._cached_for, now, strict=True)
        ):
            self._cached = super().table_metadata
            self._cached_for = now
        return self._cached
