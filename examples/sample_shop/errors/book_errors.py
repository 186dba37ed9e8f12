"""Errors of settlements, invoices and the ledger."""

from __future__ import annotations

from examples.sample_shop.errors.kind import MORE_MONEY, ErrorKind, ErrorSource, raised

_ONE_PERCENT = "(gross_amount * 0.01)::DECIMAL(18, 2)"

SETTLEMENT_ERRORS = ErrorSource(
    sources=("merchant_center/settlement_item",),
    chosen_by=("order_no", "line_no"),
    keys=("settlement_no", "order_no", "line_no"),
    kinds=(
        ErrorKind(
            "settlement_net_wrong",
            "a settled line is not what its parts make",
            scenario=11,
            column="payable_amount",
            changes=raised("payable_amount"),
            also_seen_by=(18,),
        ),
        ErrorKind(
            "commission_rate_wrong",
            "commission is charged at a rate 1 % above the card",
            scenario=12,
            column="commission_rate",
            changes={
                "commission_rate": "(commission_rate + 0.01)::DECIMAL(9, 6)",
                **raised("commission_amount", _ONE_PERCENT),
                **raised("payable_amount", f"-{_ONE_PERCENT}"),
            },
            also_seen_by=(18,),
        ),
    ),
)

INVOICE_ERRORS = ErrorSource(
    sources=("finance/invoice",),
    chosen_by=("invoice_no",),
    keys=("invoice_no", "order_no"),
    kinds=(
        ErrorKind(
            "invoice_amount_wrong",
            "an invoice is not what was paid",
            scenario=17,
            column="invoice_amount",
            changes=raised("invoice_amount"),
        ),
        ErrorKind(
            "invoice_tax_wrong",
            "an invoice states another tax than its rate makes",
            scenario=17,
            column="tax_amount",
            changes=raised("tax_amount"),
        ),
    ),
)

LEDGER_ERRORS = ErrorSource(
    sources=("finance/ledger_balance",),
    chosen_by=("account_code", "updated_at"),
    keys=("account_code",),
    kinds=(
        ErrorKind(
            "ledger_balance_wrong",
            "the ledger has a debit that nobody posted",
            scenario=18,
            column="debit_amount",
            changes=raised("debit_amount", MORE_MONEY) | raised("closing_amount", MORE_MONEY),
        ),
    ),
)
