"""A publish that changes nothing is told from one that does, partition by partition."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec, Rule, TableSpec
from resources.lake.model.window import Window
from resources.lake.publish import change_detection
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    context,
    files_in_snapshot,
    folder_of,
    open_engine,
    order_rows,
    publish_orders,
    publish_sql,
    read,
    select_of,
)
from tests.lake.publish.merge.builders import append

EVENTS = TableSpec(
    namespace="ods",
    name="ods_event",
    doc="Events as delivered.",
    columns=(
        ColumnSpec("event_no", "VARCHAR", "Event."),
        ColumnSpec("happened_at", "TIMESTAMP WITH TIME ZONE", "When.", nullable=True),
        ColumnSpec("dt", "DATE", "Business date of the delivery."),
    ),
    partition_column="dt",
    event_time="happened_at",
)


def content(lake: Lake, day: date = FIRST) -> str:
    return lake.snapshot(ORDERS).rows_from[day]


def test_the_same_rows_again_are_the_same_content_and_another_publication(lake: Lake) -> None:
    rows = order_rows(FIRST, 30)
    first = publish_orders(lake, FIRST, rows)
    for again in (rows, rows[::-1]):
        published = publish_orders(lake, FIRST, again)
        assert lake.snapshot(ORDERS).published[FIRST] == published.publication_id
        assert content(lake) == first.publication_id


@pytest.mark.parametrize("amounts", list(permutations("123"))[1:])
def test_values_that_changed_places_are_another_content(
    amounts: tuple[str, ...], lake: Lake
) -> None:
    for placed in (("1", "2", "3"), amounts):
        rows = [(number, Decimal(amount), FIRST) for number, amount in enumerate(placed)]
        assert publish_orders(lake, FIRST, rows).publication_id == content(lake)


def test_of_a_range_the_days_that_changed_are_told(lake: Lake) -> None:
    window = Window.of_days(FIRST, THIRD)
    rows = order_rows(FIRST, 2) + order_rows(SECOND, 2)
    first = publish_orders(lake, window, rows).publication_id
    second = publish_orders(lake, window, [*rows[:3], (2, Decimal(9), SECOND)]).publication_id
    # The third day had no rows, and has none.
    assert lake.snapshot(ORDERS).rows_from == {FIRST: first, SECOND: second, THIRD: first}


def test_an_empty_partition_is_another_content_than_a_full_one(lake: Lake) -> None:
    for rows in (order_rows(FIRST, 1), [], order_rows(FIRST, 1)):
        assert publish_orders(lake, FIRST, rows).publication_id == content(lake)


def test_a_new_column_with_a_value_is_another_content(lake: Lake) -> None:
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    note = ColumnSpec("note", "VARCHAR", "A note.", nullable=True)
    wider = replace(ORDERS, columns=(*ORDERS.columns, note))
    rows = select_of(order_rows(FIRST, 2))
    for value, same in (("NULL", True), ("'x'", False), ("'x'", True)):
        before = content(lake)
        publish_sql(lake, wider, Window.of_day(FIRST), f"SELECT *, {value} AS note FROM ({rows})")
        assert (content(lake) == before) == same


def test_what_can_no_longer_be_read_can_be_replaced(lake: Lake) -> None:
    first = publish_orders(lake, FIRST, order_rows(FIRST, 5)).publication_id
    for amount in ("1.25", "2.50"):
        for location in files_in_snapshot(lake):
            path = Path(location.removeprefix("file://"))
            path.write_bytes(bytes(path.stat().st_size))
        again = publish_orders(lake, FIRST, order_rows(FIRST, 5, amount)).publication_id
        assert read(lake) == order_rows(FIRST, 5, amount)
        # The record knows what the rows were, though no one can read them any more.
        assert content(lake) == (first if amount == "1.25" else again)


def test_an_append_of_nothing_is_the_same_content(lake: Lake) -> None:
    first = publish_orders(lake, FIRST, order_rows(FIRST, 2)).publication_id
    for rows, same in (([], True), (order_rows(FIRST, 1, start=9), False)):
        append(lake, FIRST, rows)
        assert (content(lake) == first) == same


def publish_events(lake: Lake, *instants: str | None) -> str:
    """Publish an event for each instant, all delivered on the third day."""
    values = ", ".join(f"({number}, {at or 'NULL'})" for number, at in enumerate(instants))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        # Two minutes off the quarter of an hour, as zones were long ago.
        connection.execute(
            "CREATE TEMP MACRO business_date(happened) AS "
            "CAST(happened + INTERVAL 2 MINUTE AS DATE)"
        )
        select_sql = (
            f"SELECT CAST(number AS VARCHAR) AS event_no, happened AS happened_at, "
            f"DATE '{THIRD}' AS dt FROM (VALUES {values}) AS event(number, happened)"
        )
        window = Window.of_day(THIRD)
        return lake.publish(EVENTS, window, select_sql, connection, context()).publication_id


def test_of_delivered_rows_it_is_told_which_dates_changed(lake: Lake) -> None:
    noon, evening = f"TIMESTAMPTZ '{FIRST} 12:00:00Z'", f"TIMESTAMPTZ '{SECOND} 23:56:00Z'"
    at_midnight = f"TIMESTAMPTZ '{SECOND} 23:59:00Z'"
    first = publish_events(lake, noon, evening, at_midnight, None)
    same = (1, first)
    assert rows_since(lake) == {FIRST: same, SECOND: same, THIRD: same, None: same}
    second = publish_events(lake, noon, evening, evening)
    dates = {FIRST: same, SECOND: (2, second)}
    assert rows_since(lake) == dates
    assert publish_events(lake, noon, evening, evening) != second
    assert rows_since(lake) == dates
    assert lake.snapshot(EVENTS).rows_from == {THIRD: second}


def rows_since(lake: Lake) -> dict[date | None, tuple[int, str]]:
    """Of each business date of the third day's delivery: rows, and since when they are so."""
    dates = lake.snapshot(EVENTS).dates(THIRD)
    assert dates is not None
    return {at: (dated.rows, dated.since) for at, dated in dates.items()}


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each time that rows which are replaced are read."""
    found: list[object] = []
    scan_rows = change_detection.scan_rows

    def spy(*arguments: object) -> object:
        found.append(arguments[2])
        return scan_rows(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(change_detection, "scan_rows", spy)
    return found


def test_rows_that_are_replaced_are_never_read(lake: Lake, read_again: list[object]) -> None:
    for amount in ("1.25", "2.50", "2.50"):
        publish_orders(lake, FIRST, order_rows(FIRST, 5, amount))
    for count in (3, 2):
        publish_events(lake, *[f"TIMESTAMPTZ '{FIRST} 12:00:00Z'"] * count)
    assert read_again == []


def bytes_read(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The bytes that the engine read of each file that it opened."""
    found = connection.execute(
        "SELECT path, sum(CASE WHEN op = 'READ' THEN bytes ELSE 0 END) "
        "FROM duckdb_logs_parsed('FileSystem') WHERE op IN ('OPEN', 'READ') GROUP BY path"
    )
    return {path: int(count) for path, count in found.fetchall()}


