"""One run of one table: pin the inputs, stage, audit, publish. Knows nothing of Dagster."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from resources.identifiers import quoted
from resources.lake.publication import PublishContext, SourceFile
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.inputs import PinnedInput, input_states, pin_inputs
from warehouse_assets.modeling.statement import Statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.lake.publish import Published
    from resources.lake.window import Window
    from resources.settings import Settings
    from warehouse_assets.modeling.table import Table
    from warehouse_assets.modeling.warehouse import Warehouse

OnPhase = Callable[[str], None]


@dataclass(frozen=True)
class Body:
    """The rows of a run as one SELECT, and where they came from if a source delivered them."""

    select_sql: str
    sources: tuple[SourceFile, ...] = ()


@dataclass(frozen=True)
class TableRun:
    """A run of `table` over `window` (None: the table is replaced whole).

    `rejected` counts, by day, the delivered rows that did not parse, also where the run fails.
    """

    table: Table
    window: Window | None
    run_id: str
    warehouse: Warehouse
    lake: Lake
    settings: Settings
    rejected: dict[date | None, int] = field(default_factory=dict[date | None, int])

    def publish(self, on_phase: OnPhase | None = None) -> Published:
        """Publish the window's partitions, all in one commit, or none of them.

        Raises:
            InputMissing: An input partition or a delivery is not there.
            SourceError: More delivered rows do not parse than the source tolerates.
            AuditFailed: Rows broke a blocking check.
            PublishConflict: Another run published the same partitions meanwhile.
            StorageError: The disk or the catalog failed.
        """
        base = self.lake.pin(self.table.spec)
        inputs = pin_inputs(self.table, self.warehouse, self.lake, self.settings, self.window)
        pins = {name: pinned.pin for name, pinned in inputs.items()}
        states = input_states(self.table, pins, self.window, self.settings)
        with ExitStack() as resources, self._session(inputs) as connection:
            if on_phase:
                on_phase("reading")
            body = self._body(connection, resources)
            return self.lake.publish(
                self.table.spec,
                self.window,
                body.select_sql,
                connection,
                PublishContext(self.run_id, self.table.code_version, states, body.sources),
                base=base,
                on_stage=on_phase,
            )

    @contextmanager
    def _session(self, inputs: Mapping[str, PinnedInput]) -> Generator[DuckDBPyConnection]:
        from resources.engines.duckdb_engine import duckdb_session

        with duckdb_session(self.settings) as connection:
            functions.install(connection, self.settings.time_zone)
            for name, pinned in inputs.items():
                relation = self.lake.relation_sql(pinned.pin, pinned.visible.partitions)
                connection.execute(f"CREATE TEMP VIEW {quoted(name)} AS {relation}")
            yield connection

    def _body(self, connection: DuckDBPyConnection, resources: ExitStack) -> Body:
        if self.table.sql is not None:
            return Body(Statement(self.table, self.table.sql).text(self.window))
        if self.table.rows is not None:
            connection.register("streamed_rows", self.table.rows(self.settings))
            return Body("SELECT * FROM streamed_rows")
        return self._delivered(connection, resources)

    def _delivered(self, connection: DuckDBPyConnection, resources: ExitStack) -> Body:
        """Rows of the declared source; those that do not parse are published to quarantine."""
        from resources.sources.load import load
        from resources.sources.quarantine import quarantine_spec

        table, window = self.table, self.window
        assert table.source is not None and window is not None
        columns = table.spec.columns
        loaded = resources.enter_context(
            load(table.source, connection, columns, window, self.settings, table.name)
        )
        self.rejected.update((day, count) for day, count in loaded.rejected.items())
        quarantine = quarantine_spec(table.name)
        if any(loaded.rejected.values()) or self.lake.pin(quarantine).published:
            context = PublishContext(self.run_id, table.code_version)
            self.lake.publish(quarantine, window, loaded.quarantine_sql, connection, context)
        loaded.check_tolerance()
        sources = tuple(
            SourceFile(file.path, file.size, file.modified_ns, file.rows or 0)
            for file in loaded.delivered
        )
        return Body(loaded.select_sql, sources)
