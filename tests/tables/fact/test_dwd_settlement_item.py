from datetime import timedelta

from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_settlement_item import dwd_settlement_item

SETTLED = at("2026-01-10 02:00")
ORDERED = DAY - timedelta(days=7)


def settlement(settlement_no="S1", **values):
    return {
        "settlement_no": settlement_no,
        "period_date": ORDERED,
        "settled_at": SETTLED,
        **values,
    }


def item(order_no="A", line_no=1, **values):
    return {
        "settlement_no": "S1",
        "order_no": order_no,
        "line_no": line_no,
        "settled_at": SETTLED,
        "updated_at": SETTLED,
        **values,
    }


def settled(*items, settlements=None):
    known = [settlement()] if settlements is None else settlements
    inputs = {"ods_settlement_item": list(items), "ods_settlement": known}
    return run_sql(dwd_settlement_item, inputs)


def test_a_line_carries_the_day_it_was_ordered_on():
    rows = settled(
        item(
            gross_amount="100.00",
            commission_amount="5.00",
            refund_amount="20.00",
            subsidy_amount="2.50",
            seller_payable_amount="77.50",
        )
    )
    expect(
        rows,
        [
            {
                "settlement_no": "S1",
                "order_line_id": "A-1",
                "ordered_date": ORDERED,
                "seller_payable_amount": "77.50",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dwd_settlement_item, rows) == set()


def test_a_line_settled_again_in_another_settlement_is_a_row_of_its_own():
    again = item(settlement_no="S2", gross_amount=3)
    rows = settled(item(gross_amount=5), again, settlements=[settlement(), settlement("S2")])
    expect(
        rows,
        [{"settlement_no": "S1", "gross_amount": 5}, {"settlement_no": "S2", "gross_amount": 3}],
    )
    assert "unique_key" not in broken_rules(dwd_settlement_item, rows)


def test_a_corrected_line_counts_once_with_its_latest_figures():
    corrected = item(
        commission_amount=4, updated_at=SETTLED + timedelta(hours=1), dt=DAY + timedelta(days=2)
    )
    twice = [settlement(), settlement(dt=DAY + timedelta(days=1))]
    rows = settled(item(commission_amount=5), corrected, settlements=twice)
    expect(rows, [{"order_line_id": "A-1", "commission_amount": 4, "ordered_date": ORDERED}])


def test_a_line_of_an_unknown_settlement_is_kept_and_reported():
    rows = settled(item(), settlements=[])
    expect(rows, [{"order_line_id": "A-1", "ordered_date": None}])
    assert broken_rules(dwd_settlement_item, rows) == {"settlement_known"}


def test_a_line_refunded_in_full_may_leave_the_seller_owing_the_commission():
    values = {"gross_amount": 10, "commission_amount": 1, "refund_amount": 10}
    rows = settled(item(seller_payable_amount=-1, **values))
    expect(rows, [{"seller_payable_amount": -1}])
    assert broken_rules(dwd_settlement_item, rows) == set()


def test_what_does_not_add_up_is_shown_and_reported():
    rows = settled(item(gross_amount=10, seller_payable_amount="9.99"))
    expect(rows, [{"seller_payable_amount": "9.99"}])
    assert broken_rules(dwd_settlement_item, rows) == {"payable_adds_up"}
