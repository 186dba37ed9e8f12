"""Errors of channel bills and of their summaries."""

from __future__ import annotations

from examples.sample_shop.errors.kind import (
    MORE_MONEY,
    Effect,
    ErrorKind,
    ErrorSource,
    raised,
    seen,
)

_PAYMENT = "outward_refund_no IS NULL AND NOT is_postponed"
_REFUND = "outward_refund_no IS NOT NULL"
_FEE_OF_ONE_PERMILLE = "(gross_amount * 0.001)::DECIMAL(18, 2) + amount(2)"
_TOTALS = seen(8, 9)
_ANOTHER_CURRENCY = "CASE currency WHEN 'USD' THEN 'HKD' ELSE 'USD' END"
# The journal knows a bill by its fees.
_TOTALS_AND_BOOKS = (*_TOTALS, *seen(18, where="fee_amount > 0"))

# First in its source: a row that was taken from a bill is on the next, whatever else is asked for.
BILL_NEXT_DAY = ErrorKind(
    "bill_next_day",
    "a payment is on the bill of the next day",
    scenario=3,
    column="gross_amount",
    effect=Effect.POSTPONED,
    changes={"transaction_at": "transaction_at + INTERVAL 1 DAY"},
    eligible="outward_refund_no IS NULL",
    also_seen_by=_TOTALS_AND_BOOKS,
    cannot_be_told="Until the next bill is there, it is a payment that is not billed.",
)

CHANNEL_ERRORS = (
    ErrorSource(
        sources=("channel/alipay", "channel/wechat_pay", "channel/card"),
        chosen_by=("channel_transaction_no",),
        keys=("merchant_no", "channel_transaction_no", "outward_no", "outward_refund_no"),
        told=("gross_amount", "fee_amount", "transaction_status", "transaction_at"),
        kinds=(
            BILL_NEXT_DAY,
            ErrorKind("bill_missing", "a payment is not on the bill", 3, "gross_amount",
                Effect.MISSING, eligible=_PAYMENT, also_seen_by=_TOTALS_AND_BOOKS),
            ErrorKind("bill_extra", "the bill has a payment that nobody made", 3, "gross_amount",
                Effect.ADDED, {
                    "channel_transaction_no": "'X' || channel_transaction_no",
                    "outward_no": "'X' || outward_no",
                }, _PAYMENT, _TOTALS_AND_BOOKS),
            ErrorKind("bill_duplicate", "a payment is on the bill twice", 3, "gross_amount",
                Effect.ADDED, eligible=_PAYMENT, also_seen_by=seen(8)),
            ErrorKind("bill_amount", "the bill states another amount than was paid", 3,
                "gross_amount", changes=raised("gross_amount"), eligible=_PAYMENT,
                also_seen_by=_TOTALS),
            ErrorKind("bill_status", "the bill says that a payment failed", 3,
                "transaction_status", changes={"transaction_status": "failed_status"},
                eligible=_PAYMENT, also_seen_by=_TOTALS_AND_BOOKS),
            ErrorKind("bill_currency", "the bill states another currency", 3,
                "currency", changes={"currency": _ANOTHER_CURRENCY}, eligible=_PAYMENT,
                also_seen_by=_TOTALS_AND_BOOKS),
            ErrorKind("refund_bill_missing", "a refund is not on the bill", 4, "gross_amount",
                Effect.MISSING, eligible=_REFUND, also_seen_by=_TOTALS_AND_BOOKS),
            ErrorKind("refund_bill_amount", "the bill states another amount than was refunded", 4,
                "gross_amount", changes=raised("gross_amount"), eligible=_REFUND,
                also_seen_by=_TOTALS),
            ErrorKind("refund_fee_kept", "the channel keeps the fee of a refund", 4,
                "fee_amount", changes={"fee_amount": "0::DECIMAL(18, 2)"},
                eligible=f"{_REFUND} AND fee_amount > 0.01", also_seen_by=seen(7, 8, 9, 18)),
            ErrorKind("fee_rate_wrong",
                "the channel charges 0.10 % more than its contract says, and 2 cents", 7,
                "fee_amount", changes=raised("fee_amount", _FEE_OF_ONE_PERMILLE),
                eligible=_PAYMENT, also_seen_by=seen(8, 9, 18)),
        ),
    ),
    ErrorSource(
        sources=("channel/summary",),
        chosen_by=("bill_file", "currency"),
        keys=("channel", "merchant_no", "bill_file", "currency"),
        told=("pay_amount", "net_amount"),
        kinds=(
            ErrorKind("summary_wrong", "a bill's summary is not the sum of its rows", 8,
                "pay_amount",
                changes=raised("pay_amount", MORE_MONEY) | raised("net_amount", MORE_MONEY)),
        ),
    ),
)  # fmt: skip
