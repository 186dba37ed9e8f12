"""How StarRocks serves a table: from the lake as it is, warmed up, or as a materialized view."""

from __future__ import annotations

from dataclasses import dataclass

from resources.lake.model.table_spec import TableSpec
from resources.starrocks.views.served_table import MaterializedView, ServedTable, WarmUp


@dataclass(frozen=True)
class Serving:
    """A table that StarRocks serves. Without a view, the external table is what is read."""

    view: MaterializedView | None = None
    warm_up: WarmUp | None = None

    @property
    def title(self) -> str:
        """How the table is served in a few words, for people."""
        parts = ["from the lake"]
        if self.view is not None:
            sorted_by = ", ".join(f"`{name}`" for name in self.view.sort_by)
            parts.append("as a materialized view" + (f" sorted by {sorted_by}" * bool(sorted_by)))
        if self.warm_up is not None:
            columns = ", ".join(f"`{name}`" for name in self.warm_up.columns)
            parts.append(f"{columns} of the latest {self.warm_up.days} days warmed up")
        return "; ".join(parts)

    def of(self, spec: TableSpec) -> ServedTable:
        """The table as `resources.starrocks` takes it."""
        return ServedTable(spec, self.view, self.warm_up)


def served(view: MaterializedView | None = None, warm_up: WarmUp | None = None) -> Serving:
    """Let StarRocks serve the table: it is refreshed there, and verified, after each publish."""
    return Serving(view, warm_up)


def materialized_view(
    *, sort_by: tuple[str, ...] = (), replicas: int | None = None
) -> MaterializedView:
    """Serve the table as a view of the same name in the serving database as well.

    Args:
        sort_by: Columns that readers filter by; none: the table's key.
        replicas: How many back ends hold each row; None: LEDGERLAKE_STARROCKS_VIEW_REPLICAS.
    """
    return MaterializedView(sort_by, replicas)


def warm_up(*columns: str, days: int = 7) -> WarmUp:
    """Read these columns of the latest `days` partitions into the cache after each publish."""
    return WarmUp(columns, days)
