"""After the plan has been run, everything is up to date, whatever had changed before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.lake.pin import Pin
from resources.lake.publication import Partition, PartitionRecord, PublicationRecord
from resources.lake.table_spec import TableSpec
from resources.lake.window import Window
from resources.settings import Settings
from warehouse_assets.command_line.plan import Plan, stale_plan
from warehouse_assets.modeling.inputs import input_states
from warehouse_assets.modeling.staleness import Staleness
from warehouse_assets.modeling.table import Table
from warehouse_assets.modeling.warehouse import load_warehouse

WINDOW = Window.of_days(date(2026, 1, 1), date(2026, 1, 5))
WAREHOUSE = load_warehouse()
TABLES = list(WAREHOUSE.tables.values())
SETTINGS = Settings(home=Path("/nonexistent"), first_date=WINDOW.start)


class PaperLake:
    """A lake that keeps publications and no rows."""

    def __init__(self) -> None:
        self.published: dict[str, dict[Partition, str]] = {table.name: {} for table in TABLES}
        self.records: dict[str, PublicationRecord] = {}

    def pin(self, spec: TableSpec) -> Pin:
        return Pin(spec, 1, self.published[spec.name], None)

    def record(self, pin: Pin, partition: Partition) -> PublicationRecord:
        return self.records[pin.published[partition]]

    def run(self, tables: Sequence[Table], window: Window | None) -> None:
        """Publish the tables over the window, as one run does."""
        for table in tables:
            own = window if table.partition_column else None
            pins = {name: self.pin(WAREHOUSE.table(name).spec) for name in table.reads}
            states = input_states(table, pins, own, SETTINGS)
            publication = str(len(self.records))
            self.records[publication] = PublicationRecord(
                publication_id=publication,
                table=table.name,
                window=own,
                run_id="",
                code_version=table.code_version,
                published_at=datetime.now(UTC),
                parent_snapshot_id=None,
                partitions={day: PartitionRecord(0, seen) for day, seen in states.items()},
                sources=(),
                audit=(),
            )
            days: Sequence[Partition] = list(own) if own else [None]
            self.published[table.name] |= dict.fromkeys(days, publication)

    def plan(self, tables: Sequence[Table] = TABLES) -> Plan:
        return stale_plan(tables, WINDOW, Staleness(WAREHOUSE, self, SETTINGS))  # type: ignore[arg-type]

    def run_plan(self, plan: Plan) -> None:
        self.run([table for table in TABLES if table.name in plan.reasons], plan.window)


@pytest.fixture
def lake() -> PaperLake:
    lake = PaperLake()
    lake.run(TABLES, WINDOW)
    return lake


def test_everything_of_a_new_lake_is_run_once() -> None:
    lake = PaperLake()
    plan = lake.plan()
    assert list(plan.reasons) == [table.name for table in TABLES]
    assert plan.window == WINDOW
    assert {r for reasons in plan.reasons.values() for r in reasons.values()} == {"never published"}


def test_nothing_is_run_when_nothing_changed(lake: PaperLake) -> None:
    assert lake.plan().reasons == {}


def test_readers_of_what_is_made_again_are_made_again(lake: PaperLake) -> None:
    del lake.published["ods_user"][date(2026, 1, 3)]
    plan = lake.plan()
    assert plan.window == Window.of_days(date(2026, 1, 3), date(2026, 1, 5))
    assert "ods_user" in plan.reasons
    assert {"dim_user", "dwd_order_detail", "dws_financial_1d"} <= plan.reasons.keys()
    assert not {"dim_sku", "dwd_payment", "ods_order", "dim_date"} & plan.reasons.keys()


def test_rows_that_arrive_late_reach_the_days_before(lake: PaperLake) -> None:
    lake.run([WAREHOUSE.table("ods_payment")], Window.of_day(date(2026, 1, 5)))
    reasons = lake.plan().reasons
    assert "ods_payment" not in reasons
    assert min(day for day in reasons["dwd_payment"] if day) < date(2026, 1, 5)


changes = st.lists(
    st.tuples(
        st.sampled_from(TABLES),
        st.sampled_from(list(WINDOW)),
        st.sampled_from(list(WINDOW)),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(changes)
def test_after_the_plan_everything_is_up_to_date(
    found: list[tuple[Table, date, date, bool]],
) -> None:
    lake = PaperLake()
    lake.run(TABLES, WINDOW)
    for table, one, other, lost in found:
        if lost:
            lake.published[table.name].pop(one if table.partition_column else None, None)
        else:
            lake.run([table], Window.of_days(min(one, other), max(one, other)))
    lake.run_plan(lake.plan())
    assert lake.plan().reasons == {}
