"""What every kind answers, and what a run gives it to work with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import PublishContext
    from resources.lake.model.window import Window
    from resources.lake.publish.publish import OnStage, Published
    from resources.lake.read.table_snapshot import Pin
    from warehouse_assets.modeling.declaration.table import Table


@dataclass(frozen=True)
class KindRun:
    """One run of a table of a kind.

    `base` is the table as the run found it; `inputs` are its pinned inputs, which the connection
    shows under their names. `select_sql` is the table's SQL over the window, if it has any.
    """

    table: Table
    sources: Mapping[str, Table]
    lake: Lake
    window: Window | None
    connection: DuckDBPyConnection
    base: Pin
    inputs: Mapping[str, Pin]
    context: PublishContext
    select_sql: str | None
    on_stage: OnStage | None


class Kind(Protocol):
    """How a table takes new rows. Every kind is a frozen dataclass: its repr is its meaning."""

    @property
    def title(self) -> str:
        """The kind in a few words, for people."""
        ...

    @property
    def logs(self) -> tuple[str, ...]:
        """Inputs whose change log is merged; without SQL they are all that is read."""
        ...

    def check(self, table: Table, named: Mapping[str, Table], /) -> None:
        """Raise LoadError where table and inputs do not fit the kind."""
        ...

    def publish(self, run: KindRun) -> Published:
        """Bring the run's rows into the table, in one commit."""
        ...
