"""What the UI plots of a summary: its metrics by day, amounts apart by currency."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.settings import Settings
from tests.modeling.metrics.small_lake import DAYS, SUMMARIES
from warehouse_assets.modeling.declaration.metric import RatioMetric
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.metrics.plotted import metric_totals, summed_columns

WAREHOUSE = load_warehouse()


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home, first_date=DAYS.start)


@pytest.mark.parametrize("name", SUMMARIES)
def test_only_what_may_be_summed_up_over_the_key_is_plotted(name: str) -> None:
    table = WAREHOUSE.table(name)
    plotted = set(summed_columns(table, WAREHOUSE.metrics))
    assert plotted
    for column in table.columns:
        if column.role.metric is None:
            assert column.spec.name not in plotted
            continue
        metric = WAREHOUSE.metrics.metric(column.role.metric)
        if isinstance(metric, RatioMetric) or metric.additivity == "non-additive":
            assert column.spec.name not in plotted


def test_the_totals_are_those_of_the_table(settings: Settings) -> None:
    table, lake = WAREHOUSE.table("dws_seller_1d"), Lake(settings)
    snapshot = lake.snapshot(table.spec)
    assert snapshot.snapshot_id is not None
    totals = metric_totals(table, DAYS, lake, WAREHOUSE.metrics, snapshot.snapshot_id)
    with duckdb_session(settings) as connection:
        rows = connection.execute(
            f"SELECT dt, currency, gmv, line_count FROM ({lake.relation_sql(snapshot, None)})"
        ).fetchall()
    gmv: dict[object, Decimal] = defaultdict(Decimal)
    lines: dict[object, int] = defaultdict(int)
    for day, currency, amount, count in rows:
        gmv[day, f"gmv {currency}"] += amount
        lines[day] += count
    assert len({label for _, label in gmv}) == 2
    for (day, label), amount in gmv.items():
        assert totals[day][label] == amount  # type: ignore[index]
    for day, count in lines.items():
        assert totals[day]["line_count"] == count  # type: ignore[index]


def test_the_totals_of_another_run_are_not_told(settings: Settings) -> None:
    table = WAREHOUSE.table("dws_seller_1d")
    assert metric_totals(table, DAYS, Lake(settings), WAREHOUSE.metrics, 1) == {}
