"""From a folder of Olist's CSVs to finance: map, materialize every table, look for differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from examples.olist.differences import Differences, find_differences
from examples.olist.finance import Month, finance_months
from examples.olist.lake_home import create_lake, lake_settings, mapping_settings
from examples.olist.mapping import map_olist
from examples.olist.materializing import OnTable, materialize_assets, materialize_tables
from examples.olist.report import MappingReport
from examples.olist.tables import olist_warehouse
from resources.errors import EngineError
from resources.lake.lake import Lake
from resources.lake.model.window import Window

if TYPE_CHECKING:
    from dagster import DagsterInstance, EventLogEntry

    from resources.settings import Settings


@dataclass(frozen=True)
class OlistRun:
    """What a run did. `settings` are those of the lake it filled."""

    settings: Settings
    window: Window
    mapping: MappingReport
    finance: tuple[Month, ...]
    differences: Differences


@dataclass(frozen=True)
class Told:
    """Who is told what goes on; nobody unless given."""

    step: Callable[[str], None] | None = None
    table: OnTable | None = None
    event: Callable[[EventLogEntry], None] | None = None


NOBODY = Told()


def run_olist(
    folder: Path,
    home: Path,
    reference: Path | None = None,
    window: Window | None = None,
    instance: DagsterInstance | None = None,
    told: Told = NOBODY,
) -> OlistRun:
    """Fill the lake in `home` from the export in `folder`, by the warehouse's tables unchanged.

    Args:
        folder: Holds the CSVs under their public names.
        home: Home of the lake, which is made; one that this export filled before is brought up
            to date.
        reference: Where files that are not in `folder` are looked for.
        window: The days to run; the lake begins on the first. None: all of the export.
        instance: Runs the tables as Dagster assets, and has their events. None: without Dagster.
        told: Who is told what goes on.

    Raises:
        LedgerlakeError: What `map_olist` and the tables raise. What was published stays.
    """
    home = home.expanduser().absolute()
    mapping = map_olist(
        folder,
        home / "landing",
        mapping_settings(home),
        reference,
        window,
        on_step=told.step,
        on_window=lambda days: create_lake(home, days),
    )
    settings = lake_settings(home, mapping.window.start)
    warehouse = olist_warehouse()
    if instance is None:
        materialize_tables(warehouse, settings, mapping.window, told.table)
    elif not materialize_assets(warehouse, settings, mapping.window, instance, told.event):
        raise EngineError(
            f"The Dagster run over {mapping.window} did not publish every table",
            f"Look at its events: LEDGERLAKE_HOME={home} ledgerlake tables",
        )
    if told.step:
        told.step("comparing items with payments")
    lake = Lake(settings)
    return OlistRun(
        settings=settings,
        window=mapping.window,
        mapping=mapping,
        finance=finance_months(lake, warehouse),
        differences=find_differences(lake, warehouse),
    )
