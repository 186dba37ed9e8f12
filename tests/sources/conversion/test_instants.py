"""Instants that stand in several fields, or as numbers since 1970."""

from __future__ import annotations

from datetime import UTC, datetime

from resources.sources.declaration.column_origins import joined
from resources.sources.declaration.files import files
from tests.sources.conftest import FOLDER, Landing, values


def test_an_instant_stands_in_several_fields(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "Date,Time,Zone\n11/01/2026,01:30:00,EDT\n11/01/2026,01:30:00,EST\n11/01/2026,01:30:00,CET\n"
        "11/01/2026,,EST\n,,\n11/31/2026,01:30:00,EST\n11/01/2026,25:30:00,EST\n",
    )
    source = files(
        FOLDER,
        format="csv",
        columns={"at": joined("Date", "Time", "Zone")},
        timestamp_formats=["%m/%d/%Y %H:%M:%S %Z"],
        zone_offsets={"EDT": "-04:00", "EST": "-05:00"},
    )
    with landing.load(source, {"at": "TIMESTAMP WITH TIME ZONE"}) as loaded:
        assert values(landing.accepted(loaded), "at") == [
            (datetime(2026, 11, 1, 5, 30, tzinfo=UTC),),
            (datetime(2026, 11, 1, 6, 30, tzinfo=UTC),),
        ]
        assert [row["source_line"] for row in landing.refused(loaded)] == [4, 5, 7, 8]
        assert "'11/01/2026 01:30:00 CET'" in landing.refused(loaded)[0]["reason"]


def test_instants_as_numbers_since_1970(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "s,ms\n1767578400,1767578400250\n1767578400.5,1767578400000\n1767578400000,1767578400000\n"
        "1767578400,1767578400\n0,0\n-1767578400,1767578400000\n1767578400.1234567,1767578400000\n",
    )
    source = files(FOLDER, format="csv", epochs={"s": "seconds", "ms": "milliseconds"})
    columns = {"s": "TIMESTAMP WITH TIME ZONE", "ms": "TIMESTAMP WITH TIME ZONE"}
    with landing.load(source, columns) as loaded:
        ten = datetime(2026, 1, 5, 2, tzinfo=UTC)
        assert values(landing.accepted(loaded), "s", "ms") == [
            (ten, ten.replace(microsecond=250_000)),
            (ten.replace(microsecond=500_000), ten),
        ]
        # Of another unit, or with more digits than are kept.
        assert [row["source_line"] for row in landing.refused(loaded)] == [4, 5, 6, 7, 8]
