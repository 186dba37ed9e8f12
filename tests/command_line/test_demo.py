"""The first thing people run: a lake from nothing, and a second run that has nothing to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from examples.sample_shop.commands.demo import create_lake
from resources.settings import Settings, load_settings
from tests.command_line.conftest import (
    FIRST,
    LAST,
    DemoLake,
    Run,
    heads,
    invoke,
    publications,
)
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse


def test_every_table_is_published_for_every_day(lake: DemoLake, run: Run) -> None:
    del lake, run
    for name, published in publications().items():
        whole = load_warehouse().table(name).partition_column is None
        assert list(published) == ([None] if whole else [FIRST, LAST]), name


def test_the_finance_day_is_shown_as_it_is_in_the_lake(lake: DemoLake, run: Run) -> None:
    shown = lake.first_demo.output
    paid = run("sql", "-f", "csv", "SELECT paid_amount FROM ads_finance_daily").output.split()[1:]
    closing = run("sql", "-f", "csv", "SELECT closing_amount FROM ads_revenue_bridge")
    for amount in [*paid, *closing.output.split()[1:]]:
        assert f"{float(amount):,.2f}" in shown
    assert "make dev" in shown


def test_a_second_run_materializes_nothing(up_to_date: Run) -> None:
    before = heads()
    result = up_to_date("demo")
    assert result.exit_code == 0
    assert "Everything is up to date" in result.output
    assert heads() == before


def test_a_second_run_keeps_the_shop_it_finds(run: Run) -> None:
    result = run("demo", "--orders", 31)
    assert result.exit_code == 1
    assert "orders_per_day 30 there, 31 asked for" in result.output


@pytest.fixture
def new_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "new"))
    monkeypatch.delenv("LEDGERLAKE_FIRST_DATE", raising=False)
    return tmp_path / "new"


def test_a_new_lake_ends_yesterday(new_home: Path) -> None:
    create_lake(load_settings(), 7)
    settings = load_settings()
    assert settings.first_date == settings.last_complete_date() - timedelta(days=6)
    assert (new_home / "settings.env").exists()


@pytest.mark.parametrize("days", [1, 30])
def test_a_lake_that_is_there_keeps_its_dates(new_home: Path, days: int) -> None:
    create_lake(load_settings(), 7)
    text = (new_home / "settings.env").read_text()
    create_lake(load_settings(), days)
    assert (new_home / "settings.env").read_text() == text


def test_a_lake_made_without_settings_keeps_its_first_date(new_home: Path) -> None:
    new_home.mkdir()
    (new_home / "catalog.db").touch()
    create_lake(load_settings(), 7)
    assert load_settings().first_date == Settings.model_fields["first_date"].default


def test_a_lake_that_begins_tomorrow_is_refused_with_a_reason(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del new_home
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", "2035-12-31")
    result = invoke("demo")
    assert result.exit_code == 1
    assert "not over yet" in result.output
