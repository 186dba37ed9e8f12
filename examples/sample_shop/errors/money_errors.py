"""Errors of payments, refunds, wallets, payouts, the bank, settlements, invoices and the ledger."""

from __future__ import annotations

from examples.sample_shop.errors.kind import (
    MORE_MONEY,
    Effect,
    ErrorKind,
    ErrorSource,
    raised,
    seen,
)

_CAPTURED = "payment_status = 'captured'"
_TO_SELLER = "coalesce(bank_reference, '') LIKE 'S%'"
_FROM_CHANNEL = f"NOT ({_TO_SELLER})"
_ONE_PERCENT = "(gross_amount * 0.01)::DECIMAL(18, 2)"

_BOOKED_COMMISSION = seen(18, where=f"{_ONE_PERCENT} <> 0")
_WITH_INTEREST = f"{_CAPTURED} AND installment_interest_amount > 0.01"
_ANOTHER_CURRENCY = "CASE currency WHEN 'USD' THEN 'HKD' ELSE 'USD' END"
_SUCCEEDED = "refund_status = 'succeeded'"
_OF_AFTER_SALE = "after_sale_no IS NOT NULL"
# The slice of orders that a row is written with is there to be asked.
_BILLED = "payment_method <> 'wallet'"
_BY_WALLET = "payment_method = 'wallet'"
_INVOICED = """order_no IN (
    SELECT order_no FROM order_base WHERE delivered_at IS NOT NULL AND is_invoiced(order_key)
)"""
_REFUNDED = "payment_no IN (SELECT payment_no FROM refund_base WHERE is_succeeded)"
_SETTLED = f"""{_OF_AFTER_SALE} AND after_sale_no IN (
    SELECT after_sale_no FROM after_sale_base WHERE delivered_at IS NOT NULL
)"""
_PAID = (
    *seen(3, where=_BILLED),
    *seen(15, where=_BY_WALLET),
    *seen(17, where=_INVOICED),
    *seen(18),
)

