"""The contract leads and the table follows; what would lose meaning is refused, with reasons."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from pyiceberg.table import Table
from pyiceberg.transforms import BucketTransform, MonthTransform, Transform

from resources.errors import AuditFailed, PublishConflict, SchemaChangeRefused
from resources.lake.catalog.catalog import create_table
from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec, Rule, TableSpec
from resources.lake.model.window import Window
from tests.lake.builders import (
    CITIES,
    FIRST,
    SECOND,
    THIRD,
    context,
    data_files,
    files_in_snapshot,
    metadata_location,
    publish_sql,
    read,
)

ORDER_ID = ColumnSpec("order_id", "INTEGER", "Order.")
AMOUNT = ColumnSpec("amount", "DECIMAL(10,2)", "What was paid.", nullable=True)
CITY = ColumnSpec("city", "VARCHAR", "City.", nullable=True)
DAY = ColumnSpec("dt", "DATE", "Business date.")
NOTE = ColumnSpec("note", "VARCHAR", "A note.", nullable=True)

BEFORE = TableSpec(
    namespace="fact",
    name="dwd_sale",
    doc="Sales.",
    columns=(ORDER_ID, AMOUNT, CITY, DAY),
    partition_column="dt",
)


def made_of(*columns: ColumnSpec, **changes: object) -> TableSpec:
    """The table with other columns."""
    return replace(BEFORE, columns=columns, **changes)


def select_for(spec: TableSpec, day: date) -> str:
    """One row of the day, with something sensible in every column."""
    values = {"INTEGER": "7", "BIGINT": "7", "VARCHAR": "'Lima'", "DATE": f"DATE '{day}'"}
    return "SELECT " + ", ".join(
        f"CAST({values.get(column.type, '1.25')} AS {column.type}) AS {column.name}"
        for column in spec.columns
    )


def field_ids_in_file(table: Table, day: date) -> dict[str, int]:
    """Column name to field id, as the day's only file has them."""
    (task,) = table.scan(row_filter=f"dt = '{day}'").plan_files()
    with duckdb.connect() as connection:
        return dict(
            connection.execute(
                "SELECT name, field_id FROM parquet_schema(?) WHERE field_id IS NOT NULL",
                [task.file.file_path],
            ).fetchall()
        )


@pytest.fixture
def sales(lake: Lake) -> Lake:
    """A lake in which the table has a published day."""
    publish_sql(lake, BEFORE, Window.of_day(FIRST), select_for(BEFORE, FIRST))
    return lake


WIDE_ID = replace(ORDER_ID, type="BIGINT")
WIDE_AMOUNT = replace(AMOUNT, type="DECIMAL(18,2)")
TOWN = replace(CITY, name="town", was="city")

ACCEPTED = {
    "add at the end": (
        made_of(ORDER_ID, AMOUNT, CITY, DAY, NOTE),
        (7, "1.25", "Lima", FIRST, None),
    ),
    "add in the middle": (
        made_of(ORDER_ID, NOTE, AMOUNT, CITY, DAY),
        (7, None, "1.25", "Lima", FIRST),
    ),
    "add first": (made_of(NOTE, ORDER_ID, AMOUNT, CITY, DAY), (None, 7, "1.25", "Lima", FIRST)),
    "wider integer": (made_of(WIDE_ID, AMOUNT, CITY, DAY), (7, "1.25", "Lima", FIRST)),
    "wider decimal": (made_of(ORDER_ID, WIDE_AMOUNT, CITY, DAY), (7, "1.25", "Lima", FIRST)),
    "declared rename": (made_of(ORDER_ID, AMOUNT, TOWN, DAY), (7, "1.25", "Lima", FIRST)),
    "declared drop": (made_of(ORDER_ID, AMOUNT, DAY, dropped=("city",)), (7, "1.25", FIRST)),
    "drop of what never was": (
        made_of(ORDER_ID, AMOUNT, CITY, DAY, dropped=("colour",)),
        (7, "1.25", "Lima", FIRST),
    ),
    "rename of what never was": (
        made_of(ORDER_ID, AMOUNT, CITY, DAY, replace(NOTE, was="remark")),
        (7, "1.25", "Lima", FIRST, None),
    ),
    "other order": (made_of(DAY, CITY, AMOUNT, ORDER_ID), (FIRST, "Lima", "1.25", 7)),
    "other words": (
        made_of(replace(ORDER_ID, doc="Order number."), AMOUNT, CITY, DAY, doc="All sales."),
        (7, "1.25", "Lima", FIRST),
    ),
    "all at once": (
        made_of(
            DAY,
            replace(TOWN, doc="Town."),
            NOTE,
            replace(WIDE_ID, name="sale_id", was="order_id"),
            dropped=("amount",),
        ),
        (FIRST, "Lima", None, 7),
    ),
}


