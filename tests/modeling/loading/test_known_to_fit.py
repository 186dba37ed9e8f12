"""Declarations that passed their checks are not checked again, and any others are."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.modeling.conftest import DWD, HEADER, ORDERS, changed
from tests.modeling.loading.mistakes import MISTAKES
from warehouse_assets.modeling.declaration.metric_library import metric_library
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading import check_warehouse, load_warehouse
from warehouse_assets.modeling.loading.find_tables import find_tables
from warehouse_assets.modeling.loading.load_warehouse import known_or_checked_warehouse
from warehouse_assets.modeling.sql.code_version import code_version

PACKAGE = "kept_project"
METRICS = (
    HEADER
    + """
order_count = metric("Orders", "COUNT(order_no)", over="dwd_order", unit="count",
                     dates={"ordered": "dt"}, owner="team:trade")
"""
)
PROJECT = {"ods/ods_order": ORDERS, "fact/dwd_order": DWD, "metrics/trade": METRICS}
Load = Callable[[Mapping[str, str]], Warehouse]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write the modules in one place, again and again, and load them as a new process would."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(tmp_path)
    root = tmp_path / PACKAGE

    def write_and_load(modules: Mapping[str, str]) -> Warehouse:
        shutil.rmtree(root, ignore_errors=True)
        for folder in (".", "ods", "dim", "fact", "ads", "metrics"):
            (root / folder).mkdir(parents=True, exist_ok=True)
            (root / folder / "__init__.py").touch()
        for place, text in modules.items():
            (root / f"{place}.py").write_text(text)
        for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
            monkeypatch.delitem(sys.modules, name)
        importlib.invalidate_caches()
        metric_library.cache_clear()
        return known_or_checked_warehouse(find_tables(PACKAGE), metric_library(PACKAGE))

    return write_and_load


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tables whose SQL was checked."""
    names: list[str] = []
    check = check_warehouse.check_statements

    def noted(table: Table, *rest: object) -> None:
        names.append(table.name)
        check(table, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(check_warehouse, "check_statements", noted)
    return names


def test_what_fitted_is_not_checked_again(load: Load, checked: list[str]) -> None:
    first = load(PROJECT)
    assert checked == ["ods_order", "dwd_order"]
    again = load(PROJECT)
    assert checked == ["ods_order", "dwd_order"]
    assert list(again.tables) == list(first.tables)
    assert {name: code_version(table) for name, table in again.tables.items()} == {
        name: code_version(table) for name, table in first.tables.items()
    }
    assert again.metrics == first.metrics


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_whatever_fitted_before(load: Load, mistake: str) -> None:
    item = {"ods/ods_item": ORDERS.replace("ods_order", "ods_item")}
    sound = {**PROJECT, **item, "metrics/trade": HEADER}
    load(sound)
    module, _, words = MISTAKES[mistake]
    for _ in range(2):
        with pytest.raises(LoadError) as raised:
            load({**sound, "fact/dwd_order": module})
        assert all(word in str(raised.value) for word in words)


@pytest.mark.parametrize(
    ("place", "old", "new", "found"),
    [
        ("metrics/trade", "COUNT(order_no)", "COUNT(order_nr)", "order_nr"),
        ("metrics/trade", '"ordered": "dt"', '"ordered": "day"', "no column day"),
        ("ods/ods_order", "order_no: Text", "order_nr: Text", "order_no"),
        (
            "ods/ods_order",
            'Money = column("What was paid", ge=0)',
            'Timestamp = column("Paid")',
            "clock zone",
        ),
        ("ods/ods_order", "team:trade", "trade", "owner"),
    ],
)
def test_a_change_elsewhere_is_checked_against_what_stayed(
    load: Load, place: str, old: str, new: str, found: str
) -> None:
    load(PROJECT)
    with pytest.raises(LoadError, match=found):
        load({**PROJECT, place: changed(PROJECT[place], old, new)})


def test_other_code_checks_again(
    load: Load, checked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(PROJECT)
    monkeypatch.setattr(load_warehouse, "code_digest", lambda: "another")
    load(PROJECT)
    assert checked == ["ods_order", "dwd_order"] * 2


def test_without_a_cache_folder_everything_is_checked(
    load: Load, checked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    load(PROJECT)
    load(PROJECT)
    assert checked == ["ods_order", "dwd_order"] * 2
