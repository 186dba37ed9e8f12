"""Tables that do not load: in the lineage with a failed check, and not to be materialized."""

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from warehouse_assets.orchestration import asset_metadata
from warehouse_assets.orchestration.assets import daily_partitions, group
from warehouse_assets.orchestration.check_answers import report, result, shown

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.warehouse import BrokenTable, Warehouse

LOADS = "module_loads"
_ERROR = dg.AssetCheckSeverity.ERROR


def broken_tables(warehouse: "Warehouse", settings: "Settings") -> dg.Definitions:
    """An asset for each table that does not load, with a failed check; nothing if all load."""
    if not warehouse.broken:
        return dg.Definitions()
    known = warehouse.tables.keys() | warehouse.broken.keys()
    daily = daily_partitions(settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        specs = [_spec(table, known, daily) for table in warehouse.broken.values()]
    return dg.Definitions(assets=specs, asset_checks=[_check(warehouse)])


def report_broken(instance: dg.DagsterInstance, warehouse: "Warehouse") -> int:
    """Report each table that does not load and is not shown so yet; returns how many."""
    reported = 0
    for name, (target, known) in shown(instance, warehouse.broken, LOADS).items():
        problem = warehouse.broken[name].reason
        if known is None or not known.is_answer(problem, target):
            report(instance, name, LOADS, target, problem, _ERROR)
            reported += 1
    return reported


def _spec(
    table: "BrokenTable", known: set[str], daily: dg.DailyPartitionsDefinition
) -> dg.AssetSpec:
    declared = table.table
    return dg.AssetSpec(
        table.name,
        group_name=group(declared) if declared else table.layer,
        description=f"**Does not load**: {table.reason}\n\n"
        "What was published stays as it was, and nothing new is made. "
        "Correct the module and reload the code location.",
        deps=[name for name in table.reads if name in known],
        partitions_def=daily if table.is_partitioned else None,
        kinds={"iceberg", "duckdb"},
        metadata=asset_metadata.code_reference(table.path),
    )


def _check(warehouse: "Warehouse") -> dg.AssetChecksDefinition:
    meaning = "The table's module loads, and its inputs."
    specs = [dg.AssetCheckSpec(LOADS, asset=name, description=meaning) for name in warehouse.broken]

    @dg.multi_asset_check(specs=specs, name=LOADS, can_subset=True)
    def body(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        for key in context.selected_asset_check_keys:
            reason = warehouse.broken[key.asset_key.to_user_string()].reason
            yield dg.AssetCheckResult(
                asset_key=key.asset_key, check_name=LOADS, **result(reason, _ERROR)
            )

    return body
