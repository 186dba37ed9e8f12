"""Instants whose business date no calendar holds, and blanks where none may be, are faults of
their rows, in every format."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from resources.sources.declaration.files import files
from tests.sources.conftest import DAY, FOLDER, Landing, values

STAMP = "TIMESTAMP WITH TIME ZONE"
SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"

# Business zone of the lake: eight hours before UTC.
INSIDE = [
    "9999-12-31T23:59:59.999999+08:00",
    "9999-12-31T15:59:59Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T10:00:00+08:00",
]
OUTSIDE = [
    "9999-12-31T23:59:59Z",
    "9999-12-31T16:00:00Z",
    "9999-12-31T20:00:00-01:00",
    "0001-01-01T07:00:00+08:00",
    "0001-01-01 00:00:00",
]


def deliver(landing: Landing, form: str, texts: list[str]) -> None:
    if form == "csv":
        landing.deliver("a.csv", "at\n" + "".join(f"{text}\n" for text in texts))
    elif form == "jsonl":
        landing.deliver("a.jsonl", "".join(json.dumps({"at": text}) + "\n" for text in texts))
    else:
        landing.deliver("a.parquet", b"")
        if form == "parquet":
            aware = landing.rows(
                "SELECT epoch_us(CAST(text AS TIMESTAMPTZ)) AS us FROM "
                f"(SELECT unnest({[t + '+08:00' if len(t) == 19 else t for t in texts]}) AS text)"
            )
            column = pa.array([row["us"] for row in aware], pa.timestamp("us", "UTC"))
        else:
            column = pa.array(texts)
        pq.write_table(pa.table({"at": column}), landing.folder() / "a.parquet")


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "parquet of texts"])
def test_the_bound_is_the_business_date(landing: Landing, form: str) -> None:
    assert landing.settings.time_zone == SHANGHAI
    deliver(landing, form, [*INSIDE, *OUTSIDE])
    source = files(FOLDER, format=form.split()[0])  # pyright: ignore[reportArgumentType]
    with landing.load(source, {"at": STAMP}) as loaded, loaded.reading(landing.connection):
        found = landing.rows(
            "SELECT source_line, "
            "CAST(CAST(timezone('Asia/Shanghai', \"at\") AS DATE) AS VARCHAR) AS day "
            f"FROM ({loaded.select_sql}) ORDER BY source_line"
        )
        assert [tuple(row.values()) for row in found] == [
            *((1 + (form == "csv"), "9999-12-31"), (2 + (form == "csv"), "9999-12-31")),
            *((3 + (form == "csv"), "0001-01-01"), (4 + (form == "csv"), "0001-01-01")),
        ]
        assert loaded.rejected == {DAY: len(OUTSIDE)}
        reasons = [row["reason"] for row in landing.refused(loaded)]
    assert all(reason.startswith("at: ") for reason in reasons)


@pytest.mark.parametrize("form", ["csv", "parquet of texts"])
def test_the_bound_holds_in_the_zone_of_the_source_too(landing: Landing, form: str) -> None:
    deliver(landing, form, ["0001-01-01T02:00:00Z", "0001-01-02T02:00:00Z", "9999-12-31 20:00:00"])
    source = files(FOLDER, format=form.split()[0], time_zone=NEW_YORK)  # pyright: ignore
    with landing.load(source, {"at": STAMP}) as loaded:
        assert loaded.rows == {DAY: 1} and loaded.rejected == {DAY: 2}


def test_parquet_dates_are_bounded(landing: Landing) -> None:
    landing.deliver("a.parquet", b"")
    landing.connection.execute(
        "COPY (SELECT unnest([DATE '0001-01-01', DATE '10000-01-01', DATE '9999-12-31', "
        f"DATE '0001-01-01' - 1, NULL]) AS day) TO '{landing.folder()}/a.parquet'"
    )
    with landing.load(files(FOLDER, format="parquet"), {"day": "DATE?"}) as loaded:
        assert values(landing.accepted(loaded), "day") == [
            (date(1, 1, 1),), (date(9999, 12, 31),), (None,)
        ]  # fmt: skip
        assert [row["source_line"] for row in landing.refused(loaded)] == [2, 4]


def test_parquet_within_its_bounds_is_left_where_it_is(landing: Landing) -> None:
    """The statistics in its footer prove that no row is refused."""
    landing.deliver("a.parquet", b"")
    at = pa.array([datetime(2026, 1, 5, tzinfo=UTC)] * 3, pa.timestamp("us", "UTC"))
    table = pa.table({"at": at, "no": pa.array([1, 2, 3])})
    pq.write_table(table, landing.folder() / "a.parquet")
    source = files(FOLDER, format="parquet")
    with landing.load(source, {"at": STAMP, "no": "BIGINT"}) as loaded:
        assert len(loaded.unread) == 1
    for changed in (
        table.set_column(1, "no", pa.array([1, None, 3])),
        table.set_column(0, "at", pc.if_else(pa.array([True, True, False]), at, None)),
    ):
        pq.write_table(changed, landing.folder() / "a.parquet")
        with landing.load(source, {"at": STAMP, "no": "BIGINT"}) as loaded:
            assert not loaded.unread and loaded.rejected == {DAY: 1}
    pq.write_table(table, landing.folder() / "a.parquet", write_statistics=False)
    with landing.load(source, {"at": STAMP, "no": "BIGINT"}) as loaded:
        assert not loaded.unread and loaded.rows == {DAY: 3}


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_blank_where_none_may_be_is_the_fault_of_its_row(landing: Landing, form: str) -> None:
    rows: list[dict[str, Any]] = [{"no": f"A{at}", "paid": "1.00"} for at in range(99)]
    rows.insert(50, {"no": "B", "paid": None})
    if form == "csv":
        lines = "".join(f"{row['no']},{row['paid'] or ''}\n" for row in rows)
        landing.deliver("a.csv", "no,paid\n" + lines)
    elif form == "jsonl":
        landing.deliver("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    else:
        landing.deliver("a.parquet", b"")
        pq.write_table(pa.Table.from_pylist(rows), landing.folder() / "a.parquet")
    source = files(FOLDER, format=form, tolerance="0.01")  # pyright: ignore[reportArgumentType]
    with landing.load(source, {"no": "VARCHAR", "paid": "DECIMAL(18,2)"}) as loaded:
        loaded.check_tolerance()
        assert loaded.rows == {DAY: 99}
        refused = values(landing.refused(loaded), "source_line", "reason")
    assert refused == [(51 + (form == "csv"), "paid is empty, and may not be")]
