"""From a folder of Olist's CSVs to finance: map, materialize every table, look for differences.

Tables run one by one, or through their Dagster assets; both run the same tables by the same code.
Dagster writes some events for every table, day and check, about 15 ms a table and day, which its
UI shows as history: two years of all tables take minutes of that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import dagster as dg

from examples.olist.differences import Differences, Month, finance_months, find_differences
from examples.olist.lake_home import create_lake, lake_settings, mapping_settings, olist_warehouse
from examples.olist.mapping import ignore, map_olist
from examples.olist.reconciled import ReconciledClass, reconciled_classes
from examples.olist.report import MappingReport
from resources.errors import EngineError
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.jobs import partition_tags
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from dagster import DagsterInstance, EventLogEntry

    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import Warehouse


_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Listeners:
    """What is called as a run goes on.

    Args:
        step: With what is being read, delivered or compared.
        table: With each table that is over and the rows published; None: it was up to date.
        event: With each event of Dagster.
    """

    step: Callable[[str], object] = ignore
    table: Callable[[str, int | None], object] = ignore
    event: Callable[[EventLogEntry], object] = ignore


class OlistLake(LakeResource):
    """The lake in one home, whatever the environment says."""

    home: str
    first_date: str

    def lake(self) -> Lake:
        """That lake, with its own settings."""
        return Lake(lake_settings(Path(self.home), date.fromisoformat(self.first_date)))


def _materialize_assets(
    warehouse: Warehouse,
    settings: Settings,
    window: Window,
    instance: dg.DagsterInstance,
    listeners: Listeners,
) -> bool:
    """Run every table over the window in one Dagster run; whether all were published."""
    lake = OlistLake(home=str(settings.home), first_date=settings.first_date.isoformat())
    definitions = dg.Definitions(
        assets=table_assets(warehouse, settings),
        resources={"lake": lake},
        executor=dg.in_process_executor,
    )
    run_id = str(uuid4())
    instance.add_event_listener(run_id, listeners.event)
    result = definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance,
        run_config=_QUIET,
        run_id=run_id,
        tags=partition_tags(window),
        raise_on_error=False,
    )
    return result.success


def _materialize_tables(
    warehouse: Warehouse, settings: Settings, window: Window, listeners: Listeners
) -> None:
    """Run every table that is not up to date over the window, inputs first, one commit each.

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
        listeners.table(table.name, rows)


@dataclass(frozen=True)
class OlistRun:
    """What a run did. `settings` are those of the lake it filled.

    `reconciled` is what the rule says of the orders of each class; empty if it was not run.
    """

    settings: Settings
    window: Window
    mapping: MappingReport
    finance: tuple[Month, ...]
    differences: Differences
    reconciled: tuple[ReconciledClass, ...] = ()


def run_olist(
    folder: Path,
    home: Path,
    reference: Path | None = None,
    window: Window | None = None,
    instance: DagsterInstance | None = None,
    listeners: Listeners | None = None,
    *,
    reconcile: bool = False,
) -> OlistRun:
    """Fill the lake in `home` from the export in `folder`, by the warehouse's tables unchanged.

    Args:
        folder: Holds the CSVs under their public names.
        home: Home of the lake, which is made; one that this export filled before is brought up
            to date.
        reference: Where files that are not in `folder` are looked for.
        window: The days to run; the lake begins on the first. None: all of the export.
        instance: Runs the tables as Dagster assets, and has their events. None: without Dagster.
        listeners: Are called as the run goes on.
        reconcile: Reconciles orders and payments as well, one day after the other.

    Raises:
        LedgerlakeError: What `map_olist` and the tables raise. What was published stays.
    """
    listeners = listeners or Listeners()
    home = home.expanduser().absolute()
    mapping = map_olist(
        folder,
        home / "landing",
        mapping_settings(home),
        reference,
        window,
        on_step=listeners.step,
        on_window=lambda days: create_lake(home, days),
    )
    settings = lake_settings(home, mapping.window.start)
    warehouse = olist_warehouse(reconciled=reconcile)
    if instance is None:
        _materialize_tables(warehouse, settings, mapping.window, listeners)
    elif not _materialize_assets(warehouse, settings, mapping.window, instance, listeners):
        raise EngineError(
            f"The Dagster run over {mapping.window} did not publish every table",
            f"Look at its events: LEDGERLAKE_HOME={home} ledgerlake tables",
        )
    listeners.step("comparing items with payments")
    lake = Lake(settings)
    return OlistRun(
        settings=settings,
        window=mapping.window,
        mapping=mapping,
        finance=finance_months(lake, warehouse),
        differences=find_differences(lake, warehouse),
        reconciled=reconciled_classes(lake, warehouse) if reconcile else (),
    )
