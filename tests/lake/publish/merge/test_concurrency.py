"""Of merges into one table at the same time exactly one wins; the others leave nothing."""

from __future__ import annotations

from multiprocessing.context import ForkServerContext

import pytest

from resources.errors import PublishConflict
from resources.lake.lake import Lake
from tests.lake.builders import publish_sql, read
from tests.lake.publish.merge import children
from tests.lake.publish.merge.builders import (
    LINES,
    merge,
    merge_of,
    read_by_pyiceberg,
    row,
    rows_of,
    rows_sql,
)
from tests.lake.publish.test_concurrency import run_all

WRITERS = 4


def attempts_on_disk(lake: Lake) -> int:
    """Folders of data files, each of one run."""
    return len(list((lake.settings.home / "warehouse/fact/dwd_order_line/data").iterdir()))


def test_of_merges_at_the_same_time_exactly_one_wins(lake: Lake, processes: ForkServerContext):
    merge(lake, merge_of(rows_of("A", 10)))
    barrier = processes.Barrier(WRITERS)
    answers = run_all(
        processes,
        children.race_to_merge,
        [(lake.settings.home, barrier, f"{writer}.00") for writer in range(1, WRITERS + 1)],
    )

    (winner,) = [text for kind, text in answers if kind == "done"]
    losers = [text for kind, text in answers if kind == "PublishConflict"]
    assert len(losers) == WRITERS - 1
    assert all(f"run run-{winner} published the table first" in text for text in losers)
    expected = [*rows_of("A", 2, winner), *rows_of("A", 10)[2:]]
    assert read(lake, LINES) == read_by_pyiceberg(lake) == expected
    assert attempts_on_disk(lake) == 2


def test_a_merge_and_a_publish_of_one_table_do_not_mix(lake: Lake):
    merge(lake, merge_of(rows_of("A", 10)))
    base = lake.snapshot(LINES)
    publish_sql(lake, LINES, None, rows_sql(rows_of("B", 1)))

    with pytest.raises(PublishConflict, match="published the table first"):
        merge(lake, merge_of([row("A", 1, "2.00")]), base=base)
    assert read(lake, LINES) == rows_of("B", 1)


def test_a_merge_that_another_one_overtakes_under_way_loses(lake: Lake):
    merge(lake, merge_of(rows_of("A", 10)))

    def overtake(stage: str) -> None:
        if stage == "auditing":
            merge(lake, merge_of([row("A", 1, "3.00")]), "run-other")

    with pytest.raises(PublishConflict, match="run-other"):
        merge(lake, merge_of([row("A", 2, "2.00")]), on_stage=overtake)
    assert read(lake, LINES) == [row("A", 1, "3.00"), *rows_of("A", 10)[1:]]


def test_a_merge_whose_files_something_else_rewrote_loses(lake: Lake):
    """As another program does, which knows nothing of publications."""
    merge(lake, merge_of(rows_of("A", 10)))

    def rewrite(stage: str) -> None:
        if stage == "publishing":
            table = lake.snapshot(LINES).table
            table.overwrite(table.scan().to_arrow())

    with pytest.raises(PublishConflict, match="files were rewritten while rows were staged"):
        merge(lake, merge_of([row("A", 2, "2.00")]), on_stage=rewrite)
    assert read(lake, LINES) == rows_of("A", 10)
