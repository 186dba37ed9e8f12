"""Served tables as assets downstream of the lake's, each with a check."""

from collections.abc import Iterator, Sequence, Set
from typing import TYPE_CHECKING, Any

import dagster as dg

from warehouse_assets.orchestration.dagster_internals import UnresolvedAssetJobDefinition
from warehouse_assets.orchestration.lake_resource import LakeResource

if TYPE_CHECKING:
    from resources.starrocks.refresh.refresh import Refreshed
    from resources.starrocks.views.served_table import ServedTable
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

GROUP = "starrocks"
SHOWS_PUBLISHED = "shows_what_was_published"
POOL = "starrocks"
"""Refreshes of one catalog queue up in StarRocks anyway: a pool limit of 1 saves idle runs."""


def asset_key(table_name: str) -> dg.AssetKey:
    """The asset of a table in StarRocks."""
    return dg.AssetKey([GROUP, table_name])


def starrocks_assets(warehouse: "Warehouse") -> dg.AssetsDefinition:
    """Every served table; a run refreshes the selected ones one after the other."""
    served = {each.name: each for each in warehouse.served}
    checks = [
        dg.AssetCheckSpec(
            SHOWS_PUBLISHED,
            asset=asset_key(name),
            description="StarRocks shows the snapshot that the lake published last.",
        )
        for name in served
    ]

    @dg.multi_asset(
        name="starrocks_tables",
        specs=[_spec(warehouse.table(name)) for name in served],
        check_specs=checks,
        can_subset=True,
        pool=POOL,
    )
    def body(context: dg.AssetExecutionContext, lake: LakeResource) -> Iterator[object]:
        from resources.starrocks.refresh.refresh import Refresher

        checked = {key.asset_key for key in context.selected_asset_check_keys}
        selected = checked | set(context.selected_asset_keys)
        wanted = [each for name, each in served.items() if asset_key(name) in selected]
        refresher = Refresher(lake.lake().settings, context.run.run_id)
        failed: list[str] = []
        for done in refresher.refresh(wanted):
            context.log.info(_summary(done))
            if done.problem is not None:
                failed.append(f"{done.served.name}: {done.problem}")
            yield from _results(done, context.selected_asset_keys)
        if failed:
            # The sensor tries again, with longer and longer waits.
            raise dg.Failure("\n".join(failed), allow_retries=False)

    return body


def starrocks_job(served: "Sequence[ServedTable]") -> UnresolvedAssetJobDefinition:
    """The job of the sensor's runs; started by hand it refreshes every table."""
    return dg.define_asset_job(
        "starrocks_refresh_job",
        selection=dg.AssetSelection.assets(*(asset_key(each.name) for each in served)),
        description="Refresh the served tables in StarRocks and verify that it shows them.",
    )


def _spec(table: "Table") -> dg.AssetSpec:
    assert table.serving is not None
    return dg.AssetSpec(
        asset_key(table.name),
        deps=[dg.AssetKey(table.name)],
        description=f"`{table.layer}.{table.name}` as StarRocks shows it: {table.serving.title}.",
        group_name=GROUP,
        kinds={"starrocks"},
        owners=[table.owner],
        tags={"domain": table.domain},
        skippable=True,
    )


def _results(done: "Refreshed", selected: Set[dg.AssetKey]) -> Iterator[object]:
    key = asset_key(done.served.name)
    # A table that is not published has nothing to materialize.
    if done.is_well and done.snapshot is not None and key in selected:
        yield dg.MaterializeResult(asset_key=key, metadata=_metadata(done))
    yield dg.AssetCheckResult(
        asset_key=key,
        check_name=SHOWS_PUBLISHED,
        passed=done.is_well,
        metadata={"state": done.state.value},
        description=None if done.problem is None else str(done.problem),
    )


def _metadata(done: "Refreshed") -> dict[str, Any]:
    """Numbers are plotted by the UI over the materializations."""
    sent = [f"{each.statement};  -- {each.seconds:.3f} s" for each in done.statements]
    none = ["-- none: it was shown already"]
    metadata: dict[str, Any] = {
        # Text: a browser's numbers are not exact.
        "snapshot_id": str(done.snapshot),
        "work_seconds": round(done.work_seconds, 3),
        "statements": dg.MetadataValue.md("\n".join(["```sql", *(sent or none), "```"])),
    }
    if done.seconds_behind is not None:
        metadata["seconds_from_publish_to_verified"] = round(done.seconds_behind, 3)
    for step in done.after.steps:
        metadata[f"{step.name}_seconds".replace("-", "_")] = round(step.seconds, 3)
        metadata[f"{step.name}_outcome".replace("-", "_")] = step.outcome.value
    return metadata


def _summary(done: "Refreshed") -> str:
    steps = "".join(f", {step.name} {step.outcome.value}" for step in done.after.steps)
    return f"{done.served.name}: {done.state.value} at snapshot {done.snapshot}{steps}"
