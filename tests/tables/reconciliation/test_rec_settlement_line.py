from datetime import timedelta

import pytest

from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, at, expect
from warehouse_assets.reconciliation.rec_settlement_line import rec_settlement_line

ORDERED = DAY - timedelta(days=7)
REFUNDED = DAY - timedelta(days=3)


def settled(payable="93.00", no="S1", **values):
    return {
        "settlement_no": no,
        "order_line_id": "A-1",
        "seller_id": 5,
        "ordered_date": ORDERED,
        "commission_amount": "10.00",
        "seller_payable_amount": payable,
        **values,
    }


def refund(amount="20.00", **values):
    return {
        "refund_no": "R1",
        "order_no": "A",
        "after_sale_no": "AS1",
        "refund_amount": amount,
        "dt": REFUNDED,
        **values,
    }


def results(*items, day=DAY, earlier=(), refunds=(), delivered=True, **line):
    after_sale = {"after_sale_no": "AS1", "order_line_id": "A-1", "order_no": "A"}
    return run_day(
        rec_settlement_line,
        {
            "dwd_settlement_item": items,
            "dwd_shipment": [
                {
                    "shipment_no": "H1",
                    "order_line_id": "A-1",
                    "delivered_at": at("2026-01-05 10:00") if delivered else None,
                    "dt": ORDERED,
                }
            ],
            "dwd_order_detail": [
                {
                    "order_line_id": "A-1",
                    "order_no": "A",
                    "seller_id": 5,
                    "category_id": 3,
                    "coupon_id": 9,
                    "coupon_amount": "5.00",
                    "pay_amount": "100.00",
                    "dt": ORDERED,
                    **line,
                }
            ],
            "dwd_refund": refunds,
            "dwd_after_sale": [{**after_sale, "after_sale_status": "approved", "dt": REFUNDED}],
            "dim_coupon": [{"coupon_id": 9, "platform_share_rate": "0.600000", "dt": ORDERED}],
            "dim_commission_rate": [
                {"category_id": 3, "commission_rate": "0.080000", "dt": ORDERED}
            ],
        },
        day,
        earlier,
    )


def test_a_line_is_settled_at_its_price_less_commission_plus_subsidy():
    expect(
        results(settled()),
        [{"state": "matched", "right_amount": "93.00", "left_key": "5|A-1|2026-01-03"}],
    )


def test_a_settled_line_is_not_what_its_parts_make():
    expect(
        results(settled("93.02")),
        [
            {
                "state": "amount_mismatch",
                "open_amount": "0.02",
                "explanation": "owed 0.02 CNY less than settled",
            }
        ],
    )


@pytest.mark.parametrize("after_sale_no", ["AS1", None])
def test_what_was_refunded_is_taken_off_with_or_without_its_after_sale(after_sale_no):
    late = refund("1.00", refund_no="R2", dt=DAY)
    rows = results(settled("73.00"), refunds=[refund(after_sale_no=after_sale_no), late])
    expect(rows, [{"state": "matched", "right_amount": "73.00"}])


def test_a_delivered_line_that_is_not_settled_is_found_and_closed_when_it_is():
    missing = results()
    expect(
        missing,
        [
            {
                "state": "right_only",
                "right_amount": "95.00",
                "explanation": "owed 95.00 CNY, not settled",
            }
        ],
    )
    rows = results(settled("95.00", commission_amount="8.00", dt=NEXT), day=NEXT, earlier=missing)
    expect(rows, [{"state": "timing", "is_open": False}])


def test_a_line_that_was_not_delivered_is_settled():
    rows = results(settled(), delivered=False)
    expect(rows, [{"state": "left_only", "explanation": "settled 93.00 CNY, not owed"}])


def test_a_line_is_settled_with_another_seller_or_again():
    rows = results(settled(seller_id=6))
    expect(rows, [{"state": "left_only"}, {"state": "right_only"}])
    again = settled(no="S2", dt=NEXT)
    rows = results(settled(), again, day=NEXT, earlier=results(settled()))
    expect(rows, [{"state": "duplicate_left", "left_id": "S2:A-1"}])


def test_a_line_is_owed_on_the_day_it_is_due_and_on_no_other():
    for days in (-1, 1):
        assert results(dt=ORDERED + timedelta(days=days)) == []
    expect(results(), [{"state": "right_only", "right_date": DAY}])
