"""Every built-in check of pandera that a contract may use says of each value what pandera says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb
import pytest

from resources.lake.model.table_spec import Rule, Severity
from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse

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