@pytest.mark.parametrize(("after", "old_row"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_the_table_follows_its_contract_in_the_publish_itself(sales: Lake, after, old_row):
    snapshots = len(sales.history(BEFORE))
    publish_sql(sales, after, Window.of_day(SECOND), select_for(after, SECOND))

    table = sales.snapshot(after).table
    assert [(f.name, f.doc) for f in table.schema().fields] == [
        (column.name, column.doc) for column in after.columns
    ]
    assert table.properties["comment"] == after.doc
    assert len(sales.history(after)) == snapshots + 1
    (row,) = (row for row in read(sales, after) if FIRST in row)
    assert row == tuple(Decimal(v) if v == "1.25" else v for v in old_row)
    (row,) = (row for row in read(sales, after) if SECOND in row)
    assert None not in row
    assert field_ids_in_file(table, SECOND) == {f.name: f.field_id for f in table.schema().fields}


def test_an_unchanged_contract_changes_no_schema(sales: Lake):
    publish_sql(sales, BEFORE, Window.of_day(SECOND), select_for(BEFORE, SECOND))

    assert len(sales.snapshot(BEFORE).table.schemas()) == 1


def test_a_rename_stays_declared_without_harm(sales: Lake):
    renamed = made_of(ORDER_ID, AMOUNT, TOWN, DAY)
    for day in (FIRST, SECOND):
        publish_sql(sales, renamed, Window.of_day(day), select_for(renamed, day))
    with_city_again = made_of(ORDER_ID, AMOUNT, TOWN, DAY, CITY)
    publish_sql(sales, with_city_again, Window.of_day(FIRST), select_for(with_city_again, FIRST))

    assert [f.name for f in sales.snapshot(BEFORE).table.schema().fields] == [
        "order_id",
        "amount",
        "town",
        "dt",
        "city",
    ]


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


def test_a_failing_audit_leaves_the_old_schema(sales: Lake):
    location = metadata_location(sales, BEFORE)
    after = made_of(
        ORDER_ID, AMOUNT, TOWN, DAY, NOTE, rules=(Rule("never", "never", "order_id > 1000"),)
    )

    with pytest.raises(AuditFailed):
        publish_sql(sales, after, Window.of_day(SECOND), select_for(after, SECOND))

    assert metadata_location(sales, BEFORE) == location
    publish_sql(sales, BEFORE, Window.of_day(SECOND), select_for(BEFORE, SECOND))


def test_a_table_that_was_made_but_never_published_takes_any_contract(lake: Lake):
    create_table(lake.settings, BEFORE)  # what a run killed right after leaves
    other = made_of(replace(ORDER_ID, type="VARCHAR"), DAY)

    publish_sql(lake, other, Window.of_day(FIRST), select_for(other, FIRST))

    assert read(lake, other) == [("Lima", FIRST)]


def test_another_change_of_columns_meanwhile_is_a_conflict(sales: Lake):
    tag = replace(NOTE, name="tag")
    mine, theirs = made_of(*BEFORE.columns, NOTE, tag), made_of(*BEFORE.columns, tag)

    with pytest.raises(PublishConflict, match="columns changed"):
        publish_while_another_does(sales, mine, theirs)

    assert len(read(sales, theirs)) == 2
    assert data_files(sales, theirs) == files_in_snapshot(sales, theirs)


def test_the_same_change_meanwhile_is_no_conflict(sales: Lake):
    after = made_of(*BEFORE.columns, NOTE)

    publish_while_another_does(sales, after, after)

    assert len(read(sales, after)) == 3


def publish_while_another_does(lake: Lake, mine: TableSpec, theirs: TableSpec) -> None:
    """Publish the second day; while it is audited, another publishes the third."""

    def publish_theirs(stage: str) -> None:
        if stage == "auditing":
            publish_sql(lake, theirs, Window.of_day(THIRD), select_for(theirs, THIRD))

    with duckdb.connect() as connection:
        lake.publish(
            mine,
            Window.of_day(SECOND),
            select_for(mine, SECOND),
            connection,
            context(),
            on_stage=publish_theirs,
        )
