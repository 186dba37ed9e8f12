"""A table: contract, inputs, SQL, freshness, owner. One module holds exactly one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from resources.lake.model.table_spec import TableSpec
from warehouse_assets.modeling.declaration.change_log import ChangeLog, version_spec
from warehouse_assets.modeling.declaration.checks import ONE_ROW, RowCheck
from warehouse_assets.modeling.declaration.contract import ColumnError, contract_columns
from warehouse_assets.modeling.declaration.freshness import Deadline
from warehouse_assets.modeling.declaration.pandera_checks import table_rules
from warehouse_assets.modeling.declaration.serving import Serving
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.load_errors import LoadError, line_of, load_error

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pyarrow import RecordBatchReader

    from resources.lake.closing.book_closing import Books
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import PublishContext
    from resources.lake.publish.table_write import OnStage, Published, TableWrite
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from resources.sources.declaration.files import Source
    from warehouse_assets.modeling.declaration.contract import Contract, ContractColumn
    from warehouse_assets.modeling.declaration.json_events import JsonEvents

Rows = Callable[["Settings"], "RecordBatchReader"]
GeneratedSql = Callable[["Table"], str]
"""Makes the SELECT of a table that has all but its SQL, as metric_rollup(...) does."""


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

    @property
    def traced_sql(self) -> str | None:
        """A shorter SELECT of the same columns of the same inputs: for lineage. None: the SQL."""
        return None

    @property
    def explanation(self) -> str:
        """What people read beside the title, as Markdown; empty, unless it has more to say."""
        return ""

    @property
    def check_meanings(self) -> Mapping[str, str]:
        """Of checks whose condition says little to people: what must hold, in words."""
        return {}

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


@dataclass(frozen=True, eq=False)
class Table:
    """One table of the warehouse, as its module declares it. Made by `table()`.

    `input_logs` are the change logs of the inputs read with latest(), or merged by the table's
    materialization: the warehouse fills them in. Two tables are the same only if they are one
    object.
    """

    name: str
    layer: str
    path: Path
    doc: str
    contract: type[Contract]
    owner: str
    reads: Mapping[str, ReadWindow] = field(default_factory=dict[str, ReadWindow])
    sql: str | None = None
    source: Source | None = None
    rows: Rows | None = None
    events: JsonEvents | None = None
    freshness: Deadline | None = None
    checks: tuple[RowCheck, ...] = ()
    sort_by: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    change_log: ChangeLog | None = None
    input_logs: Mapping[str, ChangeLog] = field(default_factory=dict[str, ChangeLog])
    materialization: Materialization = REPLACE
    serving: Serving | None = None
    closes_with_books: bool = False

    @cached_property
    def columns(self) -> tuple[ContractColumn, ...]:
        """The contract's columns in order.

        Raises:
            LoadError: If a column lacks a meaning or has no type of the warehouse.
        """
        try:
            return contract_columns(self.contract)
        except ColumnError as error:
            raise self.error(str(error), f"{error.column}:", error.next_step) from error
        except (TypeError, ValueError) as error:
            place = line_of(self.path, f"class {self.contract.__name__}")
            raise load_error(self.name, self.path, place, str(error)) from error

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns; the partition column is not among them."""
        return tuple(column.spec.name for column in self.columns if column.role.role == "key")

    @property
    def is_keyless(self) -> bool:
        """Whether nothing tells the rows of its SQL apart: it has at most one a partition.

        Rows that come from outside are as they come: what is read of them has a key.
        """
        return not self.key and self.sql is not None

    @cached_property
    def partition_column(self) -> str | None:
        """Name of the partition column; None for a table that is replaced whole."""
        names = [c.spec.name for c in self.columns if c.role.role == "partition"]
        if len(names) > 1:
            raise self.error(f"has {len(names)} partition columns: {', '.join(names)}")
        return names[0] if names else None

    @property
    def logs(self) -> tuple[str, ...]:
        """The change logs that the table is merged from; none for most."""
        return self.materialization.logs

    @property
    def inputs(self) -> Mapping[str, ReadWindow]:
        """What a run sees: the tables it reads, and its own earlier days if it carries them on."""
        own = self.materialization.earlier
        return self.reads if own is None else {**self.reads, self.name: own}

    @cached_property
    def spec(self) -> TableSpec:
        """The table as the lake sees it, rules included."""
        rules = table_rules(self.columns, self.checks)
        return replace(self.bare_spec, rules=rules + ((ONE_ROW,) if self.is_keyless else ()))

    @cached_property
    def bare_spec(self) -> TableSpec:
        """The table as its readers see it: without the rules, which take long to make."""
        return TableSpec(
            namespace=self.layer,
            name=self.name,
            doc=self.doc,
            columns=tuple(column.spec for column in self.columns),
            partition_column=self.partition_column,
            key=self.key,
            sort_by=self.sort_by,
            dropped=self.dropped,
            event_time=self.change_log.event_time if self.change_log else None,
            served=self.serving is not None,
            versions=version_spec(self.change_log, self.columns, self.source),
        )

    @property
    def quarantine(self) -> TableSpec | None:
        """Where rows and events go that do not parse; None: the table parses none."""
        if self.source is not None:
            from resources.sources.formats.quarantine import quarantine_spec

            return quarantine_spec(self.name)
        if self.events is not None:
            from warehouse_assets.modeling.declaration.json_events import rejected_events_spec

            return rejected_events_spec(self.name)
        return None

    @property
    def domain(self) -> str:
        """The part of the business: the team that owns the table, as `trade` of "team:trade"."""
        return self.owner.removeprefix("team:")

    def error(self, message: str, text: str | None = None, step: str | None = None) -> LoadError:
        """An error about this module; `text` is something on the line at fault."""
        line = line_of(self.path, text) if text else None
        return load_error(self.name, self.path, line, message, step)


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
