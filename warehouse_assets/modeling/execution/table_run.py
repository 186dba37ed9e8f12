"""One run of one table: read its inputs, materialize. Knows nothing of Dagster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from resources.identifiers import quoted
from resources.lake.closing.closing_record import read_books, require_as_closed
from resources.lake.model.publication_record import PublishContext, SourceFile
from resources.lake.model.window import Window
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import MaterializationRun
from warehouse_assets.modeling.execution.closed_days import (
    ClosedDay,
    keep_closed,
    parts_of,
    post_supplements,
)
from warehouse_assets.modeling.execution.framework_version import framework_version
from warehouse_assets.modeling.execution.inputs import InputSnapshot, input_states, pin_inputs
from warehouse_assets.modeling.execution.joined_publishes import joined
from warehouse_assets.modeling.loading.outline import keeps_closed_days
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.modeling.sql.latest_versions import shown_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.closing.book_closing import Books
    from resources.lake.lake import Lake
    from resources.lake.publish.table_write import Published
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from resources.sources.delivery.day_folder import LeftAlone
    from resources.sources.loading.load_report import Loaded
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

OnPhase = Callable[[str], None]


@dataclass(frozen=True)
class Body:
    """The rows of a run as one SELECT, and where they came from if a source delivered them.

    `select_sql` is None if the table is merged from a log: its materialization makes the rows.
    """

    select_sql: str | None
    sources: tuple[SourceFile, ...] = ()
    require_unchanged: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True)
class TableRun:
    """A run of `table` over `window` (None: the table is replaced whole).

    `read` counts, by day, the delivered rows, or the events, and `rejected` those of them that did
    not parse, also where the run fails. `left_alone` says which files lie beside the delivered ones
    and were not read, and why. `closed` says what would be different of closed days.
    """

    table: Table
    window: Window | None
    run_id: str
    warehouse: Warehouse
    lake: Lake
    settings: Settings
    read: dict[date | None, int] = field(default_factory=dict[date | None, int])
    rejected: dict[date | None, int] = field(default_factory=dict[date | None, int])
    left_alone: list[LeftAlone] = field(default_factory=list["LeftAlone"])
    closed: list[ClosedDay] = field(default_factory=list[ClosedDay])

    def publish(self, on_phase: OnPhase | None = None) -> Published:
        """Publish the window's partitions, all in one commit, or none of them.

        A table that carries on from its own earlier days publishes day by day, in order: where one
        fails, those before it stand.

        Closed days of a table that is closed with the books are not changed; see `closed_days`.
        They, and the open ones of the same run, have commits of their own.

        Raises:
            InputMissing: An input partition or a delivery is not there.
            SourceError: More delivered rows do not parse than the source tolerates.
            AuditFailed: Rows broke a blocking check.
            PublishConflict: Another run published the same partitions meanwhile.
            StorageError: The disk or the catalog failed.
        """
        if self.table.materialization.earlier and self.window and len(self.window) > 1:
            # Each day is published before the next begins, which sees it.
            days = (replace(self, window=Window.of_day(day)) for day in self.window)
            return joined([day.publish(on_phase) for day in days], self.window)
        books = read_books(self.lake) if self.table.closes_with_books else None
        if self.window is None or books is None or not books.closed(self.window):
            return self._publish(on_phase, books)
        published = self.lake.snapshot(self.table.spec).published
        parts: list[Published] = []
        for window, is_closed in parts_of(self.window, published, books):
            part = replace(self, window=window)
            publish = part._publish_closed if is_closed else part._publish
            parts.append(publish(on_phase, books))
        return joined(parts, self.window)

    def _publish(self, on_phase: OnPhase | None, books: Books | None) -> Published:
        with self._begun(on_phase, books) as run:
            return self.table.materialization.publish(run)

    def _publish_closed(self, on_phase: OnPhase | None, books: Books) -> Published:
        """Leave closed days as they are; `closed` says what would be different."""
        with self._begun(on_phase, books) as run:
            if keeps_closed_days(self.table):
                published, closed = keep_closed(run)
            else:
                published, closed = post_supplements(run, books)
        self.closed.extend(closed)
        return published

    @contextmanager
    def _begun(
        self, on_phase: OnPhase | None, books: Books | None
    ) -> Generator[MaterializationRun]:
        """The run with its inputs pinned and its rows as SQL, for a materialization to publish."""
        with self.lake.write(self.table.spec, self.window, self.run_id) as write:
            inputs = pin_inputs(self.table, self.warehouse, self.lake, self.settings, self.window)
            snapshots = {name: pinned.snapshot for name, pinned in inputs.items()}
            context = PublishContext(
                self.run_id,
                code_version(self.table),
                input_states(self.table, snapshots, self.window, self.settings),
                framework_version=framework_version(self.settings),
            )
            with self._session(write.base, inputs) as connection, ExitStack() as resources:
                if on_phase:
                    on_phase("reading")
                body = self._body(connection, resources)

                def on_stage(stage: str) -> None:
                    if stage == "auditing":
                        # Staging may have read the delivered files themselves.
                        body.require_unchanged()
                    if on_phase:
                        on_phase(stage)

                if books is not None:
                    days = list(self.window or ())
                    still_so = partial(require_as_closed, self.lake, books, days)
                    write = replace(write, condition=still_so)
                yield MaterializationRun(
                    self.table,
                    self.warehouse.tables,
                    self.lake,
                    connection,
                    write,
                    snapshots,
                    replace(context, sources=body.sources),
                    body.select_sql,
                    on_stage,
                    books,
                )

    @contextmanager
    def _session(
        self, base: TableSnapshot, inputs: Mapping[str, InputSnapshot]
    ) -> Generator[DuckDBPyConnection]:
        from resources.duckdb.engine import lake_session

        snapshots = (base, *(pinned.snapshot for pinned in inputs.values()))
        locations = (snapshot.location for snapshot in snapshots if snapshot.location is not None)
        with lake_session(self.settings, locations) as connection:
            functions.install(connection, self.settings.time_zone)
            # Rows that are made in code are made of what is published, not of rows.
            for name, pinned in inputs.items() if self.table.rows is None else ():
                relation = self.lake.relation_sql(pinned.snapshot, pinned.visible.partitions)
                source, reads = self.warehouse.table(name), self.table.inputs[name]
                rows = shown_rows(source, reads, relation, self.window)
                connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {rows}")
            yield connection

    def _body(self, connection: DuckDBPyConnection, resources: ExitStack) -> Body:
        if self.table.materialization.makes_rows:
            return Body(None)
        from warehouse_assets.modeling.sql.statement import statement_of

        statement = statement_of(self.table)
        if statement is not None:
            return Body(statement.text(self.window))
        if self.table.rows is not None:
            connection.register("streamed_rows", self.table.rows(self.settings))
            return Body("SELECT * FROM streamed_rows")
        loaded = resources.enter_context(self._loaded(connection))
        self.left_alone.extend(loaded.left)
        self._quarantine(loaded, connection)
        sources = tuple(
            SourceFile(
                file.path,
                file.size,
                file.modified_ns,
                file.rows or 0,
                file.digest,
                file.changed_ns,
                file.inode,
            )
            for file in loaded.delivered
        )
        resources.enter_context(loaded.reading(connection))
        return Body(loaded.select_sql, sources, loaded.require_unchanged)

    def _loaded(self, connection: DuckDBPyConnection) -> Loaded:
        """What the declared source delivered, or the declared events say."""
        table, window = self.table, self.window
        assert window is not None
        if table.source is None:
            from warehouse_assets.modeling.events.load_events import load_events

            return load_events(table, connection, window, self.settings)
        from resources.sources.loading.load import load

        columns = table.spec.columns
        return load(table.source, connection, columns, window, self.settings, table.name)

    def _quarantine(self, loaded: Loaded, connection: DuckDBPyConnection) -> None:
        """Publish what did not parse, also where it is too much of it for the run to go on."""
        self.rejected.update((day, count) for day, count in loaded.rejected.items())
        self.read.update((day, loaded.rows[day] + count) for day, count in loaded.rejected.items())
        quarantine = self.table.quarantine
        assert quarantine is not None
        if any(loaded.rejected.values()) or self.lake.snapshot(quarantine).published:
            context = PublishContext(self.run_id, code_version(self.table))
            self.lake.publish(quarantine, self.window, loaded.quarantine_sql, connection, context)
        loaded.check_tolerance()
