"""Coupons, points and wallets, entry by entry, tie with the orders they belong to."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from tests.examples.sample_shop.reading import Delivered, Row, ordered_on


def test_coupon_uses_are_the_coupons_of_the_order_lines(delivered: Delivered) -> None:
    told = {
        (row["order_no"], row["line_no"]): row
        for row in delivered.latest("coupon_use", "coupon_use_no").values()
        if delivered.settled(row["order_no"])
    }
    lines = {
        (row["order_no"], row["line_no"]): row
        for row in delivered.latest_rows("order_item", "order_no", "line_no")
        if row["coupon_id"] is not None and delivered.settled(row["order_no"])
    }
    assert told.keys() == lines.keys() and len(told) > 500
    orders = delivered.latest("order", "order_no")
    for key, use in told.items():
        order = orders[use["order_no"]]
        assert use["coupon_id"] == lines[key]["coupon_id"], use
        assert use["coupon_amount"] == lines[key]["coupon_amount"] > 0, use
        assert use["user_id"] == order["user_id"] and use["used_at"] == order["ordered_at"], use
        assert use["returned_at"] == order["cancelled_at"], use
        assert (use["use_status"] == "returned") == (use["returned_at"] is not None), use


def test_a_coupon_is_valid_where_it_is_used_and_borne_as_it_says(delivered: Delivered) -> None:
    coupons = delivered.latest("coupon", "coupon_id")
    shared: Counter[str] = Counter()
    for use in delivered.latest("coupon_use", "coupon_use_no").values():
        coupon = coupons[use["coupon_id"]]
        day = ordered_on(use["order_no"]).isoformat()
        assert coupon["valid_from_date"] <= day <= coupon["valid_to_date"], use
        assert use["coupon_amount"] == coupon["face_amount"], use
        assert use["platform_amount"] + use["seller_amount"] == use["coupon_amount"], use
        share = use["coupon_amount"] * Decimal(coupon["platform_share_rate"])
        assert abs(use["platform_amount"] - share) <= Decimal("0.005"), use
        shared[coupon["funded_by"]] += 1
    assert set(shared) == {"platform", "seller", "shared"}


def _entries(delivered: Delivered) -> dict[str, dict[str, int]]:
    """Points by order and type of entry."""
    entries: dict[str, dict[str, int]] = defaultdict(dict)
    for row in delivered.latest("points_entry", "points_entry_no").values():
        assert row["entry_type"] not in entries[row["business_no"]], row
        entries[row["business_no"]][row["entry_type"]] = row["points"]
    return entries


def test_points_of_an_order_are_burnt_returned_and_earned(delivered: Delivered) -> None:
    entries = _entries(delivered)
    burnt = expired = 0
    for number, order in delivered.latest("order", "order_no").items():
        if not delivered.closed(number):
            continue
        assert order["points_amount"] == Decimal(order["points_used"]) / 100, order
        expected = {"burnt": order["points_used"]}
        if order["cancelled_at"] is not None:
            expected["returned"] = order["points_used"]
        if order["delivered_at"] is not None and order["currency"] == "CNY":
            expected["earned"] = int(order["payable_amount"] // 10)
        found = dict(entries[number])
        if "expired" in found:
            expired += 1
            assert found.pop("expired") == found["earned"]
        assert found == {name: points for name, points in expected.items() if points > 0}, order
        burnt += order["points_used"] > 0
    assert burnt > 100 and expired > 0


def test_wallet_payments_and_refunds_are_in_the_wallet(delivered: Delivered) -> None:
    entries: dict[str, list[Row]] = defaultdict(list)
    for row in delivered.latest("wallet_entry", "wallet_entry_no").values():
        entries[row["business_no"]].append(row)
    expected: dict[str, tuple[list[str], Decimal]] = {}
    for payment in delivered.latest("payment", "payment_no").values():
        is_captured = payment["payment_status"] == "captured"
        by_wallet = payment["payment_method"] == "wallet"
        if by_wallet and is_captured and delivered.settled(payment["order_no"]):
            expected[payment["payment_no"]] = (["payment", "top_up"], payment["paid_amount"])
    for refund in delivered.latest("refund", "refund_no").values():
        is_succeeded = refund["refund_status"] == "succeeded"
        by_wallet = refund["payment_method"] == "wallet"
        if by_wallet and is_succeeded and delivered.closed(refund["order_no"]):
            expected[refund["refund_no"]] = (["refund", "withdrawal"], refund["refund_amount"])
    assert len(expected) > 300
    for number, (types, amount) in expected.items():
        assert sorted(row["entry_type"] for row in entries[number]) == types, number
        assert {row["amount"] for row in entries[number]} == {amount}, number


def test_a_wallets_balance_follows_entry_by_entry(delivered: Delivered) -> None:
    wallets: dict[int, list[Row]] = defaultdict(list)
    # The latest may still lack the other of a pair.
    complete = delivered.days[-3]
    for row in delivered.latest("wallet_entry", "wallet_entry_no").values():
        if delivered.business_date(row["occurred_at"]) < complete:
            wallets[row["user_id"]].append(row)
    assert any(len(rows) > 2 for rows in wallets.values())
    for rows in wallets.values():
        rows.sort(key=lambda row: row["occurred_at"])
        assert len({row["occurred_at"] for row in rows}) == len(rows), rows
        balance = rows[0]["balance_amount"] - _signed(rows[0])
        for row in rows:
            balance += _signed(row)
            assert row["balance_amount"] == balance >= 0, rows


def _signed(row: Row) -> Decimal:
    assert row["direction"] == ("in" if row["entry_type"] in ("top_up", "refund") else "out"), row
    return row["amount"] if row["direction"] == "in" else -row["amount"]
