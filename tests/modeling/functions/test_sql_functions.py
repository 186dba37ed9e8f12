"""Functions are found by looking, checked at load, and part of the version of who calls them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tables.run_sql import known_tables
from warehouse_assets.modeling.functions import registry
from warehouse_assets.modeling.functions.registry import sql_functions, version
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.function_checks import check_functions
from warehouse_assets.modeling.sql.code_version import code_version

_NUMBERS = itertools.count()

DOUBLED = """from warehouse_assets.modeling import sql_function

doubled = sql_function(
    "Twice the amount.",
    parameters={"amount": "DECIMAL(18,2)"},
    returns="DECIMAL(18,2)",
    body="CAST(2 * amount AS DECIMAL(18,2))",
)
"""
AFTER_TAX = (
    DOUBLED.replace("doubled", "after_tax").replace("2 * amount", "doubled(amount) - amount")
)  # fmt: skip

Check = Callable[[Mapping[str, str]], None]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Write modules (name -> text) into the folder of functions, and check them."""

    def written(modules: Mapping[str, str]) -> None:
        package = f"written_functions_{next(_NUMBERS)}"
        folder = tmp_path / package / "functions"
        folder.mkdir(parents=True)
        for init in (folder.parent, folder):
            (init / "__init__.py").touch()
        for name, text in modules.items():
            (folder / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        try:
            check_functions(package)
        finally:
            for name in [name for name in sys.modules if name.startswith(package)]:
                del sys.modules[name]

    return written


def test_functions_may_call_each_other_whatever_their_names(check: Check) -> None:
    check({"doubled": DOUBLED, "after_tax": AFTER_TAX})


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("doubled", DOUBLED.replace("2 * amount", "2 * amont"), "amont"),
        ("doubled", DOUBLED.replace("2 * amount", "thrice(amount)"), "thrice"),
        ("doubled", DOUBLED.replace('returns="DECIMAL(18,2)"', 'returns="BIGINT"'),
         "gives DECIMAL(18,2), not BIGINT"),
        ("doubled", DOUBLED.replace('{"amount"', '{"rate": "BIGINT", "amount"'),
         "parameter rate is not used"),
        ("doubled", DOUBLED.replace('"Twice the amount."', '""'), "has no description"),
        ("doubled", DOUBLED.replace("2 * amount", "doubled(amount)"), "calls itself in the end"),
        ("doubled", DOUBLED + DOUBLED.replace("2 *", "3 * amont *").replace("doubled", "tripled"),
         "doubled.py:15: tripled: "),
        ("again", DOUBLED.replace("doubled = ", "divide_money = "), "the name is taken by a func"),
        ("lower", DOUBLED.replace("doubled", "lower"), "the engine has a function of that name"),
        ("divide_rate", DOUBLED.replace("doubled", "divide_rate"), "the name is taken"),
        ("doubled", "1 + '1'", "TypeError"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_module(check: Check, name: str, text: str, said: str) -> None:
    with pytest.raises(LoadError) as raised:
        check({name: text})
    assert f"{name}.py" in str(raised.value)
    assert said in str(raised.value)


def test_a_change_is_one_of_every_table_that_calls_it_also_through_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def versions() -> dict[str, str]:
        return {name: code_version(replace(table)) for name, table in known_tables().items()}

    before, known = versions(), sql_functions()
    changed = {**known, "order_hash": replace(known["order_hash"], body="CAST(user_id AS BIGINT)")}
    monkeypatch.setattr(registry, "sql_functions", lambda: changed)
    differ = {name for name, each in versions().items() if each != before[name]}
    assert differ == {"ads_misplaced_order", "ods_order"}


def test_the_version_is_of_what_is_called() -> None:
    assert version(["SELECT 1"]) == version(["SELECT sum(x)"])
    assert version(["SELECT business_date(x)"]) == version(["SELECT BUSINESS_DATE (y)"])
    assert version(["SELECT business_date(x)"]) != version(["SELECT divide_rate(x, y)"])
