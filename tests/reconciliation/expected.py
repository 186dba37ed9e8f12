"""What each kind of error must look like in the results of each rule."""

from __future__ import annotations

from collections.abc import Mapping

SCENARIO_OF: Mapping[str, int] = {
    "rec_order_line": 1,
    "rec_order_payment": 2,
    "rec_payment_bill": 3,
    "rec_refund_bill": 4,
    "rec_refund_payment": 5,
    "rec_refund_after_sale": 6,
    "rec_channel_fee": 7,
    "rec_bill_summary": 8,
    "rec_bill_payout": 9,
    "rec_payout_bank": 10,
    "rec_settlement_line": 11,
    "rec_commission": 12,
    "rec_coupon": 13,
    "rec_points": 14,
    "rec_wallet": 15,
    "rec_wallet_balance": 15,
    "rec_shipment_stock": 16,
    "rec_invoice": 17,
    "rec_journal_ledger": 18,
    "rec_seller_payout": 18,
}
"""The scenario that each rule is. 15 has two rules, and so has 18: the ledger shows that the bank
paid sellers something else, and not whom."""

AMOUNT = ("amount_mismatch",)
CURRENCY = ("currency_mismatch",)
# An order of several payments, of which one is not there, has less than it owes.
_NOT_PAID = ("left_only", "amount_mismatch")

STATES: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "order_header_amount": {1: AMOUNT},
    "payment_missing": {
        2: _NOT_PAID,
        3: ("right_only",),
        5: ("left_only",),
        15: ("left_only",),
        17: _NOT_PAID,
    },
    "payment_amount": {2: AMOUNT, 3: AMOUNT, 15: AMOUNT, 17: AMOUNT},
    "payment_with_interest": {2: AMOUNT, 3: AMOUNT, 15: AMOUNT, 17: AMOUNT},
    "payment_currency": {
        # One of two payments, or that of an order which never said that it was paid.
        2: ("currency_mismatch", "amount_mismatch", "right_only"),
        3: CURRENCY,
        5: CURRENCY,
        15: CURRENCY,
        17: ("currency_mismatch", "left_only", "right_only", "amount_mismatch"),
    },
    "bill_next_day": {3: ("timing",)},
    "bill_missing": {3: ("left_only",)},
    "bill_extra": {3: ("right_only",)},
    "bill_duplicate": {3: ("duplicate_right",)},
    "bill_amount": {3: AMOUNT},
    "bill_status": {3: ("status_mismatch",)},
    "bill_currency": {3: CURRENCY},
    "refund_bill_missing": {4: ("left_only",)},
    "refund_bill_amount": {4: AMOUNT},
    "refund_fee_kept": {4: ("fee_mismatch",), 7: ("fee_mismatch",)},
    "chargeback_missing": {4: ("right_only",), 17: ("left_only", "amount_mismatch")},
    "fee_rate_wrong": {7: ("fee_mismatch",)},
    "refund_exceeds_payment": {4: AMOUNT, 5: AMOUNT, 6: AMOUNT, 11: AMOUNT, 15: AMOUNT, 17: AMOUNT},
    "refund_without_after_sale": {6: ("left_only", "right_only", "amount_mismatch")},
    "after_sale_amount": {6: AMOUNT},
    "payout_missing": {10: ("right_only", "amount_mismatch", "ambiguous")},
    "payout_net_wrong": {10: ("amount_mismatch", "left_only", "right_only")},
    "bank_credit_missing": {10: ("left_only",)},
    "bank_amount": {10: ("amount_mismatch", "left_only", "right_only")},
    "seller_payout_missing": {18: ("left_only",)},
    "seller_payout_amount": {18: AMOUNT},
    "settlement_net_wrong": {11: AMOUNT},
    "shipment_told_lost": {11: ("left_only",)},
    "commission_rate_wrong": {12: AMOUNT},
    "coupon_use_missing": {13: ("right_only", "amount_mismatch")},
    "coupon_use_wrong": {13: AMOUNT},
    "coupon_bearer_wrong": {13: AMOUNT},
    "points_missing": {14: ("right_only",)},
    "points_wrong": {14: AMOUNT},
    "wallet_amount_wrong": {15: AMOUNT},
    "wallet_balance_wrong": {15: AMOUNT},
    "shipment_quantity_wrong": {16: AMOUNT},
    "stock_out_missing": {16: ("left_only", "amount_mismatch")},
    "invoice_amount_wrong": {17: AMOUNT},
    "invoice_tax_wrong": {17: AMOUNT},
}
"""The states of an item, by kind and scenario, where the row has no other error.

Where it has, the state is that of the error that is judged first. Two states where either may be:
of a sum of several rows one that lacks is a lower amount, of a single one the other side stands
alone. Rules that compare sums are not here, but in sums.py; of 18 there is the one that is none.
"""


def states(scenario: int, kind: str) -> tuple[str, ...]:
    """The states that an error of the kind may have in a scenario; none if it is not seen there."""
    return STATES.get(kind, {}).get(scenario, ())


MARGIN_DAYS: Mapping[str, int] = {
    "rec_order_payment": 1,
    "rec_payment_bill": 3,
    "rec_refund_bill": 3,
    "rec_refund_after_sale": 3,
    "rec_bill_payout": 3,
    "rec_payout_bank": 5,
    "rec_coupon": 1,
    "rec_points": 1,
    "rec_wallet": 1,
    "rec_wallet_balance": 1,
    "rec_shipment_stock": 1,
    "rec_seller_payout": 3,
}
"""Days at the end whose errors and items are not judged, by rule; none where it is not named.

A difference is one once the other side can no longer come: after as many days as the rule lets an
item be open. For bills of refunds and for invoices that is 7 and 30 days, meant for sources slower
than the shop's: its bills are three days late at most, its invoices come with what they are about.
A line is settled a week after its order, and what is compared of it is dated by the settlement.
"""

LATER_DAYS: Mapping[int, Mapping[str, int]] = {
    5: {"payment_missing": 7, "payment_currency": 7},
    11: {"shipment_told_lost": 7, "refund_exceeds_payment": 7},
    17: {
        "payment_missing": 7,
        "payment_amount": 7,
        "payment_currency": 7,
        "payment_with_interest": 7,
    },
}
"""Days after an error until what shows it is there: the refund of a payment, the settlement of what
was shipped, the invoice of an order. That they come is what the truth says; when, the shop."""

AMOUNT_COLUMNS = (
    "amount",
    "approved_amount",
    "coupon_amount",
    "gross_amount",
    "invoice_amount",
    "net_amount",
    "paid_amount",
    "payable_amount",
    "quantity",
    "quantity_change",
    "refund_amount",
)
"""Columns of truth that are compared as an amount or quantity, so that two errors may cancel."""
