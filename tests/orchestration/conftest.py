"""A warehouse of two tables whose rows a test writes, run through Dagster on a real lake."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings, load_settings
from tests.modeling.conftest import HEADER, WriteWarehouse, write_warehouse
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.lake_resource import LakeResource

__all__ = ["write_warehouse"]

FIRST = date(2026, 3, 6)  # two days before clocks change in New York

EVENTS = (
    HEADER
    + """
import json
from decimal import Decimal
from pathlib import Path
import pyarrow as pa

class OdsEvent(Contract):
    event_no: Text = column("Event number")
    pay_amount: Money = column("Amount", null=True)
    happened_at: Timestamp = column("When it happened", null=True)

def written(settings):
    rows = json.loads(Path(__file__).with_suffix(".json").read_text())
    for row in rows:
        row["pay_amount"] = Decimal(row["pay_amount"]) if row["pay_amount"] else None
    schema = pa.schema([("event_no", pa.string()), ("pay_amount", pa.decimal128(18, 2)),
                        ("happened_at", pa.string())])
    return pa.Table.from_pylist(rows, schema).to_reader()

ods_event = table(OdsEvent, owner="team:trade", rows=written)
"""
)

DAYS = (
    HEADER
    + '''
class DwdEvent(Contract):
    event_no: Text = key("Event number")
    pay_amount: Money = column("Amount", ge=0)
    unusual_amount: Money = column("Amount again", le=100, raise_warning=True)
    dt: Day = partition("Business date")

dwd_event = table(
    DwdEvent,
    owner="team:trade",
    freshness=by("05:00"),
    reads={"ods_event": whole_table()},
    checks=[
        check("not_thirteen", "pay_amount <> 13.00"),
        guard("not_too_much", "COALESCE(SUM(pay_amount), 0) <= 1000"),
        guard("has_rows", "COUNT(*) > 0", warn=True),
    ],
    sql="""
        SELECT e.event_no, e.pay_amount, e.pay_amount AS unusual_amount,
            business_date(e.happened_at) AS dt
        FROM ods_event AS e
        WHERE business_date(e.happened_at) >= :start AND business_date(e.happened_at) < :end
    """,
)
'''
)


@dataclass
class Project:
    """The small warehouse, its lake and its Dagster instance."""

    warehouse: Warehouse
    settings: Settings
    definitions: dg.Definitions
    instance: dg.DagsterInstance

    def write(self, *rows: tuple[str, str | None, str | None]) -> None:
        """Make the rows (number, amount, instant) what ods_event delivers, and load them."""
        names = ("event_no", "pay_amount", "happened_at")
        path = self.warehouse.table("ods_event").path.with_suffix(".json")
        path.write_text(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
        assert self.run(["ods_event"]).success

    def run(
        self, names: Sequence[str], first: date | None = None, last: date | None = None
    ) -> dg.ExecuteInProcessResult:
        """Run the tables for the days, as the UI's button does."""
        tags = {}
        if first and last:
            tags = {
                "dagster/asset_partition_range_start": first.isoformat(),
                "dagster/asset_partition_range_end": last.isoformat(),
            }
        job = self.definitions.resolve_implicit_global_asset_job_def()
        return job.execute_in_process(
            instance=self.instance,
            asset_selection=[dg.AssetKey(name) for name in names],
            tags=tags,
            raise_on_error=False,
        )

    def rows(self, name: str) -> list[tuple[object, ...]]:
        """Every published row, in order."""
        lake = Lake(self.settings)
        sql = lake.relation_sql(lake.snapshot(self.warehouse.table(name).spec), None)
        with duckdb.connect() as connection:
            return sorted(connection.execute(sql).fetchall())

    def amounts(self) -> dict[date, Decimal]:
        """The sum of dwd_event by day."""
        sums: dict[date, Decimal] = {}
        for row in self.rows("dwd_event"):
            sums[row[-1]] = sums.get(row[-1], Decimal(0)) + row[1]  # type: ignore[index,operator]
        return sums

    def checks(self, day: date) -> dict[str, str]:
        """Status of each partitioned check of dwd_event on the day, as the UI shows it."""
        specs = self.definitions.resolve_asset_graph().get_check_keys_for_assets(
            {dg.AssetKey("dwd_event")}
        )
        infos = self.instance.event_log_storage.get_asset_check_partition_info(list(specs))
        return {
            info.check_key.name: info.latest_execution_status.value
            for info in infos
            if info.partition_key == day.isoformat()
        }


def project_of(warehouse: Warehouse, settings: Settings) -> Project:
    """The warehouse with an instance of its own."""
    definitions = dg.Definitions(
        assets=table_assets(warehouse, settings),
        resources={"lake": LakeResource()},
        executor=dg.in_process_executor,
    )
    return Project(warehouse, settings, definitions, dg.DagsterInstance.ephemeral())


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_warehouse: WriteWarehouse
) -> Project:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LEDGERLAKE_TIME_ZONE", "America/New_York")
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())
    settings = load_settings()
    warehouse = write_warehouse({"ods/ods_event": EVENTS, "fact/dwd_event": DAYS})
    return project_of(warehouse, settings)


Days = Callable[[int], date]


def day(number: int) -> date:
    """The business date that many days after the first."""
    return Window.of_day(FIRST).start.fromordinal(FIRST.toordinal() + number)
