"""What would lose meaning is refused, with reasons, and the table stays as it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from pyiceberg.transforms import BucketTransform, MonthTransform, Transform

from resources.errors import SchemaChangeRefused
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    CITIES,
    FIRST,
    SECOND,
    data_files,
    metadata_location,
    publish_sql,
)
from tests.lake.schema.builders import (
    AMOUNT,
    BEFORE,
    CITY,
    DAY,
    ORDER_ID,
    TOWN,
    WIDE_ID,
    made_of,
    select_for,
)

REFUSED = {
    "narrower integer": (
        made_of(WIDE_ID, AMOUNT, CITY, DAY),
        made_of(ORDER_ID, AMOUNT, CITY, DAY),
        ["order_id", "BIGINT", "INTEGER"],
    ),
    "fewer digits": (
        BEFORE,
        made_of(ORDER_ID, replace(AMOUNT, type="DECIMAL(8,2)"), CITY, DAY),
        ["amount", "DECIMAL(10,2)", "DECIMAL(8,2)"],
    ),
    "other scale": (
        BEFORE,
        made_of(ORDER_ID, replace(AMOUNT, type="DECIMAL(18,4)"), CITY, DAY),
        ["amount", "DECIMAL(10,2)", "DECIMAL(18,4)"],
    ),
    "other type": (
        BEFORE,
        made_of(replace(ORDER_ID, type="VARCHAR"), AMOUNT, CITY, DAY),
        ["order_id", "INTEGER", "VARCHAR", "add a column of another name"],
    ),
    "undeclared drop": (
        BEFORE,
        made_of(ORDER_ID, AMOUNT, DAY),
        ["city", "Declare city dropped"],
    ),
    "undeclared rename": (
        BEFORE,
        made_of(ORDER_ID, AMOUNT, replace(CITY, name="town"), DAY),
        ["city", "declare what was city"],
    ),
    "rename onto a column that exists": (
        BEFORE,
        made_of(ORDER_ID, replace(AMOUNT, was="city"), DAY),
        ["city", "declared renamed to amount, which the table has already"],
    ),
    "kept and renamed": (
        BEFORE,
        made_of(ORDER_ID, AMOUNT, CITY, DAY, TOWN),
        ["town", "kept and renamed at once"],
    ),
    "renamed twice": (
        BEFORE,
        made_of(ORDER_ID, AMOUNT, TOWN, replace(TOWN, name="place"), DAY),
        ["place", "renamed twice"],
    ),
    "kept and dropped": (
        BEFORE,
        made_of(ORDER_ID, AMOUNT, CITY, DAY, dropped=("city",)),
        ["city", "declared dropped as well"],
    ),
    "rename and narrower": (
        BEFORE,
        made_of(ORDER_ID, AMOUNT, replace(TOWN, type="BIGINT"), DAY),
        ["town", "VARCHAR", "BIGINT"],
    ),
    "other partition column": (
        BEFORE,
        made_of(
            ORDER_ID,
            AMOUNT,
            CITY,
            replace(DAY, name="pay_date", was="dt"),
            partition_column="pay_date",
        ),
        ["pay_date", "partitioned by dt"],
    ),
}


@pytest.mark.parametrize(("before", "after", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_lose_meaning_is_refused_and_nothing_is_staged(lake: Lake, before, after, words):
    publish_sql(lake, before, Window.of_day(FIRST), select_for(before, FIRST))
    location, files = metadata_location(lake, before), data_files(lake, before)

    with pytest.raises(SchemaChangeRefused) as refusal:
        publish_sql(lake, after, Window.of_day(SECOND), select_for(after, SECOND))

    message = str(refusal.value)
    assert "fact.dwd_sale" in message
    assert "the table stays as it was" in message
    for word in words:
        assert word in message
    assert metadata_location(lake, before) == location
    assert data_files(lake, before) == files


def test_every_difference_is_shown_at_once(sales: Lake):
    after = made_of(replace(ORDER_ID, type="VARCHAR"), replace(AMOUNT, type="DECIMAL(8,2)"), DAY)

    with pytest.raises(SchemaChangeRefused) as refusal:
        publish_sql(sales, after, Window.of_day(FIRST), select_for(after, FIRST))

    for column in ("order_id", "amount", "city"):
        assert column in refusal.value.message


def test_a_partitioned_table_cannot_become_one_replaced_whole(lake: Lake):
    publish_sql(lake, CITIES, None, "SELECT 1::BIGINT AS city_id, 'Lima' AS city_name")
    daily = replace(CITIES, columns=(*CITIES.columns, DAY), partition_column="dt")

    with pytest.raises(SchemaChangeRefused, match="partitioned by nothing"):
        publish_sql(lake, daily, Window.of_day(FIRST), "SELECT 1")


@pytest.mark.parametrize(
    ("transform", "shown"), [(MonthTransform(), "month(dt)"), (BucketTransform(4), "bucket[4](dt)")]
)
@pytest.mark.parametrize("kept", [True, False])
def test_a_table_that_another_engine_partitioned_anew_is_refused(
    sales: Lake, transform: Transform, shown: str, kept: bool
):
    """StarRocks makes no views of it, and files of two layouts cannot be swapped by the day."""
    table = sales.snapshot(BEFORE).table
    assert table is not None
    with table.update_spec() as update:
        if not kept:
            update.remove_field("dt")
        update.add_field("dt", transform, "other")
    location = metadata_location(sales, BEFORE)

    now = f"partitioned by dt, {shown}" if kept else f"partitioned by {shown}"
    with pytest.raises(SchemaChangeRefused, match=re.escape(now)) as refusal:
        publish_sql(sales, BEFORE, Window.of_day(SECOND), select_for(BEFORE, SECOND))
    assert "fact.dwd_sale" in refusal.value.message
    assert "make a new table" in str(refusal.value)
    assert metadata_location(sales, BEFORE) == location
