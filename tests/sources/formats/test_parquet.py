"""Parquet: types of its own, taken over only where they lose nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resources.errors import SourceError
from resources.sources.declaration.files import files
from tests.sources.conftest import DAY, FOLDER, Landing, values

PARQUET = files(FOLDER, format="parquet")


def deliver(landing: Landing, **columns: Any) -> None:
    landing.deliver("a.parquet", b"")
    pq.write_table(pa.table(columns), landing.folder() / "a.parquet")


@pytest.mark.parametrize(
    ("given", "wanted", "expected"),
    [
        (pa.array([7], pa.int16()), "BIGINT", 7),
        (pa.array([7], pa.uint64()), "BIGINT", 7),
        (pa.array([7.0]), "BIGINT", 7),
        (pa.array(["7"]), "BIGINT", 7),
        (pa.array([Decimal("1.5000")], pa.decimal128(20, 4)), "DECIMAL(18,2)", Decimal("1.50")),
        (pa.array([3], pa.int32()), "DECIMAL(18,2)", Decimal("3.00")),
        (pa.array(["1.50"]), "DECIMAL(18,2)", Decimal("1.50")),
        (pa.array([7], pa.int64()), "VARCHAR", "7"),
        (pa.array(["a"]).dictionary_encode(), "VARCHAR", "a"),
        (pa.array([{"a": [1]}]), "VARCHAR", '{"a":[1]}'),
        (pa.array([date(2026, 1, 5)]), "DATE", date(2026, 1, 5)),
        (pa.array([datetime(2026, 1, 5)], pa.timestamp("us")), "DATE", date(2026, 1, 5)),
        (pa.array([True]), "BOOLEAN", True),
        (
            pa.array([datetime(2026, 1, 5, 10)], pa.timestamp("ns")),
            "TIMESTAMP WITH TIME ZONE",
            datetime(2026, 1, 5, 2, tzinfo=UTC),
        ),
        (
            pa.array([datetime(2026, 1, 5, 10)], pa.timestamp("ms", "Europe/Berlin")),
            "TIMESTAMP WITH TIME ZONE",
            datetime(2026, 1, 5, 10, tzinfo=UTC),
        ),
    ],
)
def test_types_become_the_contracts(
    landing: Landing, given: pa.Array, wanted: str, expected: object
) -> None:
    deliver(landing, x=given, other=[None])
    with landing.load(PARQUET, {"x": wanted}) as loaded:
        assert values(landing.accepted(loaded), "x", "source_line", "dt") == [(expected, 1, DAY)]


@pytest.mark.parametrize(
    ("given", "wanted", "reason"),
    [
        (pa.array([2**40]), "INTEGER", "x: 1099511627776 does not fit INTEGER exactly"),
        (pa.array([7.5]), "BIGINT", "x: 7.5 does not fit BIGINT exactly"),
        (
            pa.array([Decimal("1.005")], pa.decimal128(20, 3)),
            "DECIMAL(18,2)",
            "x: 1.005 does not fit DECIMAL(18,2) exactly",
        ),
        (
            pa.array([datetime(2026, 1, 5, 10)], pa.timestamp("us")),
            "DATE",
            "x: 2026-01-05 10:00:00 does not fit DATE exactly",
        ),
        (pa.array(["x"]), "BIGINT", "x: 'x' is no BIGINT"),
    ],
)
def test_values_that_would_lose_something_are_refused(
    landing: Landing, given: pa.Array, wanted: str, reason: str
) -> None:
    deliver(landing, x=given, blob=[b"\x00"])
    with landing.load(PARQUET, {"x": f"{wanted}?"}) as loaded:
        refused = landing.refused(loaded)
        assert values(refused, "source_line", "reason") == [(1, reason)]
        assert refused[0]["raw"].startswith('{"x":')


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (pa.array([True]), "DECIMAL(18,2)"),
        (pa.array([b"a"]), "VARCHAR"),
        (pa.array([1]), "TIMESTAMP WITH TIME ZONE"),
        (pa.array([1]), "DATE"),
        (pa.array([date(2026, 1, 5)]), "BIGINT"),
    ],
)
def test_types_that_cannot_become_the_contracts_stop_the_file(
    landing: Landing, given: pa.Array, wanted: str
) -> None:
    deliver(landing, x=given)
    with pytest.raises(SourceError, match=r"a\.parquet: column 'x' is .* cannot become"):
        landing.load(PARQUET, {"x": wanted})


def test_missing_columns_and_other_names(landing: Landing) -> None:
    deliver(landing, uid=[1, 2], extra=["a", "b"])
    source = files(FOLDER, format="parquet", columns={"user_id": "uid"})
    with landing.load(source, {"user_id": "BIGINT", "city": "VARCHAR?"}) as loaded:
        assert values(landing.accepted(loaded), "user_id", "city", "source_line") == [
            (1, None, 1),
            (2, None, 2),
        ]
    with pytest.raises(SourceError, match="column 'user_id' is missing"):
        landing.load(PARQUET, {"user_id": "BIGINT", "extra": "VARCHAR"})


def test_a_file_without_rows(landing: Landing) -> None:
    deliver(landing, x=pa.array([], pa.int64()))
    with landing.load(PARQUET, {"x": "BIGINT"}) as loaded:
        assert landing.accepted(loaded) == [] and loaded.rows == {DAY: 0}


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_truncated_file_is_named(landing: Landing, kept: float) -> None:
    deliver(landing, x=list(range(1_000)))
    whole = (landing.folder() / "a.parquet").read_bytes()
    landing.deliver("a.parquet", whole[: int(len(whole) * kept)])
    with pytest.raises(SourceError, match=r"a\.parquet is truncated or no Parquet file"):
        landing.load(PARQUET, {"x": "BIGINT"})


@pytest.mark.parametrize("damage", [bytes(59_000), b"\xff" * 59_000])
def test_a_file_damaged_inside_is_named(landing: Landing, damage: bytes) -> None:
    deliver(landing, x=[f"text {number}" for number in range(50_000)])
    file = landing.folder() / "a.parquet"
    whole = bytearray(file.read_bytes())
    whole[1_000:60_000] = damage
    file.write_bytes(whole)
    with pytest.raises(SourceError, match=r"a\.parquet is truncated or no Parquet file"):
        landing.take(landing.load(PARQUET, {"x": "VARCHAR"}))


@pytest.mark.parametrize("names", [("x", "x"), ("X", "x"), ("x", "X")])
def test_two_columns_of_one_name_are_told_to_a_person(
    landing: Landing, names: tuple[str, str]
) -> None:
    landing.deliver("a.parquet", b"")
    inner = pa.array([{"x": 1, "b": {"x": 2}}])
    both = pa.table([inner, pa.array([1]), pa.array([2])], names=["inner", *names])
    pq.write_table(both, landing.folder() / "a.parquet")
    with pytest.raises(SourceError, match=f"columns '{names[0]}' and '{names[1]}' have one name"):
        landing.load(PARQUET, {"x": "BIGINT?"})


def test_a_column_with_a_number_in_its_name_is_like_any_other(landing: Landing) -> None:
    deliver(landing, inner=pa.array([{"x": 1, "x_1": 2}]), x=[3], x_1=[4])
    with landing.load(PARQUET, {"x": "BIGINT", "x_1": "BIGINT"}) as loaded:
        assert values(landing.accepted(loaded), "x", "x_1") == [(3, 4)]
