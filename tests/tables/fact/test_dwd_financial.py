import pytest

from resources.lake.model.window import Window
from tests.tables.fact.money_events import NOON, after, before, events, order, payment, settled
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_financial import dwd_financial


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
