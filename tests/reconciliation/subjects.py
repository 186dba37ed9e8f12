"""What an item, and an injected error, is about: they belong together if they share a subject.

A subject is a text such as order:O1. What a source's row names by itself is taken from it; what it
does not is looked up in the rows that the sources delivered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb

from examples.sample_shop.errors.truth import InjectedError

Subjects = frozenset[str]

# How the shop numbers payouts and the bank's entries of them: date, channel, and a currency.
_CREDIT = re.compile(r"^(PO|SB|BK|BR)(\d{8})-(\w+?)(-\w+)?$")
_ONLINE = ("alipay", "wechat_pay")


@dataclass(frozen=True)
class Facts:
    """What is known of payments, refunds and after-sales, by their numbers."""

    payments: Mapping[str, Mapping[str, Any]]
    refunds: Mapping[str, Mapping[str, Any]]
    lines_of_after_sale: Mapping[str, str]
    after_sales_of_order: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, connection: duckdb.DuckDBPyConnection) -> Facts:
        """The facts of a lake whose tables are views of the connection."""
        payments = _by_number(
            connection,
            "SELECT DISTINCT payment_no, order_no FROM ods_payment WHERE paid_at IS NOT NULL",
        )
        refunds = _by_number(
            connection,
            "SELECT DISTINCT refund_no, order_no, payment_no, after_sale_no, outward_refund_no "
            "FROM ods_refund WHERE refunded_at IS NOT NULL",
        )
        after_sales = connection.execute(
            "SELECT DISTINCT after_sale_no, order_no, order_line_id(order_no, line_no) "
            "FROM ods_after_sale WHERE after_sale_status = 'approved'"
        ).fetchall()
        of_order = defaultdict[str, list[str]](list)
        for number, order, _ in after_sales:
            of_order[order].append(number)
        lines = {number: line for number, _, line in after_sales}
        return cls(payments, refunds, lines, of_order)

    def order_of(self, error: InjectedError) -> str | None:
        """The order that an error's row belongs to."""
        if order := error.keys.get("order_no"):
            return order
        for number, known in (
            (error.keys.get("refund_no"), self.refunds),
            (error.keys.get("payment_no"), self.payments),
        ):
            if number and number in known:
                return str(known[number]["order_no"])
        return None

    def after_sales_of(self, error: InjectedError) -> Sequence[str]:
        """The after-sales that an error's row may belong to."""
        if number := error.keys.get("after_sale_no"):
            return [number]
        refund = self.refunds.get(error.keys.get("refund_no") or "")
        if refund and refund["after_sale_no"]:
            return [str(refund["after_sale_no"])]
        return self.after_sales_of_order.get(self.order_of(error) or "", [])


