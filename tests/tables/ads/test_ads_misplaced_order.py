from datetime import timedelta

import pytest

from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_misplaced_order import ads_misplaced_order

# The hash of buyer 1 is 2654435761: database 0, table 1.
BUYER = 1
NOON = at("2026-01-10 12:00")


def order(order_no="O2026011000000001S0001", database=0, table=1, **values):
    return {
        "order_no": order_no,
        "user_id": BUYER,
        "ordered_at": NOON,
        "updated_at": NOON,
        "shard_database": database,
        "shard_table": table,
        **values,
    }


def mapping(order_no, database=0, table=1, **values):
    shard = {"shard_database": database, "shard_table": table}
    return {"order_no": order_no, "user_id": BUYER, "updated_at": NOON, **shard, **values}


def misplaced(orders, mappings=()):
    inputs = {"ods_order": orders, "ods_order_no_mapping": mappings}
    rows = run_sql(ads_misplaced_order, inputs)
    assert broken_rules(ads_misplaced_order, rows) == set()
    return rows


def test_an_order_where_everything_says_it_belongs_is_not_there():
    old = order("O2026011000000002")
    assert misplaced([order(), old], [mapping(old["order_no"])]) == []


@pytest.mark.parametrize(
    ("lies", "mapped", "known_by", "right"),
    [
        (order(database=1), None, "order_no", (0, 1)),
        (order("O2026011000000002", table=0), mapping("O2026011000000002"), "mapping", (0, 1)),
        (order("O2026011000000002", database=1), None, "user_id", (0, 1)),
        (order("O2026011000000002S0100", 1, 0), None, "user_id", (0, 1)),
        (order("O2026011000000002S0100"), None, "order_no", (1, 0)),
        (order("O2026011000000002"), mapping("O2026011000000002", 1, 1), "mapping", (1, 1)),
    ],
)
def test_an_order_in_the_wrong_shard_says_where_it_belongs_and_why(lies, mapped, known_by, right):
    expect(
        misplaced([lies], [mapped] if mapped else []),
        [
            {
                "order_no": lies["order_no"],
                "shard_database": lies["shard_database"],
                "shard_table": lies["shard_table"],
                "right_shard_database": right[0],
                "right_shard_table": right[1],
                "known_by": known_by,
                "shard_count": 1,
                "dt": DAY,
            }
        ],
    )


def test_an_order_in_two_shards_is_shown_where_it_does_not_belong():
    late = {"dt": DAY + timedelta(days=2), "updated_at": at("2026-01-11 01:00")}
    rows = misplaced([order(), order(), order(database=1, table=0, **late)])
    expect(
        rows, [{"shard_database": 1, "shard_table": 0, "shard_count": 2, "known_by": "order_no"}]
    )


def test_the_latest_mapping_counts():
    number = "O2026011000000002"
    mappings = [
        mapping(number, 1, 1),
        mapping(number, updated_at=at("2026-01-10 13:00"), dt=DAY + timedelta(days=1)),
    ]
    assert misplaced([order(number)], mappings) == []


def test_what_is_delivered_later_than_three_days_is_not_looked_at():
    late = DAY + timedelta(days=4)
    assert misplaced([order(database=1, dt=late)]) == []
