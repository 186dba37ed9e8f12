"""Publication records that cannot be read: every command goes on, and a run mends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.lake.read import publication_store
from resources.settings import load_settings
from tests.command_line.conftest import FIRST, LAST, DemoLake, Run
from warehouse_assets.command_line.queries.rows import fetched, query_session
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.orchestration.scheduled_checks import UNCHANGED, UP_TO_DATE, problem_of

SHAPES = {
    # Read by its event time in dwd_payout: what is late is looked up in it.
    "ods_payout": lambda text: text.replace(f'"date": "{LAST}"', '"date": "10000-01-01"'),
    "dwd_payout": lambda text: text[: len(text) // 2],
    "ods_order": lambda _: None,
    "dwd_order": lambda text: json.dumps({**json.loads(text), "version": 7}),
    "dim_category": lambda text: text.replace('"rows"', '"row"'),
    "ads_finance_daily": lambda _: "[[[",
}


def record_path(name: str) -> Path:
    """The record of the latest partition's publication."""
    lake = Lake(load_settings())
    snapshot = lake.snapshot(load_warehouse().table(name).spec)
    assert snapshot.table is not None
    return (
        Path(snapshot.table.location())
        / "metadata"
        / f"publication-{snapshot.published[LAST]}.json"
    )


@pytest.fixture
def broken(up_to_date: Run) -> Iterator[Run]:
    """The lake with a broken record in each of the tables; whole again when the test is over."""
    kept = {path: path.read_text() for path in map(record_path, SHAPES)}
    for name, change in SHAPES.items():
        path = record_path(name)
        text = change(path.read_text())
        assert text != path.read_text()
        path.unlink() if text is None else path.write_text(text)
    # The commands of the tests share one process, which keeps the records it has read.
    publication_store._read.cache_clear()
    try:
        yield up_to_date
    finally:
        for path, text in kept.items():
            path.write_text(text)


def test_every_command_goes_on_and_a_run_mends_the_records(broken: Run, lake: DemoLake) -> None:
    listed = broken("tables", "--reasons")
    assert listed.exit_code == 0, listed.output
    assert listed.output.count("its publication record cannot be read") >= len(SHAPES)
    for name in SHAPES:
        traced = broken("trace", name, "--partition", LAST)
        assert traced.exit_code == 0, traced.output
        assert "its publication record cannot be read" in " ".join(traced.output.split())
        shown = broken("show", name, "--partition", LAST, "--limit", 2)
        assert shown.exit_code == 0, shown.output
    # One that reads broken ones and is whole itself.
    assert broken("trace", "dws_financial_1d", "--partition", LAST).exit_code == 0
    opened, warehouse = Lake(load_settings()), load_warehouse()
    # A delivery that was found unchanged before is looked at again once its files are touched.
    lake.delivered("payment_center/payout").touch()
    for check in (UP_TO_DATE, UNCHANGED):
        problem = problem_of(check, warehouse.table("ods_payout"), warehouse, opened)
        assert problem is not None and "cannot be read" in problem, check

    # The demo published both days together, with one record.
    mended = broken("materialize", *SHAPES, "--from", FIRST, "--to", LAST)
    assert mended.exit_code == 0, mended.output
    assert "cannot be read" not in broken("tables").output
    for name in SHAPES:
        assert "cannot be read" not in broken("trace", name, "--partition", LAST).output


def test_an_instant_at_the_end_of_the_calendar_stops_no_look(run: Run) -> None:
    """In Shanghai it is the year 10000 already, which Python does not know."""
    settings = load_settings()
    with query_session(settings) as connection:
        query = "SELECT 1 AS n, TIMESTAMPTZ '9999-12-31 23:59:59Z' AS t, 'x' AS x ORDER BY n"
        rows = fetched(connection, query)
    assert rows.names == ["n", "t", "x"]
    assert rows.values == [(1, "10000-01-01 07:59:59+08", "x")]
    result = run("sql", "SELECT TIMESTAMPTZ '9999-12-31 23:59:59Z' AS t")
    assert result.exit_code == 1
    assert "CAST(column AS VARCHAR)" in result.output
