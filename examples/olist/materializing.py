"""The warehouse's tables over a range of days: through their Dagster assets, or one by one.

Both run the same tables by the same code. Dagster writes some events for every table, day and
check, about 15 ms a table and day: two years of all tables take minutes of that. One by one, a
range costs its data alone; what Dagster adds is history in its UI.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import dagster as dg

from examples.olist.lake_home import lake_settings
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.jobs import partition_tags
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from dagster import EventLogEntry

    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

OnTable = Callable[[str, int | None], None]
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class OlistLake(LakeResource):
    """The lake in one home, whatever the environment says."""

    home: str
    first_date: str

    def lake(self) -> Lake:
        """That lake, with its own settings."""
        return Lake(lake_settings(Path(self.home), date.fromisoformat(self.first_date)))


def materialize_assets(
    warehouse: Warehouse,
    settings: Settings,
    window: Window,
    instance: dg.DagsterInstance,
    listen: Callable[[EventLogEntry], None] | None = None,
) -> bool:
    """Run every table over the window in one Dagster run; whether all were published."""
    definitions = dg.Definitions(
        assets=table_assets(warehouse, settings),
        resources={
            "lake": OlistLake(home=str(settings.home), first_date=settings.first_date.isoformat())
        },
        executor=dg.in_process_executor,
    )
    run_id = str(uuid4())
    if listen:
        instance.add_event_listener(run_id, listen)
    result = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        run_config=_QUIET,
        run_id=run_id,
        tags=partition_tags(window),
        raise_on_error=False,
    )
    return result.success


def materialize_tables(
    warehouse: Warehouse, settings: Settings, window: Window, on_table: OnTable | None = None
) -> None:
    """Run every table that is not up to date over the window, inputs first, one commit each.

    `on_table` is told each table with the rows published; None: it was up to date.

    Raises:
        LedgerlakeError: As `TableRun.publish` does; the tables before are published.
    """
    lake, run_id = Lake(settings), str(uuid4())
    for table in warehouse.tables.values():
        rows: int | None = None
        if Staleness(warehouse, lake, settings).stale(table, window):
            over = window if table.partition_column else None
            run = TableRun(table, over, run_id, warehouse, lake, settings)
            rows = run.publish().rows
        if on_table:
            on_table(table.name, rows)
