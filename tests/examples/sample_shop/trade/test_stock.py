"""Shipments are the lines of paid orders, and the stock follows from what moved."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from tests.examples.sample_shop.reading import Delivered, Row

Place = tuple[str, int]


def test_every_line_of_a_paid_order_is_shipped_once(delivered: Delivered) -> None:
    orders = delivered.latest("order", "order_no")
    shipped = {
        (row["order_no"], row["line_no"]): row
        for row in delivered.latest("shipment", "shipment_no").values()
        if delivered.settled(row["order_no"])
    }
    lines = {
        (row["order_no"], row["line_no"]): row
        for row in delivered.latest_rows("order_item", "order_no", "line_no")
        if delivered.settled(row["order_no"]) and orders[row["order_no"]]["paid_at"] is not None
    }
    assert shipped.keys() == lines.keys()
    lost: dict[tuple[str, int], Row] = {}
    for key, shipment in shipped.items():
        order = orders[shipment["order_no"]]
        assert shipment["sku_id"] == lines[key]["sku_id"], shipment
        assert shipment["quantity"] == lines[key]["quantity"], shipment
        assert shipment["shipped_at"] == order["shipped_at"], shipment
        if shipment["shipment_status"] == "lost":
            lost[key] = shipment
        else:
            assert shipment["delivered_at"] == order["delivered_at"] is not None, shipment
            assert shipment["shipment_status"] == "delivered", shipment
    assert 0.001 < len(lost) / len(shipped) < 0.005
    after_sales = {
        (row["order_no"], row["line_no"]): row
        for row in delivered.latest("after_sale", "after_sale_no").values()
    }
    for key, shipment in lost.items():
        assert shipment["delivered_at"] is None, shipment
        assert shipment["updated_at"] > shipment["shipped_at"], shipment
        # An order of nothing else never arrives.
        is_alone = sum(number == key[0] for number, _ in lines) == 1
        assert (orders[key[0]]["order_status"] == "shipped") == is_alone, shipment
        if delivered.closed(key[0]):
            after_sale = after_sales[key]
            assert after_sale["after_sale_status"] == "approved", after_sale
            assert after_sale["after_sale_type"] == "refund_only", after_sale
            assert after_sale["approved_amount"] == lines[key]["pay_amount"], after_sale


def test_every_shipment_leaves_the_stock_of_its_warehouse(delivered: Delivered) -> None:
    out = {
        row["business_no"]: row
        for row in delivered.latest("stock_movement", "movement_no").values()
        if row["movement_type"] == "out"
    }
    count = 0
    for number, shipment in delivered.latest("shipment", "shipment_no").items():
        if not delivered.settled(shipment["order_no"]):
            continue
        movement = out[number]
        for name in ("warehouse_code", "sku_id"):
            assert movement[name] == shipment[name], movement
        assert movement["quantity_change"] == -shipment["quantity"], movement
        assert movement["moved_at"] == shipment["shipped_at"], movement
        count += 1
    assert count > 10_000


def test_returns_of_an_approved_after_sale_come_back(delivered: Delivered) -> None:
    back = {
        row["business_no"]: row
        for row in delivered.latest("stock_movement", "movement_no").values()
        if row["movement_type"] == "return"
    }
    returned = {
        number: row
        for number, row in delivered.latest("after_sale", "after_sale_no").items()
        if row["after_sale_type"] == "return" and row["after_sale_status"] == "approved"
        if delivered.closed(row["order_no"])
    }
    assert returned
    for number, after_sale in returned.items():
        assert back[number]["quantity_change"] == after_sale["quantity"]
        assert back[number]["moved_at"] == after_sale["approved_at"]


def test_opening_stock_and_movements_make_the_closing_stock(delivered: Delivered) -> None:
    moved: dict[object, Counter[Place]] = {day: Counter() for day in delivered.days}
    types: Counter[str] = Counter()
    for row in delivered.latest("stock_movement", "movement_no").values():
        place = (row["warehouse_code"], row["sku_id"])
        moved[delivered.business_date(row["moved_at"])][place] += row["quantity_change"]
        types[row["movement_type"]] += 1
    assert set(types) == {"out", "in", "return", "adjustment"}
    complete = [day for day in delivered.days if day + timedelta(days=3) <= delivered.days[-1]]
    stock: Counter[Place] = Counter()
    for day in complete:
        closing = {
            (row["warehouse_code"], row["sku_id"]): row["stock_quantity"]
            for row in delivered.rows["stock_snapshot"][day]
        }
        assert len(closing) == 2 * delivered.shop.sku_count
        assert min(closing.values()) >= 0
        if day != delivered.days[0]:
            assert {place: stock[place] + moved[day][place] for place in closing} == closing, day
        assert set(moved[day]) <= set(closing)
        stock = Counter(closing)


def test_stock_and_movements_cost_three_fifths_of_the_list_price(delivered: Delivered) -> None:
    prices = {row["sku_id"]: row["list_price"] for row in delivered.rows["sku"][delivered.days[0]]}
    for row in delivered.rows["stock_snapshot"][delivered.days[0]]:
        assert row["unit_cost_amount"] * 100 == int(prices[row["sku_id"]] * 60), row
