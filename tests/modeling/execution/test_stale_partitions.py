"""After the steps have been run, everything is up to date, whatever had changed before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from resources.lake.model.publication_record import Partition, PartitionRecord, PublicationRecord
from resources.lake.model.table_spec import TableSpec
from resources.lake.model.window import Window
from resources.lake.read.table_snapshot import TableSnapshot
from resources.settings import Settings
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.execution.inputs import input_states
from warehouse_assets.modeling.execution.stale_partitions import (
    next_step,
    stale_partitions,
    without,
)
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.sql.code_version import code_version

WINDOW = Window.of_days(date(2026, 1, 1), date(2026, 1, 5))
WAREHOUSE = load_warehouse()
TABLES = list(WAREHOUSE.tables.values())
SETTINGS = Settings(home=Path("/nonexistent"), first_date=WINDOW.start)


class PaperLake:
    """A lake that keeps publications and no rows."""

    def __init__(self) -> None:
        self.published: dict[str, dict[Partition, str]] = {table.name: {} for table in TABLES}
        self.records: dict[str, PublicationRecord] = {}

    def snapshot(self, spec: TableSpec) -> TableSnapshot:
        return TableSnapshot(spec, 1, self.published.get(spec.name, {}), None)

    def record(self, snapshot: TableSnapshot, partition: Partition) -> PublicationRecord:
        return self.records[snapshot.published[partition]]

    def run(self, tables: Sequence[Table], window: Window | None) -> None:
        """Publish the tables over the window, as one run does."""
        for table in tables:
            own = window if table.partition_column else None
            # What carries on from the day before runs day by day.
            one_by_one = own is not None and table.materialization.earlier is not None
            for each in map(Window.of_day, own) if one_by_one and own else [own]:
                self._publish(table, each)

    def _publish(self, table: Table, own: Window | None) -> None:
        snapshots = {name: self.snapshot(WAREHOUSE.table(name).spec) for name in table.inputs}
        states = input_states(table, snapshots, own, SETTINGS)
        publication = str(len(self.records))
        self.records[publication] = PublicationRecord(
            publication_id=publication,
            table=table.name,
            window=own,
            run_id="",
            code_version=code_version(table),
            published_at=datetime.now(UTC),
            parent_snapshot_id=None,
            partitions={day: PartitionRecord(0, seen) for day, seen in states.items()},
            sources=(),
            audit=(),
        )
        days: Sequence[Partition] = list(own) if own else [None]
        self.published[table.name] |= dict.fromkeys(days, publication)

    def stale(self, tables: Sequence[Table] = TABLES) -> dict[str, dict[Partition, str]]:
        return stale_partitions(tables, WINDOW, Staleness(WAREHOUSE, self, SETTINGS))  # type: ignore[arg-type]

    def run_steps(self) -> list[tuple[str, Window | None]]:
        """Run step by step until nothing is stale; each table that was run and its days."""
        ran: list[tuple[str, Window | None]] = []
        while step := next_step(TABLES, self.stale()):
            for name in step.tables:
                self.run([WAREHOUSE.table(name)], step.window)
            ran += [(name, step.window) for name in step.tables]
            assert len(ran) < 10 * len(TABLES), "the steps never end"
        return ran


@pytest.fixture
def lake() -> PaperLake:
    lake = PaperLake()
    lake.run(TABLES, WINDOW)
    return lake


def test_everything_of_a_new_lake_is_run_once_over_all_days() -> None:
    assert PaperLake().run_steps() == [(table.name, WINDOW) for table in TABLES]


def test_nothing_is_run_when_nothing_changed(lake: PaperLake) -> None:
    assert lake.stale() == {}
    assert lake.run_steps() == []


def test_readers_of_what_is_made_again_are_made_again(lake: PaperLake) -> None:
    del lake.published["ods_user"][date(2026, 1, 3)]
    ran = lake.run_steps()
    assert ran[0] == ("ods_user", Window.of_day(date(2026, 1, 3)))
    names = {name for name, _ in ran}
    assert {"dim_user", "dwd_order_detail", "dws_financial_1d"} <= names
    assert not {"dim_sku", "dwd_payment", "ods_order", "dim_date"} & names


def test_only_the_days_that_see_a_change_are_made_again(lake: PaperLake) -> None:
    middle = date(2026, 1, 3)
    lake.run([WAREHOUSE.table("dws_financial_1d")], Window.of_day(middle))
    ran = dict(lake.run_steps())
    assert ran["dm_finance"] == Window.of_day(middle)
    assert ran["ads_finance_daily"] == Window.of_days(middle, date(2026, 1, 4))


def test_what_reads_a_table_that_failed_waits_and_the_rest_goes_on() -> None:
    left = {table.name for table in without(TABLES, {"dwd_payment"})}
    assert not {"dwd_payment", "dws_financial_1d", "ads_finance_daily"} & left
    assert {"ods_payment", "dwd_order", "dws_seller_1d"} <= left


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
def test_after_the_steps_everything_is_up_to_date(
    found: list[tuple[Table, date, date, bool]],
) -> None:
    lake = PaperLake()
    lake.run(TABLES, WINDOW)
    for table, one, other, lost in found:
        if lost:
            lake.published[table.name].pop(one if table.partition_column else None, None)
        else:
            lake.run([table], Window.of_days(min(one, other), max(one, other)))
    lake.run_steps()
    assert lake.stale() == {}
