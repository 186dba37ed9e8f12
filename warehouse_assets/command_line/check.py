"""ledgerlake check: does everything load and fit together? No data is touched."""

from __future__ import annotations

import time

from rich.text import Text

from warehouse_assets.command_line.console import output


def check() -> None:
    """Load every table and everything that runs unattended, and check it all against each other.

    Names, columns, types, inputs, SQL and its portability, lineage, Dagster's definitions. On an
    error: file, line, table and column, and exit code 1. No lake is needed.
    """
    from warehouse_assets.command_line.formatting import counted, duration
    from warehouse_assets.modeling.layers import LAYERS
    from warehouse_assets.modeling.lineage import column_lineage
    from warehouse_assets.modeling.warehouse import load_warehouse

    began = time.perf_counter()
    with output().status("Loading every table"):
        warehouse = load_warehouse()
        traced = sum(
            len(
                [
                    column
                    for column, found in column_lineage(table, warehouse.tables).items()
                    if found
                ]
            )
            for table in warehouse.tables.values()
        )
        jobs, schedules, sensors, checks = _definitions()
    tables = list(warehouse.tables.values())
    layers = ", ".join(
        f"{layer} {sum(table.layer == layer for table in tables)}" for layer in LAYERS
    )
    lines = (
        f"{counted(len(tables), 'table')} ({layers})",
        f"{counted(sum(len(table.columns) for table in tables), 'column')}, "
        f"{traced:,} traced to the columns they are made of",
        f"{counted(len(warehouse.metrics.metrics), 'metric')}",
        f"{counted(checks, 'check')}",
        f"{counted(jobs, 'job')}, {counted(schedules, 'schedule')}, {counted(sensors, 'sensor')}",
    )
    for line in lines:
        output().print(Text.assemble(("✓ ", "green"), line))
    output().print(Text(f"Everything fits, in {duration(time.perf_counter() - began)}.", "bold"))


def _definitions() -> tuple[int, int, int, int]:
    """Load what Dagster loads; numbers of jobs, schedules, sensors and checks."""
    import dagster as dg

    from definitions import defs

    dg.Definitions.validate_loadable(defs)
    repository = defs.get_repository_def()
    jobs = [name for name in repository.job_names if not name.startswith("__")]
    return (
        len(jobs),
        len(repository.schedule_defs),
        len(repository.sensor_defs),
        len(repository.asset_graph.asset_check_keys),
    )
