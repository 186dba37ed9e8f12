"""Open items of all rules in one table, by age."""

from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, expect, known_tables, run_sql
from warehouse_assets.ads.ads_reconciliation_open_item import ads_reconciliation_open_item


def item(item_id, **values):
    return {
        "item_id": item_id,
        "state": "left_only",
        "standing": "open",
        "is_open": True,
        "currency": "CNY",
        "first_date": DAY,
        **values,
    }


def test_what_is_open_is_there_under_the_name_of_its_rule():
    rows = run_sql(
        ads_reconciliation_open_item,
        {
            "rec_payment_bill": [
                item("left:P1", open_amount="5.00"),
                item("left:P2", state="matched", standing="closed", is_open=False),
            ],
            "rec_wallet": [item("left:P1", open_amount="-1.00")],
        },
    )
    expect(
        rows,
        [
            {"rule": "rec_payment_bill", "item_id": "left:P1", "open_amount": 5, "dt": DAY},
            {"rule": "rec_wallet", "item_id": "left:P1", "open_amount": -1, "dt": DAY},
        ],
    )


@pytest.mark.parametrize(
    ("age", "bucket"),
    [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4-7"), (7, "4-7"), (8, "8-30"), (30, "8-30"),
     (31, "older"), (400, "older")],
)  # fmt: skip
def test_items_are_aged_in_buckets(age, bucket):
    first = DAY - timedelta(days=age)
    found = run_sql(
        ads_reconciliation_open_item,
        {"rec_payment_bill": [item("left:P1", age_days=age, first_date=first)]},
    )
    expect(found, [{"age_bucket": bucket, "age_days": age}])


def test_every_rule_is_read_without_being_listed():
    rules = {name for name, table in known_tables().items() if table.layer == "reconciliation"}
    assert len(rules) >= 19
    assert set(ads_reconciliation_open_item.reads) == rules
