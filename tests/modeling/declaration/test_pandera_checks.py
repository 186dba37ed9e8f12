"""Every built-in check of pandera that a contract may use says of each value what pandera says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from resources.lake.model.table_spec import Rule, Severity
from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse, changed, line_of
from warehouse_assets.modeling.declaration.checks import column_checks
from warehouse_assets.modeling.load_errors import LoadError

AMOUNTS = [Decimal("-0.01"), Decimal("0.00"), Decimal("5.00"), Decimal("5.01"), None]
TEXTS = ["", "A", "B1", "CCC", None]

# (declaration, the values that break it)
AMOUNT_CHECKS: dict[str, Sequence[Decimal]] = {
    "ge=0": AMOUNTS[:1],
    "gt=0": AMOUNTS[:2],
    "le=5": AMOUNTS[3:4],
    "lt=5": AMOUNTS[2:4],
    "eq=5": [AMOUNTS[0], AMOUNTS[1], AMOUNTS[3]],
    "ne=5": AMOUNTS[2:3],
    'in_range={"min_value": 0, "max_value": 5}': [AMOUNTS[0], AMOUNTS[3]],
}
TEXT_CHECKS: dict[str, Sequence[str]] = {
    'isin=["A", "CCC"]': ["", "B1"],
    'notin=["A"]': ["A"],
    'str_matches="[A-Z]"': [""],
    'str_startswith="B"': ["", "A", "CCC"],
    'str_endswith="1"': ["", "A", "CCC"],
    'str_contains="C"': ["", "A", "B1"],
    'str_length={"min_value": 1, "max_value": 2}': ["", "CCC"],
}


def only_rule(write: WriteWarehouse, old: str, new: str) -> Rule:
    text = DWD.replace(old, new)
    warehouse = write({"ods/ods_order": ORDERS, "fact/dwd_order": text})
    return next(rule for rule in warehouse.table("dwd_order").spec.rules if rule.column in new)


def broken(rule: Rule, column: str, type_name: str, values: Sequence[object]) -> list[object]:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE staged ({column} {type_name})")
        connection.executemany("INSERT INTO staged VALUES (?)", [[value] for value in values])
        found = connection.execute(
            f"SELECT {column} FROM staged WHERE NOT ({rule.expression})"
        ).fetchall()
    return [row[0] for row in found]


@pytest.mark.parametrize("declared", AMOUNT_CHECKS)
def test_checks_of_amounts(declared: str, write_warehouse: WriteWarehouse) -> None:
    new = f'pay_amount: Money = column("What was paid", {declared})'
    old = 'pay_amount: Money = column("What was paid", ge=0)'
    rule = only_rule(write_warehouse, old, new)
    assert broken(rule, "pay_amount", "DECIMAL(18,2)", AMOUNTS) == AMOUNT_CHECKS[declared]


@pytest.mark.parametrize("declared", TEXT_CHECKS)
def test_checks_of_texts(declared: str, write_warehouse: WriteWarehouse) -> None:
    new = f'order_no: Text = key("Order number", {declared})'
    rule = only_rule(write_warehouse, 'order_no: Text = key("Order number")', new)
    assert broken(rule, "order_no", "VARCHAR", TEXTS) == TEXT_CHECKS[declared]


def test_a_bound_can_be_proven_by_statistics(write_warehouse: WriteWarehouse) -> None:
    old = 'pay_amount: Money = column("What was paid", ge=0)'
    low = only_rule(write_warehouse, old, old.replace("ge=0", "ge=1"))
    high = only_rule(write_warehouse, old, old.replace("ge=0", "le=100"))
    assert (low.minimum, low.maximum) == ("1", None)
    assert (high.minimum, high.maximum) == (None, "100")


def test_a_warning_is_shown_and_does_not_block(write_warehouse: WriteWarehouse) -> None:
    old = 'pay_amount: Money = column("What was paid", ge=0)'
    rule = only_rule(write_warehouse, old, old.replace("ge=0", "ge=0, raise_warning=True"))
    assert (rule.check, rule.severity) == ("unusual_values", Severity.WARN)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("gee=0", "there is no check gee: did you mean ge?"),
        ("ge='0'", "column pay_amount is Money, and ge='0' compares it with '0'"),
        ("le='0'", 'Write it with whole numbers or Decimal("0.05").'),
        ("ge=0.5", "compares it with 0.5"),
        ('isin="paid"', "isin is 'paid': write the values as isin="),
        ("in_range=5", "in_range is 5: write in_range="),
        ('str_matches="[A-Z]"', "is for texts"),
        ('str_matches="("', "no regular expression"),
    ],
)
def test_a_check_that_does_not_fit_names_its_line(
    declared: str, told: str, write_warehouse: WriteWarehouse
) -> None:
    old = 'pay_amount: Money = column("What was paid", ge=0)'
    text = changed(DWD, old, old.replace("ge=0", declared))
    line = line_of(text, "pay_amount: Money")
    with pytest.raises(LoadError) as raised:
        write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_order": text})
    assert f"dwd_order.py:{line}: dwd_order: " in str(raised.value)
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"ge": 0}, "≥ 0"),
        ({"isin": ["b", "a"]}, "one of b, a"),
        ({"isin": {"b", "a"}}, "one of a, b"),
        ({"le": 1, "raise_warning": True}, "usually ≤ 1"),
        ({"in_range": {"min_value": 0, "max_value": 5}}, "in_range(min_value=0, max_value=5)"),
    ],
)
def test_checks_in_words(declared: dict[str, object], words: str) -> None:
    assert [str(check) for check in column_checks(declared)] == [words]


def test_only_one_module_knows_pandera(project_root: Path) -> None:
    """And declaring tables does not import it: it takes as long as everything else together."""
    sources = [
        path
        for folder in ("resources", "warehouse_assets", "examples")
        for path in (project_root / folder).rglob("*.py")
        if re.search(r"^\s*(import|from) (pandera|ibis)\b", path.read_text(), re.M)
    ]
    assert [path.name for path in sources] == ["pandera_checks.py"]
    code = (
        "import sys; from warehouse_assets.modeling.loading.find_tables import find_tables; "
        "print(sum(len(table.columns) for table in find_tables()), "
        "sorted({'pandera', 'ibis', 'pandas', 'numpy', 'duckdb', 'sqlglot'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project_root, capture_output=True, text=True, check=True
    )
    columns, _, modules = done.stdout.strip().partition(" ")
    assert int(columns) > 500
    assert modules == "[]"