def _by_number(connection: duckdb.DuckDBPyConnection, sql: str) -> Mapping[str, Mapping[str, Any]]:
    found = connection.execute(sql)
    names = [each[0] for each in found.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def item_subjects(rule: str, item: Mapping[str, Any]) -> Subjects:
    """What an item of a rule is about."""
    keys = [key.split("|") for key in (item["left_key"], item["right_key"]) if key]
    ids = {str(each) for each in (item["left_id"], item["right_id"]) if each}
    ids |= set(re.split(r"[,|\s]+", item["candidates"] or "")) - {""}
    match rule:
        case "rec_payout_bank":
            keys_too = {part for key in keys for part in key}
            return frozenset(credit for each in ids | keys_too for credit in _credits(each))
        case "rec_refund_after_sale":
            refunds = {f"refund:{each}" for each in ids}
            return _subjects(("after_sale", key[0]) for key in keys) | refunds
        case "rec_wallet_balance":
            return _subjects(("entry", each) for each in ids)
        case "rec_shipment_stock":
            numbers = _subjects(("stock", each) for each in ids)
            return _subjects(("line", key[0]) for key in keys) | numbers
        case _:
            return _subjects((_KEYS[rule][0], key[_KEYS[rule][1]]) for key in keys)


# The part of a rule's key that says what its items are about.
_KEYS: Mapping[str, tuple[str, int]] = {
    "rec_order_line": ("order", 0),
    "rec_order_payment": ("order", 0),
    "rec_payment_bill": ("outward", 2),
    "rec_refund_bill": ("outward", 1),
    "rec_refund_payment": ("payment", 0),
    "rec_channel_fee": ("transaction", 1),
    "rec_settlement_line": ("line", 1),
    "rec_commission": ("line", 0),
    "rec_coupon": ("order", 1),
    "rec_points": ("business", 1),
    "rec_wallet": ("business", 1),
    "rec_invoice": ("order", 0),
    "rec_seller_payout": ("settlement", 0),
}


def error_subjects(rule: str, error: InjectedError, facts: Facts) -> Subjects:
    """What an error is about, as a rule sees it."""
    return _OF_ERROR[rule](error, facts)


def _of_order(error: InjectedError, facts: Facts) -> Subjects:
    return _subjects([("order", facts.order_of(error))])


def _of_line(error: InjectedError, facts: Facts) -> Subjects:
    order, line = error.keys.get("order_no"), error.keys.get("line_no")
    if order and line:
        return _subjects([("line", f"{order}-{line}")])
    lines = [facts.lines_of_after_sale.get(each) for each in facts.after_sales_of(error)]
    return _subjects(("line", each) for each in lines)


def _of_key(subject: str, *keys: str) -> Callable[[InjectedError, Facts], Subjects]:
    def found(error: InjectedError, facts: Facts) -> Subjects:
        del facts
        return _subjects((subject, error.keys.get(key)) for key in keys)

    return found


def _of_outward(error: InjectedError, facts: Facts) -> Subjects:
    refund = facts.refunds.get(error.keys.get("refund_no") or "", {})
    number = error.keys.get("outward_refund_no") or refund.get("outward_refund_no")
    return _subjects([("outward", number or error.keys.get("outward_no"))])


def _of_after_sale(error: InjectedError, facts: Facts) -> Subjects:
    refund = _subjects([("refund", error.keys.get("refund_no"))])
    return refund | _subjects(("after_sale", each) for each in facts.after_sales_of(error))


def _of_credit(error: InjectedError, facts: Facts) -> Subjects:
    del facts
    number = error.keys.get("payout_no") or error.keys.get("entry_no") or ""
    return frozenset(_credits(number))


def _of_business(error: InjectedError, facts: Facts) -> Subjects:
    del facts
    numbers = (error.keys.get(key) for key in ("refund_no", "business_no", "payment_no"))
    return _subjects([("business", next((each for each in numbers if each), None))])


def _of_stock(error: InjectedError, facts: Facts) -> Subjects:
    numbers = [error.keys.get(key) for key in ("shipment_no", "movement_no", "business_no")]
    return _of_line(error, facts) | _subjects(("stock", each) for each in numbers)


_OF_ERROR: Mapping[str, Callable[[InjectedError, Facts], Subjects]] = {
    "rec_order_line": _of_order,
    "rec_order_payment": _of_order,
    "rec_payment_bill": _of_outward,
    "rec_refund_bill": _of_outward,
    "rec_refund_payment": _of_key("payment", "payment_no"),
    "rec_refund_after_sale": _of_after_sale,
    "rec_channel_fee": _of_key("transaction", "channel_transaction_no"),
    "rec_payout_bank": _of_credit,
    "rec_settlement_line": _of_line,
    "rec_commission": _of_line,
    "rec_coupon": _of_order,
    "rec_points": _of_key("business", "business_no"),
    "rec_wallet": _of_business,
    "rec_wallet_balance": _of_key("entry", "wallet_entry_no"),
    "rec_shipment_stock": _of_stock,
    "rec_invoice": _of_order,
    "rec_seller_payout": _of_key("settlement", "bank_reference"),
}


def _subjects(named: Iterable[tuple[str, object]]) -> Subjects:
    return frozenset(f"{kind}:{number}" for kind, number in named if number)


def _credits(number: str) -> set[str]:
    """What a payout's, batch's or bank entry's number says of the credit it comes in as."""
    kind = _CREDIT.match(number)
    if kind is None:
        return set()
    day = date.fromisoformat(kind[2]) + timedelta(days=1 if kind[1] in ("PO", "SB") else 0)
    names = {kind[3], "online"} if kind[3] in _ONLINE and kind[1] in ("PO", "SB") else {kind[3]}
    return {f"credit:{name} {day}" for name in names}
