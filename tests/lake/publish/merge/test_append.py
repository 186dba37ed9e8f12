"""Rows are only added: to partitions, or to a table without any; what is there stays."""

from __future__ import annotations

import pytest

from resources.errors import PublishConflict
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublicationRecord, PublishContext
from resources.lake.model.window import Window
from resources.lake.publish.merge import Merge
from resources.lake.publish.table_write import RulesBroken
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    data_files,
    files_in_history,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.publish.merge.builders import (
    LINES,
    append,
    merge,
    read_by_pyiceberg,
    rows_of,
    rows_sql,
)

BOTH = Window.of_days(FIRST, SECOND)


def test_partitions_grow_and_their_files_stay(lake: Lake):
    first = append(lake, BOTH, [*order_rows(FIRST, 2), *order_rows(SECOND, 3)])
    files = data_files(lake)
    more = [*order_rows(FIRST, 4, start=11), *order_rows(SECOND, 1, start=11)]
    second = append(lake, BOTH, more)

    expected = sorted([*order_rows(FIRST, 2), *order_rows(SECOND, 3), *more])
    assert read(lake) == expected
    assert read_by_pyiceberg(lake, ORDERS) == expected
    assert files < data_files(lake)
    assert data_files(lake) == files_in_history(lake)
    assert first.partitions == {FIRST: 2, SECOND: 3}
    assert second.partitions == {FIRST: 6, SECOND: 4}
    assert (second.rows, second.rows_removed) == (5, 0)


def test_the_partitions_added_to_have_a_new_publication_and_all_their_rows_on_record(lake: Lake):
    append(lake, BOTH, [*order_rows(FIRST, 2), *order_rows(SECOND, 3)])
    before = lake.snapshot(ORDERS).published
    second = append(lake, SECOND, order_rows(SECOND, 4, start=11))

    snapshot = lake.snapshot(ORDERS)
    assert snapshot.published == {**before, SECOND: second.publication_id}
    assert lake.record(snapshot, SECOND).partitions[SECOND].rows == 7
    assert lake.record(snapshot, FIRST).partitions[FIRST].rows == 2


def test_a_partition_that_nothing_is_added_to_is_published_with_its_rows(lake: Lake):
    append(lake, BOTH, [*order_rows(FIRST, 2), *order_rows(SECOND, 3)])
    published = append(lake, BOTH, order_rows(FIRST, 1, start=11))

    assert published.partitions == {FIRST: 3, SECOND: 3}
    assert set(lake.snapshot(ORDERS).published.values()) == {published.publication_id}


def test_what_was_appended_can_be_replaced_by_window(lake: Lake):
    append(lake, BOTH, [*order_rows(FIRST, 2), *order_rows(SECOND, 3)])
    append(lake, FIRST, order_rows(FIRST, 2, start=11))
    publish_orders(lake, FIRST, order_rows(FIRST, 1, "7.00"))

    assert read(lake) == sorted([*order_rows(FIRST, 1, "7.00"), *order_rows(SECOND, 3)])


def test_a_key_that_its_partition_has_already_is_refused(lake: Lake):
    append(lake, BOTH, [*order_rows(FIRST, 2), *order_rows(SECOND, 3)])
    with pytest.raises(RulesBroken, match="unique_key: 1 of 2 rows, in 2026-03-02") as broken:
        append(lake, BOTH, [*order_rows(FIRST, 1, start=3), *order_rows(SECOND, 1, start=3)])

    assert "order_id=3" in broken.value.message
    assert len(read(lake)) == 5


def test_a_row_outside_the_window_is_refused(lake: Lake):
    with pytest.raises(RulesBroken, match="inside_window"):
        append(lake, FIRST, order_rows(THIRD, 1))


def test_appends_to_other_partitions_never_lose_and_to_the_same_one_does(lake: Lake):
    append(lake, BOTH, [*order_rows(FIRST, 1), *order_rows(SECOND, 1)])
    base = lake.snapshot(ORDERS)
    append(lake, FIRST, order_rows(FIRST, 1, start=2), base=base)
    append(lake, SECOND, order_rows(SECOND, 1, start=2), base=base)
    with pytest.raises(PublishConflict, match="published 2026-03-01 first"):
        append(lake, FIRST, order_rows(FIRST, 1, start=3), base=base)

    assert len(read(lake)) == 4
    assert data_files(lake) == files_in_history(lake)


def test_a_table_without_partitions_grows_too(lake: Lake):
    merge(lake, Merge(rows_sql(rows_of("A", 2))))
    published = merge(lake, Merge(rows_sql(rows_of("B", 2))))

    assert published.partitions == {None: 4}
    assert read(lake, LINES) == read_by_pyiceberg(lake) == [*rows_of("A", 2), *rows_of("B", 2)]
    with pytest.raises(RulesBroken, match="unique_key: 2 of 3 rows"):
        merge(lake, Merge(rows_sql(rows_of("A", 3))))


def test_how_far_each_input_was_taken_in_is_on_record(lake: Lake):
    positions = {"ods_order": {"2026-03-01": "publication-1", "2026-03-02": "publication-2"}}
    append(lake, FIRST, order_rows(FIRST, 1), run=PublishContext("run", "1", positions=positions))

    record = lake.record(lake.snapshot(ORDERS), FIRST)
    assert record.positions == positions
    # Records of releases that knew no positions are read as well.
    old = record.to_json().replace('"positions"', '"of_later_releases"')
    assert PublicationRecord.from_json(old).positions == {}
