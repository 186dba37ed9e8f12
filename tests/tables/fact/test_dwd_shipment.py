from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_shipment import dwd_shipment

SHIPPED = at("2026-01-10 10:00")


def shipment(shipment_no="H1", **values):
    return {
        "shipment_no": shipment_no,
        "order_no": "A",
        "line_no": 1,
        "shipped_quantity": 2,
        "shipment_status": "shipped",
        "shipped_at": SHIPPED,
        "updated_at": SHIPPED,
        **values,
    }


def test_a_line_shipped_in_two_parts_is_two_rows():
    parts = [shipment(), shipment("H2", shipped_quantity=1)]
    rows = run_sql(dwd_shipment, {"ods_shipment": parts})
    expect(
        rows,
        [
            {"shipment_no": "H1", "order_line_id": "A-1", "shipped_quantity": 2, "dt": DAY},
            {"shipment_no": "H2", "order_line_id": "A-1", "shipped_quantity": 1, "dt": DAY},
        ],
    )
    assert broken_rules(dwd_shipment, rows) == set()


def test_a_shipment_stays_on_the_day_it_was_shipped_when_it_is_delivered():
    delivered = shipment(
        shipment_status="delivered",
        delivered_at=SHIPPED + timedelta(days=1),
        updated_at=SHIPPED + timedelta(days=1),
        dt=DAY + timedelta(days=1),
    )
    days = Window.of_days(DAY, DAY + timedelta(days=1))
    rows = run_sql(dwd_shipment, {"ods_shipment": [shipment(), delivered]}, days)
    expect(rows, [{"shipment_no": "H1", "shipment_status": "delivered", "dt": DAY}])


def test_a_shipment_late_at_night_counts_on_the_business_date():
    night = shipment(shipped_at=at("2026-01-10 00:30"))
    expect(run_sql(dwd_shipment, {"ods_shipment": [night]}), [{"dt": DAY}])


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"shipped_quantity": 0}, "units_were_sent"),
        ({"shipment_status": "delivered"}, "delivered_has_time"),
        (
            {"shipment_status": "delivered", "delivered_at": SHIPPED - timedelta(hours=1)},
            "delivered_after_shipped",
        ),
        ({"shipment_status": "lost", "delivered_at": SHIPPED}, "lost_is_not_delivered"),
    ],
)
def test_what_cannot_be_is_kept_and_reported(values, rule):
    rows = run_sql(dwd_shipment, {"ods_shipment": [shipment(**values)]})
    assert len(rows) == 1
    assert broken_rules(dwd_shipment, rows) == {rule}
