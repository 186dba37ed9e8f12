"""A merge takes rows out and puts rows in, in one snapshot that every reader understands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyiceberg.manifest import DataFile, ManifestContent

from resources.errors import EngineError, SchemaChangeRefused, SettingsError, StorageError
from resources.lake.lake import Lake
from resources.lake.model.table_spec import Rule, Severity
from resources.lake.publish.merge import Merge
from resources.lake.publish.table_write import RulesBroken
from tests.lake.builders import data_files, files_in_history, metadata_location, publish_sql, read
from tests.lake.publish.merge.builders import (
    LINES,
    WIDER_LINES,
    delete_files,
    delete_files_in_snapshot,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
    rows_sql,
)


def test_rows_come_change_and_go_in_one_snapshot_each(lake: Lake):
    first = merge(lake, merge_of(rows_of("A", 3)))
    second = merge(lake, merge_of([row("A", 2, "9.00"), row("B", 1)], [("A", 2), ("A", 3)]))

    expected = [row("A", 1), row("A", 2, "9.00"), row("B", 1)]
    assert read(lake, LINES) == expected
    assert read_by_pyiceberg(lake) == expected
    assert (first.partitions, first.rows, first.rows_removed) == ({None: 3}, 3, 0)
    assert (second.partitions, second.rows, second.rows_removed) == ({None: 3}, 2, 2)
    assert [each.publication_id for each in lake.history(LINES)] == [
        second.publication_id,
        first.publication_id,
    ]
    snapshot = lake.snapshot(LINES)
    assert snapshot.published == {None: second.publication_id}
    assert lake.record(snapshot, None).partitions[None].rows == 3


def test_data_files_that_rows_go_out_of_stay_as_they_are(lake: Lake):
    merge(lake, merge_of(rows_of("A", 100)))
    before = data_files(lake, LINES)
    merge(lake, merge_of([row("A", 7, "9.00")]))

    assert before < data_files(lake, LINES)
    assert len(delete_files(lake)) == 1
    assert len(read(lake, LINES)) == 100


def test_a_part_of_the_key_touches_every_row_that_has_it(lake: Lake):
    merge(lake, merge_of([*rows_of("A", 3), *rows_of("B", 2)]))
    change = Merge(rows_sql([row("A", 7)]), "SELECT 'A' AS order_no", ("order_no",))
    published = merge(lake, change)

    assert published.rows_removed == 3
    assert read(lake, LINES) == [row("A", 7), *rows_of("B", 2)]


def test_long_keys_that_are_much_alike_are_found_in_whatever_file_they_are(lake: Lake):
    orders = ["两" * 20 + ending for ending in ("", "a", "z", "􏿿", "两")]
    for order in orders:
        merge(lake, merge_of([row(order, 1)]))
    for order in orders:
        assert merge(lake, merge_of([row(order, 1, "2.00")])).rows_removed == 1

    assert read(lake, LINES) == [row(order, 1, "2.00") for order in sorted(orders)]


def test_a_touched_key_that_is_null_touches_nothing(lake: Lake):
    merge(lake, merge_of(rows_of("A", 2)))
    nothing = "SELECT CAST(NULL AS VARCHAR) AS order_no, 1 AS line_no"
    published = merge(lake, Merge(rows_sql([row("B", 1)]), nothing, LINES.key))

    assert published.rows_removed == 0
    assert read(lake, LINES) == [*rows_of("A", 2), row("B", 1)]


def test_a_merge_of_nothing_publishes_all_the_same(lake: Lake):
    merge(lake, merge_of(rows_of("A", 2)))
    published = merge(lake, merge_of([]))

    assert lake.snapshot(LINES).published == {None: published.publication_id}
    assert read(lake, LINES) == rows_of("A", 2)


def test_every_row_can_go_and_come_back(lake: Lake):
    merge(lake, merge_of(rows_of("A", 2)))
    merge(lake, merge_of([], [("A", 1), ("A", 2)]))
    assert read(lake, LINES) == read_by_pyiceberg(lake) == []
    assert lake.snapshot(LINES).published

    merge(lake, merge_of(rows_of("A", 2, "3.00")))
    assert read(lake, LINES) == read_by_pyiceberg(lake) == rows_of("A", 2, "3.00")


def test_an_older_snapshot_still_reads_as_it_was(lake: Lake):
    merge(lake, merge_of(rows_of("A", 10)))
    merge(lake, merge_of([row("A", 1, "2.00")]))
    snapshot = lake.snapshot(LINES)
    merge(lake, merge_of([row("A", 1, "3.00")], [("A", number) for number in range(1, 11)]))

    assert read(lake, LINES, snapshot) == [row("A", 1, "2.00"), *rows_of("A", 10)[1:]]
    assert read(lake, LINES) == [row("A", 1, "3.00")]


def test_rows_are_found_and_read_after_columns_were_added_and_renamed(lake: Lake):
    merge(lake, merge_of(rows_of("A", 3)))
    order = replace(WIDER_LINES.columns[0], name="order_number", was="order_no")
    renamed = replace(
        WIDER_LINES,
        columns=(order, *WIDER_LINES.columns[1:]),
        key=("order_number", "line_no"),
        sort_by=(),
    )
    select = "SELECT 'A' AS order_number, 2 AS line_no, 9.00 AS pay_amount, "
    select += "'Ulm' AS city, NULL AS note"
    touched = "SELECT 'A' AS order_number, 2 AS line_no"
    merge(lake, Merge(select, touched, renamed.key), spec=renamed)

    plain = [(*each[:3], None, None) for each in rows_of("A", 3)]
    plain[1] = (*row("A", 2, "9.00")[:3], "Ulm", None)
    assert read(lake, renamed) == plain
    assert read_by_pyiceberg(lake, renamed) == plain


def test_a_broken_rule_leaves_the_table_and_no_file(lake: Lake):
    merge(lake, merge_of(rows_of("A", 5)))
    before, files = metadata_location(lake, LINES), data_files(lake, LINES)

    with pytest.raises(RulesBroken, match="pay_amount_not_negative: 1 of 2 rows"):
        merge(lake, merge_of([row("A", 1, "-1.00"), row("A", 2)]))

    assert metadata_location(lake, LINES) == before
    assert data_files(lake, LINES) == files


def test_a_key_that_is_not_touched_may_not_come_in_again(lake: Lake):
    merge(lake, merge_of(rows_of("A", 5)))
    with pytest.raises(RulesBroken, match=r"unique_key: 2 of 3 rows.*order_no=A") as broken:
        merge(lake, merge_of([row("A", 1), row("A", 2), row("A", 3)], [("A", 1)]))

    result = next(each for each in broken.value.report.results if each.rule.name == "unique_key")
    assert {(each["line_no"], each["copies"]) for each in result.sample} == {(2, 2), (3, 2)}
    assert read(lake, LINES) == rows_of("A", 5)


def test_a_key_that_went_out_before_may_come_in_without_being_touched(lake: Lake):
    merge(lake, merge_of(rows_of("A", 5)))
    merge(lake, merge_of([], [("A", 1)]))
    merge(lake, merge_of([row("A", 1, "4.00")], []))

    assert read(lake, LINES) == [row("A", 1, "4.00"), *rows_of("A", 5)[1:]]


def test_a_key_twice_among_the_rows_that_come_in_is_refused(lake: Lake):
    with pytest.raises(RulesBroken, match="unique_key: 1 of 2 rows"):
        merge(lake, merge_of([row("A", 1), row("A", 1, "2.00")]))
    assert lake.snapshot(LINES).table is None


def test_repeated_keys_that_are_only_a_warning_are_published_and_reported(lake: Lake):
    lenient = replace(LINES, key_severity=Severity.WARN)
    merge(lake, merge_of(rows_of("A", 1)))
    published = merge(lake, merge_of(rows_of("A", 2), []), spec=lenient)

    assert [each.rule.name for each in published.report.failures()] == ["unique_key"]
    assert published.partitions == {None: 3}


def test_guards_look_at_the_whole_table_as_it_will_be(lake: Lake):
    guard = Rule(
        name="at_most_five",
        check="guard",
        expression="COUNT(*) <= 5",
        whole_partition=True,
    )
    guarded = replace(LINES, rules=(guard,))
    merge(lake, merge_of(rows_of("A", 5)), spec=guarded)
    merge(lake, merge_of(rows_of("A", 5, "2.00")), spec=guarded)
    with pytest.raises(RulesBroken, match="at_most_five"):
        merge(lake, merge_of(rows_of("B", 1)), spec=guarded)
    assert read(lake, LINES) == rows_of("A", 5, "2.00")


def test_publishing_the_table_whole_lets_go_of_delete_files(lake: Lake):
    merge(lake, merge_of(rows_of("A", 10)))
    merge(lake, merge_of([row("A", 3, "2.00")]))
    assert delete_files_in_snapshot(lake)
    publish_sql(lake, LINES, None, rows_sql(rows_of("C", 2)))

    assert read(lake, LINES) == read_by_pyiceberg(lake) == rows_of("C", 2)
    table = lake.snapshot(LINES).table
    summary = table.current_snapshot().summary
    assert (summary["total-delete-files"], summary["total-position-deletes"]) == ("0", "0")
    merge(lake, merge_of(rows_of("D", 1)))
    manifests = table.refresh().current_snapshot().manifests(table.io)
    assert {each.content for each in manifests} == {ManifestContent.DATA}
    assert data_files(lake, LINES) == files_in_history(lake, LINES) | {
        str(path) for path in delete_files(lake)
    }


def test_the_snapshot_counts_what_died(lake: Lake):
    merge(lake, merge_of(rows_of("A", 10)))
    merge(lake, merge_of([row("A", 3, "2.00")], [("A", 3), ("A", 4)]))

    summary = lake.snapshot(LINES).table.current_snapshot().summary
    assert summary["added-position-delete-files"] == "1"
    assert summary["added-position-deletes"] == "2"
    assert summary["total-position-deletes"] == "2"
    assert summary["total-records"] == "11"


def test_delete_files_of_another_writer_are_still_refused(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
):
    merge(lake, merge_of(rows_of("A", 10)))
    merge(lake, merge_of([row("A", 3, "2.00")]))
    # As if something else had named it.
    own = DataFile.file_path.fget
    monkeypatch.setattr(
        DataFile,
        "file_path",
        property(lambda file: own(file).replace("position-deletes-", "00000-deletes-")),
    )

    with pytest.raises(StorageError, match="delete files that this lake did not write"):
        read(lake, LINES)
    with pytest.raises(StorageError, match="delete files that this lake did not write"):
        merge(lake, merge_of([row("A", 1)]))
    with pytest.raises(StorageError, match="row-level deletes"):
        publish_sql(lake, LINES, None, rows_sql(rows_of("C", 2)))


def test_what_makes_no_sense_is_refused_before_anything_is_written(lake: Lake):
    change = merge_of(rows_of("A", 1))
    partitioned = replace(
        LINES,
        columns=(*LINES.columns, replace(LINES.columns[0], name="dt", type="DATE")),
        partition_column="dt",
    )
    with pytest.raises(SettingsError, match="the window given is None"):
        merge(lake, change, spec=partitioned)
    with pytest.raises(SettingsError, match=r"its key is \(order_no, line_no\)"):
        merge(lake, replace(change, match=("note",)))
    with pytest.raises(SettingsError, match="matched by"):
        merge(lake, replace(change, match=()))
    with pytest.raises(EngineError, match="Merging into fact"):
        merge(lake, replace(change, touched_sql="SELECT 'A' AS order_no"))
    merge(lake, change)
    with pytest.raises(SchemaChangeRefused):
        merge(lake, change, spec=replace(LINES, columns=LINES.columns[:3]))
    assert read(lake, LINES) == rows_of("A", 1)
