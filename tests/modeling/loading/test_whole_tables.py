"""A mistake in one module leaves every table whole that is not made of it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import dagster as dg
import pytest

from resources.settings import Settings
from tests.modeling.conftest import DWD, HEADER, ORDERS, changed
from warehouse_assets.command_line.selection import broken_tables
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.whole_tables import WholeTables, whole_tables
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.broken_tables import LOADS
from warehouse_assets.orchestration.code_location import unattended
from warehouse_assets.orchestration.lake_resource import LakeResource

_NUMBERS = itertools.count()
ADS = (
    DWD.replace("DwdOrder", "AdsOrder")
    .replace("dwd_order", "ads_order")
    .replace("ods_order", "dwd_order")
)
OTHER = DWD.replace("DwdOrder", "DwdOther").replace("dwd_order", "dwd_other")
METRICS = (
    HEADER
    + """
order_count = metric("Orders", "COUNT(order_no)", over="dwd_order", unit="count",
                     dates={"ordered": "dt"}, owner="team:trade")
"""
)
PROJECT = {
    "ods/ods_order": ORDERS,
    "fact/dwd_order": DWD,
    "fact/dwd_other": OTHER,
    "ads/ads_order": ADS,
}
Load = Callable[[Mapping[str, str]], WholeTables]

BROKEN = {
    "syntax": (
        changed(DWD, "SELECT o.order_no", '""" SELECT').replace("class", "clas", 1),
        "SyntaxError",
    ),
    "name": (changed(DWD, "same_day()", "some_day()"), "NameError"),
    "unknown column": (changed(DWD, "o.order_no, SUM", "o.order_nr, SUM"), "order_nr"),
    "contract": (changed(DWD, '"What was paid", ge=0', '""'), "pay_amount"),
    "owner": (changed(DWD, "team:trade", "trade"), "neither a team nor an e-mail"),
    "input": (changed(DWD, '"ods_order": same_day()', '"ods_oder": same_day()'), "ods_oder"),
    "itself": (changed(DWD, "{", '{"ads_order": same_day(), '), "ads_order"),
}


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write modules (`layer/name` -> text) and load what is whole of them."""

    def write(modules: Mapping[str, str]) -> WholeTables:
        package = f"partly_broken_{next(_NUMBERS)}"
        root = tmp_path / package
        for folder in ("ods", "dim", "fact", "ads", "metrics"):
            (root / folder).mkdir(parents=True)
            (root / folder / "__init__.py").touch()
        (root / "__init__.py").touch()
        for place, text in modules.items():
            (root / f"{place}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        try:
            return whole_tables(package)
        finally:
            for name in [name for name in sys.modules if name.startswith(package)]:
                del sys.modules[name]

    return write


@pytest.mark.parametrize("mistake", BROKEN)
def test_what_is_not_made_of_a_broken_table_is_whole(load: Load, mistake: str) -> None:
    text, said = BROKEN[mistake]
    warehouse, problems = load({**PROJECT, "fact/dwd_order": text})
    assert list(warehouse.tables) == ["ods_order", "dwd_other"]
    assert set(warehouse.broken) == {"dwd_order", "ads_order"}
    [problem] = problems
    assert said in problem.message
    assert "dwd_order.py" in problem.message or mistake == "itself"
    for name, table in warehouse.broken.items():
        assert said in table.reason
        with pytest.raises(LoadError, match=said.split()[0]):
            warehouse.table(name)


def test_nothing_is_broken_where_all_fits(load: Load) -> None:
    warehouse, problems = load(PROJECT)
    assert set(warehouse.tables) == {"ods_order", "dwd_order", "dwd_other", "ads_order"}
    assert not warehouse.broken
    assert not problems


def test_each_of_several_mistakes_is_told_once(load: Load) -> None:
    _, problems = load(
        {
            **PROJECT,
            "fact/dwd_order": BROKEN["name"][0],
            "fact/dwd_other": changed(OTHER, "o.order_no, SUM", "o.order_nr, SUM"),
        }
    )
    assert ["dwd_order.py" in each.message for each in problems] == [True, False]
    assert "dwd_other.py" in problems[1].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (METRICS.replace("(order_no)", "(order_nr)"), "order_nr"),
        (METRICS.replace('over="dwd_order"', 'over="dwd_ordr"'), "dwd_ordr"),
        (METRICS.replace("metric(", "metric(("), "SyntaxError"),
    ],
)
def test_a_broken_metric_breaks_no_table_that_does_not_name_it(
    load: Load, text: str, said: str
) -> None:
    warehouse, problems = load({**PROJECT, "metrics/orders": text})
    assert not warehouse.broken
    assert len(warehouse.tables) == 4
    assert [said in each.message for each in problems] == [True]
    with pytest.raises(LoadError, match=said):
        warehouse.metrics.metric("order_count")


def test_a_metric_over_a_broken_table_is_left_out_and_no_mistake(load: Load) -> None:
    warehouse, problems = load(
        {**PROJECT, "metrics/orders": METRICS, "fact/dwd_order": BROKEN["syntax"][0]}
    )
    assert len(problems) == 1
    with pytest.raises(LoadError, match="over dwd_order, which does not load"):
        warehouse.metrics.metric("order_count")


@pytest.mark.parametrize(
    ("selection", "left_out"),
    [
        (["all"], ["ads_order", "dwd_order"]),
        (["layer:fact"], ["dwd_order"]),
        (["layer:ods"], []),
        (["ods_order+"], ["ads_order", "dwd_order"]),
        (["dwd_other"], []),
        (["+dwd_other+"], []),
    ],
)
def test_a_selection_names_the_broken_tables_it_leaves_out(
    load: Load, selection: list[str], left_out: list[str]
) -> None:
    warehouse = load({**PROJECT, "fact/dwd_order": BROKEN["unknown column"][0]}).warehouse
    assert broken_tables(warehouse, selection) == left_out


def definitions(warehouse: Warehouse) -> dg.Definitions:
    settings = Settings()
    return dg.Definitions.merge(
        dg.Definitions(
            assets=table_assets(warehouse, settings), resources={"lake": LakeResource()}
        ),
        unattended(warehouse, settings),
    )


@pytest.mark.parametrize("mistake", ["syntax", "unknown column"])
def test_broken_tables_stay_in_the_lineage_and_no_job_makes_them(load: Load, mistake: str) -> None:
    text, said = BROKEN[mistake]
    defs = definitions(load({**PROJECT, "fact/dwd_order": text}).warehouse)
    graph = defs.get_repository_def().asset_graph
    order, ads = dg.AssetKey("dwd_order"), dg.AssetKey("ads_order")
    assert {order, ads} <= graph.get_all_asset_keys()
    assert not graph.executable_asset_keys & {order, ads}
    assert graph.get(ads).parent_keys == {order}
    assert said in (graph.get(order).description or "")
    for name in ("finance_day", "__ASSET_JOB"):
        keys = defs.resolve_job_def(name).asset_layer.executable_asset_keys
        assert {key.to_user_string() for key in keys} == {"ods_order", "dwd_other"}


def test_the_check_of_a_broken_table_fails_without_a_run_and_once(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warehouse_assets.orchestration.broken_tables import report_broken

    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "home"))
    warehouse = load({**PROJECT, "fact/dwd_order": BROKEN["name"][0]}).warehouse
    with dg.DagsterInstance.ephemeral() as instance:
        assert report_broken(instance, warehouse) == 2
        assert report_broken(instance, warehouse) == 0
        keys = [dg.AssetCheckKey(dg.AssetKey(name), LOADS) for name in warehouse.broken]
        told = instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
        evaluations = [execution.evaluation for execution in told.values()]
        assert len(evaluations) == 2
        for evaluation in evaluations:
            assert isinstance(evaluation, dg.AssetCheckEvaluation)
            assert not evaluation.passed
            assert evaluation.severity is dg.AssetCheckSeverity.ERROR
            assert "some_day" in (evaluation.description or "")
