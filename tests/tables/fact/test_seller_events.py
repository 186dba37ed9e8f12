"""Money events of sellers, in dwd_financial: what they are settled, and what the bank pays them."""

from decimal import Decimal

import pytest

from tests.tables.fact.money_events import before, events, settled
from tests.tables.run_sql import DAY, at, expect


def test_the_parts_of_a_settled_line_sum_to_what_the_seller_is_paid():
    item = settled(
        gross_amount=100,
        commission_amount=5,
        refund_amount=20,
        subsidy_amount="2.50",
        seller_payable_amount="77.50",
    )
    rows = events(dwd_settlement_item=[item])
    dates = {"ordered_date": before(7), "settled_date": DAY, "seller_id": 3}
    expect(
        rows,
        [
            {"money_event_id": "settlement:S1:A-1", "signed_amount": -80, **dates},
            {"money_event_id": "commission:S1:A-1", "signed_amount": 5, **dates},
            {"money_event_id": "coupon_subsidy:S1:A-1", "signed_amount": "-2.50", **dates},
        ],
    )
    assert sum(row["signed_amount"] for row in rows) == -Decimal(item["seller_payable_amount"])


def test_a_line_without_coupon_has_no_subsidy():
    rows = events(dwd_settlement_item=[settled(gross_amount=10, commission_amount=1)])
    assert {row["event_type"] for row in rows} == {"settlement", "commission"}


def paid_out(entry_no="B1", **values):
    return {
        "entry_no": entry_no,
        "bank_reference": "S1",
        "direction": "out",
        "amount": 80,
        **values,
    }


def settlement(**values):
    return {
        "settlement_no": "S1",
        "seller_id": 3,
        "settled_at": at("2026-01-09 02:00"),
        "dt": before(1),
        **values,
    }


def test_what_the_bank_pays_under_a_settlements_number_is_paid_to_its_seller():
    rows = events(
        dwd_bank_entry=[
            paid_out(),
            paid_out("B2", bank_reference="X"),
            paid_out("B3", bank_reference=None),
            paid_out("B4", direction="in"),
        ],
        ods_settlement=[settlement()],
    )
    expect(
        rows,
        [
            {
                "money_event_id": "seller_payout:B1",
                "event_type": "seller_payout",
                "direction": "out",
                "amount": 80,
                "signed_amount": -80,
                "business_type": "settlement",
                "business_no": "S1",
                "seller_id": 3,
                "settled_date": before(1),
                "dt": DAY,
            }
        ],
    )


def test_a_settlement_that_was_delivered_twice_is_paid_out_once():
    told = [settlement(), settlement(dt=DAY)]
    rows = events(dwd_bank_entry=[paid_out()], ods_settlement=told)
    assert [row["money_event_id"] for row in rows] == ["seller_payout:B1"]


@pytest.mark.parametrize(("days", "count"), [(30, 1), (31, 0), (-1, 0)])
def test_a_settlement_is_looked_for_thirty_days_back(days, count):
    rows = events(dwd_bank_entry=[paid_out()], ods_settlement=[settlement(dt=before(days))])
    assert len(rows) == count
