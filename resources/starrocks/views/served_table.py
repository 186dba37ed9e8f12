"""What a table declares about StarRocks: served, warmed up, copied into a view."""

from __future__ import annotations

from dataclasses import dataclass

from resources.lake.model.table_spec import TableSpec


@dataclass(frozen=True)
class WarmUp:
    """Columns that are read into StarRocks' cache after a publish, of the latest `days`."""

    columns: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class MaterializedView:
    """A copy in StarRocks' own format, partitioned as the table is, refreshed after a publish.

    `sort_by` are the columns that readers filter by; none: the table's key. `replicas` is how many
    back ends hold each row; None: as many as LEDGERLAKE_STARROCKS_VIEW_REPLICAS says.
    """

    sort_by: tuple[str, ...] = ()
    replicas: int | None = None


@dataclass(frozen=True)
class ServedTable:
    """One table that StarRocks serves. Without a view, the external table is what is read."""

    spec: TableSpec
    view: MaterializedView | None = None
    warm_up: WarmUp | None = None

    @property
    def name(self) -> str:
        """The table's name, which is the view's name as well."""
        return self.spec.name
