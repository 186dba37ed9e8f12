"""Rows of the facts that money events are made of, and the events that are made of them."""

from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, run_sql
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
