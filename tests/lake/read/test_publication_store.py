"""Publication records: whatever becomes of one, its partition can be published again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from resources.errors import DataError, RecordUnreadable
from resources.lake.lake import Lake
from resources.lake.model.publication_record import DatedRows, PublicationRecord
from tests.lake.builders import FIRST, ORDERS, SECOND, folder_of, order_rows, publish_orders, read


def _edited(**changes: object) -> Callable[[str], str]:
    return lambda text: json.dumps({**json.loads(text), **changes})


def _without_partitions(text: str) -> str:
    return json.dumps({name: v for name, v in json.loads(text).items() if name != "partitions"})


def _partitions(**changes: object) -> Callable[[str], str]:
    def edit(text: str) -> str:
        read: dict[str, Any] = json.loads(text)
        read["partitions"] = [{**each, **changes} for each in read["partitions"]]
        return json.dumps(read)

    return edit


BROKEN: dict[str, Callable[[str], str | bytes | None]] = {
    "a date that Python has not": _partitions(
        dates=[{"date": "10000-01-01", "rows": 1, "since": "x"}]
    ),
    "a partition that is no date": _partitions(partition="yesterday"),
    "rows that are no number": _partitions(rows="many"),
    "truncated": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "not there": lambda _: None,
    "no UTF-8": lambda text: text.encode() + b"\xff\xfe",
    "not JSON": lambda _: "<html>404</html>",
    "a list": lambda _: "[]",
    "nothing but null": lambda _: "null",
    "nested without end": lambda _: "[" * 200_000,
    "of a later version": _edited(version=2),
    "with fields of a later version": _edited(sources=[{"path": "p", "colour": "red"}]),
    "without partitions": _without_partitions,
    "of another partition": _partitions(partition="2026-04-01"),
    "of another publication": _edited(publication_id="00000000-0000-0000-0000-000000000000"),
    "a window that ends before it starts": _edited(
        window={"start": "2026-03-02", "end": "2026-03-01"}
    ),
    "positions that are no days": _edited(positions={"log": {"x": "y"}}),
}


def record_path(lake: Lake, day: date) -> Path:
    """Where the record of the day's publication is."""
    published = lake.snapshot(ORDERS).published[day]
    return folder_of(lake) / "metadata" / f"publication-{published}.json"


def break_record(path: Path, change: Callable[[str], str | bytes | None]) -> None:
    """Put something else in the record's place."""
    broken = change(path.read_text())
    path.unlink()
    if broken is not None:
        path.write_bytes(broken if isinstance(broken, bytes) else broken.encode())


@pytest.fixture(scope="module")
def broken_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with two days."""
    from tests.lake.builders import open_lake

    return open_lake(tmp_path_factory.mktemp("records") / "home")


def test_the_framework_version_is_found_under_its_first_name(lake: Lake) -> None:
    """Records were written before it was called so, and an unchanged run is known by it."""
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    written = json.loads(record_path(lake, FIRST).read_text())
    assert written["kit_version"] == ""
    record = PublicationRecord.from_json(json.dumps({**written, "kit_version": "earlier"}))
    assert record.framework_version == "earlier"
    assert json.loads(record.to_json())["kit_version"] == "earlier"


@pytest.mark.parametrize("shape", BROKEN)
def test_a_broken_record_says_why_and_the_next_publish_mends_it(broken_lake: Lake, shape: str):
    lake = broken_lake
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    publish_orders(lake, SECOND, order_rows(SECOND, 3))
    break_record(record_path(lake, FIRST), BROKEN[shape])

    with pytest.raises(RecordUnreadable) as caught:
        lake.record(lake.snapshot(ORDERS), FIRST)
    assert caught.value.why
    assert "again" in str(caught.value)
    assert lake.record(lake.snapshot(ORDERS), SECOND).partitions[SECOND].rows == 3

    publish_orders(lake, FIRST, order_rows(FIRST, 4))
    assert lake.record(lake.snapshot(ORDERS), FIRST).partitions[FIRST].rows == 4
    assert read(lake) == sorted([*order_rows(FIRST, 4), *order_rows(SECOND, 3)])


def test_a_record_in_a_folders_place_is_broken_too(lake: Lake):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    path = record_path(lake, FIRST)
    path.unlink()
    path.mkdir()
    with pytest.raises(RecordUnreadable):
        lake.record(lake.snapshot(ORDERS), FIRST)
    publish_orders(lake, FIRST, order_rows(FIRST, 4))
    assert lake.record(lake.snapshot(ORDERS), FIRST).partitions[FIRST].rows == 4


@given(cut=st.integers(0, 5_000), put=st.binary(max_size=12))
def test_whatever_bytes_are_in_a_record_it_is_read_or_called_broken(
    broken_lake: Lake, cut: int, put: bytes
):
    lake = broken_lake
    if FIRST not in lake.snapshot(ORDERS).published:
        publish_orders(lake, FIRST, order_rows(FIRST, 2))
    snapshot = lake.snapshot(ORDERS)
    path = record_path(lake, FIRST)
    whole = path.read_bytes()
    try:
        at = cut % len(whole)
        path.write_bytes(whole[:at] + put + whole[at + len(put) :])
        try:
            record = lake.record(snapshot, FIRST)
        except RecordUnreadable as error:
            assert error.why
        else:
            assert isinstance(record.partitions[FIRST].rows, int)
    finally:
        path.write_bytes(whole)


def test_what_could_not_be_read_again_is_not_written(lake: Lake):
    """The engine gives a date after the year 9999 as a text, for want of a better type."""
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    snapshot = lake.snapshot(ORDERS)
    record = lake.record(snapshot, FIRST)
    assert record is not None and snapshot.table is not None
    for day in ("10000-01-01", "0001-12-31 (BC)"):
        partitions = {
            FIRST: type(record.partitions[FIRST])(2, {}, {day: DatedRows(2, "x")})  # type: ignore[dict-item]
        }
        broken = PublicationRecord(
            **{**vars(record), "publication_id": "other", "partitions": partitions}
        )
        with pytest.raises(DataError, match="nothing was published"):
            snapshot.publications.write(broken)
    assert not (folder_of(lake) / "metadata" / "publication-other.json").exists()
    again = snapshot.publications.read(record.publication_id)
    assert again == record


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": "2026-03-01"}', "null"])
def test_maintenance_begins_a_broken_register_anew(lake: Lake, text: str):
    for amount in ("1.00", "2.00"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2, amount))
    register = folder_of(lake) / "metadata" / "unreferenced.json"
    register.write_text(text)
    lake.maintain(ORDERS)
    assert isinstance(json.loads(register.read_text()), dict)
    assert read(lake) == order_rows(FIRST, 2, "2.00")
