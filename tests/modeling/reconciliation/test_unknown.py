"""What is not known of a row agrees with nothing: it is told, and never counts as 0."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from resources.errors import DataError
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.modeling.reconciliation.rules import NAME, RULE, bill, payment, rule_table, run_days
from tests.reporting.reconciled_lake import ReconciledLake
from tests.tables.run_sql import DAY, Row, known_tables
from warehouse_assets.modeling import figure, match_key
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
from warehouse_assets.modeling.declaration.warehouse import Warehouse

MERCHANT = match_key("merchant", left=("merchant_no",), right=("merchant_no",))
NOTHING = Decimal(0)


def with_fee() -> dict[str, Any]:
    return {
        "left": replace(RULE.left, fee="installment_interest_amount"),
        "right": replace(RULE.right, fee="fee_amount"),
    }


def with_figure() -> dict[str, Any]:
    return {
        "left": replace(RULE.left, figures={"cost": figure("installment_interest_amount")}),
        "right": replace(RULE.right, figures={"cost": figure("fee_amount")}),
    }


def paid(number: str, amount: str, fee: Decimal | None) -> Row:
    return payment(number, amount, installment_interest_amount=fee)


@pytest.mark.parametrize(
    ("compared", "name", "state"),
    [(with_fee(), "fee", "fee_mismatch"), (with_figure(), "cost", "amount_mismatch")],
    ids=["fee", "figure"],
)
def test_a_fee_or_figure_that_is_not_known_is_not_0(
    compared: dict[str, Any], name: str, state: str
) -> None:
    rows = {
        "dwd_payment": [paid("1", "5.00", None)],
        "dwd_channel_bill": [bill("1", "5.00", fee_amount=NOTHING)],
    }
    for [item] in run_days(rule_table(**compared), rows, days=3).values():
        assert (item["state"], item["figure"], item["is_open"]) == (state, name, True)
        assert item["explanation"] == f"{name} of what was paid is not known"


def test_what_was_not_known_when_it_was_carried_on_is_not_0_later() -> None:
    rows = {
        "dwd_payment": [paid("1", "5.00", None)],
        "dwd_channel_bill": [bill("1", "5.00", fee_amount=NOTHING, day=1)],
    }
    days = run_days(rule_table(**with_fee()), rows, days=2)
    [item] = days[DAY + timedelta(days=1)]
    assert (item["state"], item["left_fee_amount"]) == ("fee_mismatch", None)


@pytest.mark.parametrize("compared", [with_fee(), with_figure()], ids=["fee", "figure"])
def test_of_a_sum_each_row_has_to_be_known(compared: dict[str, Any]) -> None:
    """What the others have cannot make up for it, on one side or on both."""
    table = rule_table(match="n:m", passes=(MERCHANT,), **compared)
    one_is_not_known = [paid("1", "2.00", None), paid("2", "3.00", Decimal("1.00"))]
    billed = [bill("x", "5.00", fee_amount=Decimal("1.00"))]
    rows = {"dwd_payment": one_is_not_known, "dwd_channel_bill": billed}
    [item] = run_days(table, rows)[DAY]
    assert (item["left_count"], item["is_open"]) == (2, True)
    known = [paid("1", "2.00", NOTHING), one_is_not_known[1]]
    [item] = run_days(table, {**rows, "dwd_payment": known})[DAY]
    assert item["state"] == "matched"


def test_rows_of_several_statuses_are_not_the_same_as_others_of_several() -> None:
    statuses = {
        "left": replace(RULE.left, status="order_no"),
        "right": replace(RULE.right, status="channel_transaction_no"),
    }
    table = rule_table(match="n:m", passes=(MERCHANT,), **statuses)
    payments = [payment("1", "2.00", order_no="paid"), payment("2", "3.00", order_no="failed")]
    for words in (("paid", "refunded"), ("paid", "failed"), ("paid", "paid")):
        bills = [
            bill(str(number), amount, channel_transaction_no=word)
            for number, (amount, word) in enumerate(zip(("2.00", "3.00"), words, strict=True))
        ]
        rows = {"dwd_payment": payments, "dwd_channel_bill": bills}
        days = run_days(table, rows, days=2)
        assert [each["state"] for [each] in days.values()] == ["status_mismatch"] * 2
    alike = [payment(str(number), "2.50", order_no="paid") for number in range(2)]
    bills = [bill(str(number), "2.50", channel_transaction_no="paid") for number in range(2)]
    [item] = run_days(table, {"dwd_payment": alike, "dwd_channel_bill": bills})[DAY]
    assert item["state"] == "matched"


@pytest.mark.parametrize(("column", "named"), [("amount", "an amount"), ("row", "an id")])
def test_a_row_without_an_amount_or_an_id_is_refused(
    column: str, named: str, tmp_path: Path
) -> None:
    """Not counted as 0: the run says which row it is, and what was published stays."""
    unknown = "CASE WHEN payment_no <> 'P2' THEN {0} END"
    left = replace(RULE.left, **{column: unknown.format(getattr(RULE.left, column))})
    warehouse = Warehouse({**known_tables(), NAME: rule_table(left=left)}, MetricLibrary({}))
    lake = ReconciledLake(Settings(home=tmp_path, first_date=DAY, threads=1), warehouse)
    window = Window.of_day(DAY)
    lake.give("dwd_payment", [payment("1", "5.00"), payment("2", "0.00")], window)
    lake.give("dwd_channel_bill", [bill("1", "5.00"), bill("2", "0.00")], window)
    lake.give("dwd_manual_adjustment", [], window)
    lake.run("ods_reconciliation_decision", window)
    with pytest.raises(DataError) as raised:
        lake.run(NAME, window)
    text = str(raised.value)
    assert NAME in text
    assert str(DAY) in text
    assert f"rows of the left without {named}: 1" in text
    assert "of dwd_payment is NULL" in text
    assert "Next step: " in text
    assert lake.rows(NAME) == []
