from datetime import timedelta
from decimal import Decimal

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_financial import dwd_financial

NOON = at("2026-01-10 12:00")


def before(days: int):
    return DAY - timedelta(days=days)


def after(days: int):
    return DAY + timedelta(days=days)


def order(order_no="A", **values):
    return {"order_no": order_no, "user_id": 7, "payable_amount": 100, **values}


def payment(payment_no="P1", order_no="A", **values):
    return {
        "payment_no": payment_no,
        "order_no": order_no,
        "user_id": 7,
        "payment_method": "card",
        "paid_amount": 100,
        "paid_at": NOON,
        **values,
    }


def settled(order_no="A", line_no=1, **values):
    return {
        "settlement_no": "S1",
        "order_line_id": f"{order_no}-{line_no}",
        "order_no": order_no,
        "seller_id": 3,
        "ordered_date": before(7),
        **values,
    }


def events(window=None, **inputs):
    rows = run_sql(dwd_financial, inputs, window or Window.of_day(DAY))
    assert broken_rules(dwd_financial, rows) == set()
    return rows


def test_an_order_carries_the_dates_it_is_paid_shipped_and_settled_on():
    shipped = order(paid_at=NOON, shipped_at=at("2026-01-11 09:00"))
    rows = events(dwd_order=[shipped], dwd_settlement_item=[settled(dt=after(7))])
    expect(
        rows,
        [
            {
                "money_event_id": "order:A",
                "event_type": "order",
                "direction": "in",
                "amount": 100,
                "signed_amount": 100,
                "business_type": "order",
                "business_no": "A",
                "order_no": "A",
                "user_id": 7,
                "ordered_date": DAY,
                "paid_date": DAY,
                "shipped_date": after(1),
                "settled_date": after(7),
                "dt": DAY,
            }
        ],
    )


def test_dates_are_looked_for_ten_days_ahead_and_not_one_more():
    rows = events(dwd_order=[order()], dwd_settlement_item=[settled(dt=after(10))])
    expect(rows, [{"settled_date": after(10)}])
    rows = events(dwd_order=[order()], dwd_settlement_item=[settled(dt=after(11))])
    expect(rows, [{"settled_date": None}])


def test_a_range_run_does_not_look_further_than_its_days():
    inputs = {"dwd_order": [order()], "dwd_settlement_item": [settled(dt=after(11))]}
    rows = events(Window.of_days(DAY, after(1)), **inputs)
    expect(rows, [{"money_event_id": "order:A", "settled_date": None}])


def test_a_free_order_is_an_event_of_nothing():
    expect(
        events(dwd_order=[order(payable_amount=0)]),
        [{"money_event_id": "order:A", "direction": "in", "amount": 0, "signed_amount": 0}],
    )


def test_a_split_payment_is_two_events_of_one_order():
    earlier = order(dt=before(1))
    parts = [payment(paid_amount=70), payment("P2", paid_amount=30, payment_method="wallet")]
    expect(
        events(dwd_order=[earlier], dwd_payment=parts),
        [
            {
                "money_event_id": "payment:P1",
                "direction": "in",
                "signed_amount": 70,
                "payment_method": "card",
                "ordered_date": before(1),
                "paid_date": DAY,
                "dt": DAY,
            },
            {
                "money_event_id": "payment:P2",
                "direction": "in",
                "signed_amount": 30,
                "payment_method": "wallet",
                "ordered_date": before(1),
                "paid_date": DAY,
                "dt": DAY,
            },
        ],
    )


def test_a_payment_of_an_unknown_order_is_kept_without_its_date():
    expect(events(dwd_payment=[payment()]), [{"order_no": "A", "ordered_date": None}])


def test_a_refund_over_two_days_is_an_event_on_each():
    def refund(refund_no, **values):
        return {"refund_no": refund_no, "order_no": "A", "refund_amount": 5, **values}

    refunds = [refund("R1", paid_date=before(2)), refund("R2", refund_amount=8, dt=after(1))]
    rows = events(Window.of_days(DAY, after(1)), dwd_order=[order(dt=before(3))],
                  dwd_refund=refunds)  # fmt: skip
    expect(
        rows,
        [
            {
                "money_event_id": "refund:R1",
                "direction": "out",
                "amount": 5,
                "signed_amount": -5,
                "ordered_date": before(3),
                "paid_date": before(2),
                "dt": DAY,
            },
            {
                "money_event_id": "refund:R2",
                "direction": "out",
                "amount": 8,
                "signed_amount": -8,
                "ordered_date": before(3),
                "paid_date": None,
                "dt": after(1),
            },
        ],
    )


