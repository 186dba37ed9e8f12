"""How a table takes new rows, and what a run gives to it for that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.closing.book_closing import Books
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import PublishContext
    from resources.lake.publish.table_write import OnStage, Published, TableWrite
    from resources.lake.read.table_snapshot import TableSnapshot
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow


@dataclass(frozen=True)
class MaterializationRun:
    """One run of a table, for its materialization to publish.

    `write` is the write to the table that is under way; `inputs` are its inputs, which the
    connection shows under their names. `select_sql` gives the rows of the window: those of the
    table's SQL, or what was delivered; None if the table is merged from a log. `books` are None
    where the table is not closed with them.
    """

    table: Table
    sources: Mapping[str, Table]
    lake: Lake
    connection: DuckDBPyConnection
    write: TableWrite
    inputs: Mapping[str, TableSnapshot]
    context: PublishContext
    select_sql: str | None
    on_stage: OnStage | None
    books: Books | None = None


class Materialization(ABC):
    """How a table takes new rows. Each is a frozen dataclass: its repr is its meaning.

    `replaces` says whether the rows of a run take the place of those of its window; `makes_rows`
    whether they come from elsewhere than the table's SQL or source. `logs` are inputs whose change
    log is merged; without SQL they are all that is read. `earlier` are the table's own days before
    those of a run, where it sees them: then days run in order.
    `corrects` is the column that names the closed business date a row corrects.
    """

    replaces: ClassVar[bool] = False
    makes_rows: ClassVar[bool] = False
    corrects: str | None = None

    @property
    @abstractmethod
    def title(self) -> str:
        """The materialization in a few words, for people."""

    @property
    def logs(self) -> tuple[str, ...]:
        """None, unless the materialization says which."""
        return ()

    @property
    def fills(self) -> tuple[str, ...]:
        """Columns that a run fills in, whatever the SQL gives for them: none, unless it says so."""
        return ()

    @property
    def earlier(self) -> ReadWindow | None:
        """None, unless the materialization says how many days."""
        return None

    @abstractmethod
    def check(self, table: Table, named: Mapping[str, Table], /) -> None:
        """Raise LoadError where table and inputs do not fit the materialization."""

    @abstractmethod
    def publish(self, run: MaterializationRun) -> Published:
        """Bring the run's rows into the table, in one commit."""


@dataclass(frozen=True)
class Replace(Materialization):
    """The rows of a run replace those of its window, or the whole table."""

    replaces: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """Replaced."""
        return "replaced"

    def check(self, _table: Table, _named: Mapping[str, Table], /) -> None:
        """Every table can be replaced."""

    def publish(self, run: MaterializationRun) -> Published:
        """Replace the window's partitions, or the whole table."""
        from resources.lake.publish.replace import replace as replace_rows

        assert run.select_sql is not None
        return replace_rows(run.write, run.select_sql, run.connection, run.context, run.on_stage)


REPLACE = Replace()