@pytest.mark.parametrize("event_time", [None, "paid_at"])
def test_new_rows_are_read_once_to_audit_and_hash_them_and_old_files_are_not_opened(
    lake: Lake, event_time: str | None
) -> None:
    spec = replace(
        ORDERS,
        columns=(*ORDERS.columns, ColumnSpec("paid_at", "TIMESTAMP WITH TIME ZONE", "When.")),
        key=(),
        event_time=event_time,
        rules=(Rule("not_one", "custom", "order_id * 3 <> 7 AND pay_amount <> 1.5"),),
    )
    window = Window.of_day(FIRST)
    for number in (1, 2):
        old = files_in_snapshot(lake, spec)
        with open_engine(lake) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("CREATE TEMP MACRO business_date(paid) AS CAST(paid AS DATE)")
            # What comes from the cache would not be seen.
            connection.execute("SET enable_external_file_cache = false")
            connection.execute("CALL enable_logging('FileSystem')")
            lake.publish(
                spec,
                window,
                f"SELECT n AS order_id, CAST(hash(n + {number}) % 1000000 AS DECIMAL(18,2)) "
                "AS pay_amount, to_timestamp(hash(n) % 86400) AS paid_at, "
                f"DATE '{FIRST}' AS dt FROM range(50_000) AS numbers (n)",
                connection,
                context(),
            )
            read = bytes_read(connection)
    new = files_in_snapshot(lake, spec)
    assert len(old) == len(new) == 1 and not old & new
    assert not old & read.keys()
    (path,) = new
    size = Path(path).stat().st_size
    # Footers are read more often; they are short.
    assert 0.9 * size < read[path] < 1.1 * size


def forget_digests(lake: Lake, spec: TableSpec, was: str, now: str) -> None:
    """Change what the table's records say of their digests."""
    for record in (folder_of(lake, spec) / "metadata").glob("publication-*.json"):
        record.write_text(re.sub(was, now, record.read_text()))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        pytest.param(r',\s*"digest": "[^"]*"', "", id="a record of an earlier version"),
        pytest.param(r'"duckdb-[^-]*-', '"duckdb-1.4.0-', id="a digest of another engine"),
    ],
)
def test_without_a_digest_that_compares_the_old_rows_are_read_once(
    lake: Lake, read_again: list[object], was: str, now: str
) -> None:
    first = publish_orders(lake, FIRST, order_rows(FIRST, 5)).publication_id
    event = publish_events(lake, f"TIMESTAMPTZ '{FIRST} 12:00:00Z'")
    for spec in (ORDERS, EVENTS):
        forget_digests(lake, spec, was, now)
    for _ in range(2):
        publish_orders(lake, FIRST, order_rows(FIRST, 5))
        assert content(lake) == first
        publish_events(lake, f"TIMESTAMPTZ '{FIRST} 12:00:00Z'")
        assert rows_since(lake) == {FIRST: (1, event)}
        assert len(read_again) == 2


def test_rows_that_were_merged_in_are_read_when_they_are_replaced(
    lake: Lake, read_again: list[object]
) -> None:
    """A merge adds to rows that are there: it hashes none of them."""
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    merged = append(lake, FIRST, order_rows(FIRST, 1, start=9)).publication_id
    both = order_rows(FIRST, 2) + order_rows(FIRST, 1, start=9)
    publish_orders(lake, FIRST, both)
    assert content(lake) == merged
    assert len(read_again) == 1
