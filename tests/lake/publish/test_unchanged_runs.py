"""A run that repeats the one before is known by its record; the rows of any other are hashed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pyiceberg.io import FileIO

from resources.lake.audit import audit
from resources.lake.lake import Lake
from resources.lake.model.publication_record import InputState, PublishContext, SourceFile
from resources.lake.model.window import Window
from resources.lake.publish import change_detection
from resources.lake.read import publication_store
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    data_files,
    open_engine,
    order_rows,
    select_of,
)

ROWS = [*order_rows(FIRST, 3), *order_rows(SECOND, 2)]
BOTH = Window.of_days(FIRST, SECOND)
READ = PublishContext(
    "run-1",
    "version-1",
    inputs={day: {"ods_order": InputState(1, f"digest {day}", 1)} for day in BOTH},
    framework_version="framework-1",
)
DELIVERED = PublishContext(
    "run-1",
    "version-1",
    sources=(SourceFile("orders.csv", 10, 20, 5, "sha256:a1"),),
    framework_version="framework-1",
)


def run(lake: Lake, context: PublishContext, window: Window = BOTH) -> str:
    rows = [row for row in ROWS if row[2] in window]
    with open_engine(lake) as connection:
        return lake.publish(ORDERS, window, select_of(rows), connection, context).publication_id


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows with each relation whose rows are hashed to be compared."""
    found: list[object] = []
    for module in (audit, change_detection):
        monkeypatch.setattr(module, "scan_rows", _spy(module.scan_rows, found))
    return found


def _spy(scan_rows: Callable[..., object], found: list[object]) -> Callable[..., object]:
    def spy(*arguments: object) -> object:
        *_, is_hashed = (*arguments, True) if len(arguments) < 6 else arguments
        if is_hashed:
            found.append(arguments[2])
        return scan_rows(*arguments)

    return spy


@pytest.mark.parametrize("context", [READ, DELIVERED])
def test_a_repeated_run_changes_nothing_and_compares_nothing(
    lake: Lake, compared: list[object], context: PublishContext
) -> None:
    first = run(lake, context)
    compared.clear()
    for _ in range(2):
        again = run(lake, replace(context, run_id="run-2"))
        snapshot = lake.snapshot(ORDERS)
        assert set(snapshot.published.values()) == {again}
        assert set(snapshot.rows_from.values()) == {first}
    assert compared == []


def test_a_record_is_read_once_for_all_of_its_days(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(lake, READ)
    read: list[str] = []
    text_of = publication_store._text  # pyright: ignore[reportPrivateUsage]

    def spy(location: str, io: FileIO | None) -> str:
        read.append(location)
        return text_of(location, io)

    monkeypatch.setattr(publication_store, "_text", spy)
    publication_store._read.cache_clear()  # pyright: ignore[reportPrivateUsage]
    run(lake, READ)
    assert len(read) == 1


CHANGED: dict[str, Callable[[PublishContext], PublishContext]] = {
    "code": lambda c: replace(c, code_version="version-2"),
    "framework": lambda c: replace(c, framework_version="framework-2"),
    "no framework": lambda c: replace(c, framework_version=""),
    "input": lambda c: replace(
        c, inputs={day: {"ods_order": InputState(1, "other", 1)} for day in BOTH}
    ),
    "another input": lambda c: replace(
        c, inputs={day: {**c.inputs[day], "dim_sku": InputState(1, "x", 1)} for day in BOTH}
    ),
    "no input": lambda c: replace(c, inputs={}),
    "delivery": lambda c: replace(c, sources=(SourceFile("orders.csv", 10, 20, 5, "sha256:b2"),)),
}


@pytest.mark.parametrize("change", CHANGED)
def test_any_other_run_is_compared(lake: Lake, compared: list[object], change: str) -> None:
    first = run(lake, READ)
    compared.clear()
    run(lake, CHANGED[change](READ))
    assert compared
    assert set(lake.snapshot(ORDERS).rows_from.values()) == {first}


def test_other_days_of_a_delivery_are_compared(lake: Lake, compared: list[object]) -> None:
    first = run(lake, DELIVERED)
    compared.clear()
    run(lake, DELIVERED, Window.of_day(SECOND))
    assert compared
    assert set(lake.snapshot(ORDERS).rows_from.values()) == {first}


def test_of_inputs_that_changed_for_one_day_only_that_day_is_compared(
    lake: Lake, compared: list[object]
) -> None:
    run(lake, READ)
    compared.clear()
    other = {FIRST: READ.inputs[FIRST], SECOND: {"ods_order": InputState(2, "other", 1)}}
    run(lake, replace(READ, inputs=other))
    assert compared
    assert all(FIRST.isoformat() not in str(relation) for relation in compared)


def test_files_that_the_run_did_not_write_are_compared(lake: Lake, compared: list[object]) -> None:
    """Compaction, like another program, leaves the partition's record and other files."""
    from pyiceberg.expressions import EqualTo

    first = run(lake, READ)
    written = data_files(lake)
    table = lake.snapshot(ORDERS).table
    assert table is not None
    day = table.scan(row_filter=EqualTo("dt", FIRST.isoformat())).to_arrow()
    table.overwrite(day, overwrite_filter=EqualTo("dt", FIRST.isoformat()))
    assert data_files(lake) != written
    compared.clear()
    run(lake, READ)
    assert compared
    assert set(lake.snapshot(ORDERS).rows_from.values()) == {first}