def test_a_cancellation_takes_back_what_was_not_paid_until_then():
    cancellation = {"order_no": "A", "user_id": 7, "payable_amount": 100, "cancelled_amount": 70}
    expect(
        events(dwd_order=[order(dt=before(1))], dwd_cancellation=[cancellation]),
        [
            {
                "money_event_id": "cancellation:A",
                "direction": "out",
                "amount": 70,
                "signed_amount": -70,
                "business_type": "order",
                "business_no": "A",
                "user_id": 7,
                "ordered_date": before(1),
                "dt": DAY,
            }
        ],
    )


def transaction(number="C1", bill_type="pay", fee="0.60", **values):
    return {
        "bill_line_id": number,
        "channel_transaction_no": number,
        "channel": "alipay",
        "bill_type": bill_type,
        "is_counted": True,
        "fee_amount": fee,
        **values,
    }


def test_a_fee_given_back_comes_in_also_under_the_number_of_the_payment():
    back = transaction("C1", "refund", "0.06", bill_line_id="R", outward_refund_no="R9")
    expect(
        events(dwd_channel_bill=[transaction(), back]),
        [
            {
                "money_event_id": "channel_fee:alipay:pay:C1",
                "business_no": "C1",
                "direction": "out",
                "signed_amount": "-0.60",
                "payment_method": "alipay",
                "paid_date": DAY,
            },
            {
                "money_event_id": "channel_fee:alipay:refund:C1:R9",
                "business_no": "C1",
                "direction": "in",
                "signed_amount": "0.06",
                "payment_method": "alipay",
                "paid_date": None,
            },
        ],
    )


def test_a_bill_line_that_does_not_count_or_is_free_of_charge_is_no_fee():
    bill = [transaction("C1", is_counted=False), transaction("C2", fee=0)]
    assert events(dwd_channel_bill=bill) == []


def test_a_payout_of_more_refunds_than_payments_goes_out():
    payouts = [
        {"payout_no": "O1", "channel": "card", "batch_date": before(1), "net_amount": 90},
        {"payout_no": "O2", "channel": "card", "batch_date": before(1), "net_amount": -4},
    ]
    expect(
        events(dwd_payout=payouts),
        [
            {"business_no": "O1", "direction": "in", "signed_amount": 90, "paid_date": before(1)},
            {"business_no": "O2", "direction": "out", "signed_amount": -4, "paid_date": before(1)},
        ],
    )


def test_of_the_wallet_only_what_crosses_the_platforms_border_is_an_event():
    def entry(number, entry_type):
        return {"wallet_entry_no": number, "user_id": 7, "entry_type": entry_type, "amount": 5}

    types = ["top_up", "payment", "refund", "withdrawal"]
    entries = [entry(f"W{at}", entry_type) for at, entry_type in enumerate(types)]
    expect(
        events(dwd_wallet_entry=entries),
        [
            {"money_event_id": "wallet_top_up:W0", "signed_amount": 5, "payment_method": "wallet"},
            {
                "money_event_id": "wallet_withdrawal:W3",
                "signed_amount": -5,
                "payment_method": "wallet",
            },
        ],
    )


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


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"paid_at": at("2026-01-09 12:00")}, "paid_after_ordered"),
        ({"shipped_at": at("2026-01-09 12:00")}, "shipped_after_ordered"),
    ],
)
def test_what_happened_before_the_order_is_reported(values, rule):
    rows = run_sql(dwd_financial, {"dwd_order": [order(**values)]})
    assert broken_rules(dwd_financial, rows) == {rule}


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


def test_a_chargeback_is_an_event_of_its_own():
    def refund(number, refund_type):
        return {
            "refund_no": number,
            "refund_type": refund_type,
            "order_no": "A",
            "user_id": 7,
            "payment_method": "card",
            "refund_amount": 30,
        }

    rows = events(dwd_refund=[refund("R1", "after_sale"), refund("R2", "chargeback")])
    found = {row["money_event_id"]: row["signed_amount"] for row in rows}
    assert found == {"refund:R1": -30, "chargeback:R2": -30}
