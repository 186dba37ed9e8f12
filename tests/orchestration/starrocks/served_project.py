"""A small warehouse served by a stand-in, under Dagster."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from resources.settings import Settings
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.refresh_ledger import Ledger
from tests.modeling.conftest import HEADER, WriteWarehouse
from tests.starrocks.commands import enter
from tests.starrocks_stand_in import StandIn
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.starrocks import starrocks_definitions
from warehouse_assets.orchestration.starrocks.reconcile_sensor import reconcile_sensor
from warehouse_assets.orchestration.starrocks.refresh_sensor import refresh_sensor

FIRST = date(2026, 3, 1)

_PLAN = (
    HEADER
    + """
import pyarrow as pa

class OdsPlan(Contract):
    plan_no: Text = column("Plan")

def written(settings):
    return pa.table({"plan_no": ["a", "b"]}).to_reader()

ods_plan = table(OdsPlan, owner="team:trade", rows=written)
"""
)
_DAY = (
    HEADER
    + '''
class DwsPlan{letter}(Contract):
    plan_no: Text = key("Plan")
    dt: Day = partition("Business date")

dws_plan_{letter} = table(
    DwsPlan{letter},
    owner="team:trade",
    reads={{"ods_plan": whole_table()}},
    serving=served(),
    sql="""
        SELECT p.plan_no, CAST(:start AS DATE) AS dt
        FROM ods_plan AS p
    """,
)
'''
)
"""Each run of a day publishes two rows."""


def served_warehouse(write_warehouse: WriteWarehouse, letters: str = "ab") -> Warehouse:
    """`dws_plan_a`, `dws_plan_b`, ...: served, with a partition a day; and what they read."""
    modules = {f"fact/dws_plan_{letter}": _DAY.format(letter=letter) for letter in letters}
    return write_warehouse({"ods/ods_plan": _PLAN, **modules})


def day(number: int) -> str:
    """The partition key of the first day, or of one that many days later."""
    return (FIRST + timedelta(days=number)).isoformat()


@dataclass
class ServedProject:
    """The warehouse, its lake, its StarRocks and its Dagster instance, with the sensor's cursor."""

    warehouse: Warehouse
    settings: Settings
    stand_in: StandIn
    instance: dg.DagsterInstance
    definitions: dg.Definitions
    cursor: str | None = None

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.settings)

    def name(self, letter: str) -> TableName:
        """The table in StarRocks."""
        return TableName("ledgerlake", "fact", f"dws_plan_{letter}")

    def publish(self, letters: str, first: int, last: int | None = None) -> None:
        """Materialize the tables for the day, or for all the days in one run."""
        tags = {"dagster/partition": day(first)}
        if last is not None:
            tags = {
                "dagster/asset_partition_range_start": day(first),
                "dagster/asset_partition_range_end": day(last),
            }
        keys = [dg.AssetKey(f"dws_plan_{letter}") for letter in letters]
        assert self.run("__ASSET_JOB", keys, tags).success

    def run(
        self,
        job: str,
        assets: Sequence[dg.AssetKey] | None = None,
        tags: dict[str, str] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """Run a job, or part of it."""
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, asset_selection=assets, tags=tags, raise_on_error=False
        )

    def tick(self) -> dg.RunRequest | None:
        """What the refreshing sensor asks for, as the daemon has it: the cursor is kept."""
        return self.tick_from(self.cursor)

    def tick_from(self, cursor: str | None) -> dg.RunRequest | None:
        """The same, from any cursor."""
        context = self._context(cursor)
        sensor = refresh_sensor(dg.define_asset_job("no_job"), self.warehouse.served)
        (found,) = list(sensor(context))  # type: ignore[call-overload]
        self.cursor = context.cursor
        return found if isinstance(found, dg.RunRequest) else None

    def reconcile(self) -> str | None:
        """What the reconciling sensor says."""
        skipped = reconcile_sensor(self.warehouse.served)(self._context(None))
        assert isinstance(skipped, dg.SkipReason)
        return skipped.skip_message

    def launch(self, request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        """Run what was asked for."""
        assert request.asset_selection
        return self.run("starrocks_refresh_job", list(request.asset_selection), dict(request.tags))

    def work(self) -> bool:
        """A tick, and its run; whether anything was asked for, and went well."""
        request = self.tick()
        return request is not None and self.launch(request).success

    def refreshes(self) -> list[str]:
        """The tables that StarRocks was told to refresh, in order."""
        sent = self.stand_in.sent("^REFRESH EXTERNAL TABLE")
        return [each.statement.rpartition(".")[2].strip("`") for each in sent]

    def shown(self, letter: str) -> int:
        """How many rows a reader of StarRocks sees."""
        from resources.starrocks.client.client import StarRocks
        from resources.starrocks.client.statements import row_count

        with StarRocks(self.settings) as client:
            return int(client.run(row_count(self.name(letter)))[0][0])

    def _context(self, cursor: str | None) -> dg.SensorEvaluationContext:
        return dg.build_sensor_context(
            instance=self.instance, cursor=cursor, resources={"lake": LakeResource()}
        )


def instance_in(folder: Path) -> dg.DagsterInstance:
    """A real instance, kept in the folder, that says nothing to anyone."""
    folder.mkdir(parents=True)
    (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    return dg.DagsterInstance.from_config(str(folder))


@contextmanager
def served_project(
    warehouse: Warehouse, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Generator[ServedProject]:
    """With a real instance on disk. Its plans are there; nothing else is."""
    lake = Settings(home=home, first_date=FIRST, threads=1)
    with StandIn.start(lake) as stand_in, instance_in(home / "dagster") as instance:
        settings = stand_in.settings
        enter(settings, monkeypatch)
        definitions = dg.Definitions.merge(
            dg.Definitions(
                assets=table_assets(warehouse, settings),
                resources={"lake": LakeResource()},
                executor=dg.in_process_executor,
            ),
            starrocks_definitions(warehouse, settings),
        )
        project = ServedProject(warehouse, settings, stand_in, instance, definitions)
        assert project.run("__ASSET_JOB", [dg.AssetKey("ods_plan")]).success
        yield project
