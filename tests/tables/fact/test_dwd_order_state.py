from datetime import timedelta

from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_order_state import dwd_order_state

NOON = at("2026-01-10 12:00")


def order(order_no="A", days=0, **values):
    return {
        "order_no": order_no,
        "ordered_at": NOON,
        "updated_at": NOON + timedelta(days=days),
        "dt": DAY + timedelta(days=days),
        **values,
    }


def test_the_latest_version_counts_however_late_it_comes():
    rows = run_sql(
        dwd_order_state,
        {
            "ods_order": [
                order(days=30, order_status="delivered"),
                order(order_status="created"),
                order(days=1, order_status="paid", dt=DAY + timedelta(days=40)),
                order("B", order_status="cancelled"),
            ]
        },
    )
    expect(
        rows,
        [
            {"order_no": "A", "order_status": "delivered", "delivered_date": DAY + timedelta(30)},
            {"order_no": "B", "order_status": "cancelled", "delivered_date": DAY},
        ],
    )
    assert broken_rules(dwd_order_state, rows) == set()


def test_of_repeated_versions_the_last_delivered_counts():
    again = order(order_status="paid", dt=DAY + timedelta(days=1))
    rows = run_sql(dwd_order_state, {"ods_order": [again, order(order_status="created")]})
    expect(rows, [{"order_no": "A", "order_status": "paid"}])


def test_no_orders():
    assert run_sql(dwd_order_state, {}) == []