MONEY_ERRORS = (
    ErrorSource(
        sources=("payment_center/payment",),
        chosen_by=("payment_no",),
        keys=("payment_no", "order_no", "outward_no"),
        told=("paid_amount", "payment_method", "paid_at"),
        kinds=(
            ErrorKind("payment_missing", "that a payment was captured is never told", 2,
                "paid_amount", Effect.MISSING, eligible=_CAPTURED,
                also_seen_by=(*seen(5, where=_REFUNDED), *_PAID)),
            ErrorKind("payment_amount", "another amount is captured than the order owes", 2,
                "paid_amount", changes=raised("paid_amount"), eligible=_CAPTURED,
                also_seen_by=_PAID),
            ErrorKind("payment_currency", "a payment is in another currency than its order", 2,
                "currency", changes={"currency": _ANOTHER_CURRENCY}, eligible=_CAPTURED,
                also_seen_by=(*seen(5, where=_REFUNDED), *_PAID)),
            ErrorKind("payment_with_interest",
                "the interest of instalments is told as money captured", 2,
                "paid_amount", changes=raised("paid_amount", "installment_interest_amount"),
                eligible=_WITH_INTEREST, also_seen_by=_PAID),
        ),
    ),
    ErrorSource(
        sources=("payment_center/refund",),
        chosen_by=("refund_no",),
        keys=("refund_no", "payment_no", "outward_refund_no"),
        told=("refund_amount", "refund_type", "payment_method", "refunded_at"),
        kinds=(
            ErrorKind("chargeback_missing", "that a payment was charged back is never told", 4,
                "refund_amount", Effect.MISSING, eligible="refund_type = 'chargeback'",
                also_seen_by=(*seen(17, where=_INVOICED), *seen(18))),
            ErrorKind("refund_exceeds_payment", "more is refunded than was ever paid", 5,
                "refund_amount", changes=raised("refund_amount", "amount(10000000)"),
                eligible=_SUCCEEDED, also_seen_by=(
                    *seen(4, where=_BILLED),
                    *seen(6, where=_OF_AFTER_SALE),
                    *seen(11, where=_SETTLED),
                    *seen(15, where=_BY_WALLET),
                    *seen(17, where=_INVOICED),
                    *seen(18),
                )),
            ErrorKind("refund_without_after_sale", "a refund names no after-sale", 6,
                "after_sale_no", changes={"after_sale_no": "NULL::VARCHAR"},
                eligible=f"{_OF_AFTER_SALE} AND {_SUCCEEDED}"),
        ),
    ),
    ErrorSource(
        sources=("marketing/wallet_entry",),
        chosen_by=("wallet_entry_no",),
        keys=("wallet_entry_no", "user_id", "business_no"),
        kinds=(
            ErrorKind("wallet_amount_wrong", "the wallet pays another amount than the payment", 15,
                "amount", changes=raised("amount"), eligible="entry_type = 'payment'"),
            ErrorKind("wallet_balance_wrong", "a balance does not follow from the one before", 15,
                "balance_amount", changes=raised("balance_amount"),
                cannot_be_told="Of a user's first two entries it may be either that is wrong."),
        ),
    ),
    ErrorSource(
        sources=("payment_center/payout",),
        chosen_by=("payout_no",),
        keys=("payout_no", "settlement_batch"),
        told=("net_amount", "fee_amount", "paid_out_at"),
        kinds=(
            ErrorKind("payout_missing", "what a channel paid out is not told", 9,
                "net_amount", Effect.MISSING, also_seen_by=seen(10, 18)),
            ErrorKind("payout_net_wrong", "a payout is not the net of its transactions", 9,
                "net_amount", changes=raised("net_amount", MORE_MONEY), also_seen_by=seen(10, 18)),
        ),
    ),
    ErrorSource(
        sources=("bank/statement",),
        chosen_by=("entry_no",),
        keys=("entry_no", "bank_reference"),
        told=("amount", "booked_at"),
        kinds=(
            ErrorKind("bank_credit_missing", "the bank does not credit a payout", 10,
                "amount", Effect.MISSING, eligible=_FROM_CHANNEL),
            ErrorKind("bank_amount", "the bank credits another amount than was paid out", 10,
                "amount", changes=raised("amount", MORE_MONEY), eligible=_FROM_CHANNEL,
                cannot_be_told="A credit without a reference is another one that nobody paid out, "
                "beside one that is missing."),
            ErrorKind("seller_payout_missing", "the bank does not tell that a seller was paid", 18,
                "amount", Effect.MISSING, eligible=_TO_SELLER),
            ErrorKind("seller_payout_amount",
                "the bank pays a seller another amount than was settled", 18,
                "amount", changes=raised("amount", MORE_MONEY), eligible=_TO_SELLER),
        ),
    ),
    ErrorSource(
        sources=("merchant_center/settlement_item",),
        chosen_by=("order_no", "line_no"),
        keys=("settlement_no", "order_no", "line_no"),
        told=("commission_amount", "settled_at"),
        kinds=(
            ErrorKind("settlement_net_wrong", "a settled line is not what its parts make", 11,
                "payable_amount", changes=raised("payable_amount")),
            ErrorKind("commission_rate_wrong", "commission is charged at a rate 1 % above the card",
                12, "commission_rate", also_seen_by=_BOOKED_COMMISSION, changes={
                    "commission_rate": "(commission_rate + 0.01)::DECIMAL(9, 6)",
                    **raised("commission_amount", _ONE_PERCENT),
                    **raised("payable_amount", f"-{_ONE_PERCENT}"),
                }),
        ),
    ),
    ErrorSource(
        sources=("finance/invoice",),
        chosen_by=("invoice_no",),
        keys=("invoice_no", "order_no"),
        kinds=(
            ErrorKind("invoice_amount_wrong", "an invoice is not what was paid", 17,
                "invoice_amount", changes=raised("invoice_amount")),
            ErrorKind("invoice_tax_wrong", "an invoice states another tax than its rate makes", 17,
                "tax_amount", changes=raised("tax_amount")),
        ),
    ),
    ErrorSource(
        sources=("finance/ledger_balance",),
        chosen_by=("account_code", "currency", "updated_at"),
        keys=("account_code", "currency"),
        told=("closing_amount",),
        kinds=(
            ErrorKind("ledger_balance_wrong", "the ledger has a debit that nobody posted", 18,
                "debit_amount",
                changes=raised("debit_amount", MORE_MONEY) | raised("closing_amount", MORE_MONEY)),
        ),
    ),
)  # fmt: skip
