"""The contract leads and the table follows; what would lose meaning is refused, with reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from pyiceberg.table import Table

from resources.errors import AuditFailed, PublishConflict
from resources.lake.catalog.catalog import create_table
from resources.lake.lake import Lake
from resources.lake.model.table_spec import Rule, TableSpec
from resources.lake.model.window import Window
from tests.lake.builders import (
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
from tests.lake.schema.builders import (
    AMOUNT,
    BEFORE,
    CITY,
    DAY,
    NOTE,
    ORDER_ID,
    TOWN,
    WIDE_AMOUNT,
    WIDE_ID,
    made_of,
    select_for,
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
