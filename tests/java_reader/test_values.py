"""Every value of every column type comes out of Iceberg's own library as it went in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, example, given, settings, strategies as st

from resources.lake.lake import Lake
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from tests.java_reader.comparison import assert_same_as_duckdb, assert_same_rows
from tests.java_reader.java_reader import JavaCatalog
from tests.lake.builders import context, open_engine

_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)


def _integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _decimals(precision: int, scale: int) -> st.SearchStrategy[Decimal]:
    most = 10**precision - 1
    # Digits as they are: a context would round them.
    return st.integers(-most, most).map(
        lambda digits: Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -scale))
    )


# Decimals of 9, 18 and 38 digits are kept in three ways in Parquet.
_COLUMNS: dict[str, tuple[str, pa.DataType, st.SearchStrategy[Any]]] = {
    "an_integer": ("INTEGER", pa.int32(), _integers(32)),
    "a_long": ("BIGINT", pa.int64(), _integers(64)),
    "a_text": ("VARCHAR", pa.string(), _TEXTS),
    "a_date": ("DATE", pa.date32(), st.dates()),
    "an_instant": (
        "TIMESTAMP WITH TIME ZONE",
        pa.timestamp("us", "UTC"),
        st.datetimes(_FIRST, _LAST, timezones=st.just(UTC)),
    ),
    "a_time": ("TIMESTAMP", pa.timestamp("us"), st.datetimes(_FIRST, _LAST)),
    "a_truth": ("BOOLEAN", pa.bool_(), st.booleans()),
    "a_double": ("DOUBLE", pa.float64(), st.floats()),
    "a_float": ("FLOAT", pa.float32(), st.floats(width=32)),
    "a_blob": ("BLOB", pa.binary(), st.binary(max_size=40)),
    "a_small_decimal": ("DECIMAL(9,2)", pa.decimal128(9, 2), _decimals(9, 2)),
    "a_decimal": ("DECIMAL(18,2)", pa.decimal128(18, 2), _decimals(18, 2)),
    "a_large_decimal": ("DECIMAL(38,10)", pa.decimal128(38, 10), _decimals(38, 10)),
}
_SCHEMA = pa.schema([(name, type_) for name, (_, type_, _) in _COLUMNS.items()])

VALUES = TableSpec(
    namespace="fact",
    name="dwd_value",
    doc="A column of each type.",
    columns=tuple(
        ColumnSpec(name, type_, "A value.", nullable=True)
        for name, (type_, _, _) in _COLUMNS.items()
    ),
)
_ROWS = st.lists(st.tuples(*(st.none() | values for _, _, values in _COLUMNS.values())), max_size=8)
# The ends of what the types hold, and texts that bounds of 16 characters cut.
_EDGES: list[tuple[Any, ...]] = [
    (
        *(-(2**31), -(2**63), "", date.min, _FIRST.replace(tzinfo=UTC), _FIRST, False),
        *(float("-inf"), float("-inf"), b""),
        *(Decimal("-0.01"), Decimal("-9999999999999999.99"), Decimal("-1E-10")),
    ),
    (
        *(2**31 - 1, 2**63 - 1, "\U0010ffff" * 20, date.max, _LAST.replace(tzinfo=UTC), _LAST),
        *(True, float("inf"), float("nan"), b"\xff" * 20),
        *(Decimal("9999999.99"), Decimal("0.00"), Decimal(10**28 - 1)),
    ),
    (None,) * len(_COLUMNS),
]
_ZEROS = [(*[None] * 7, zero, zero, *[None] * 4) for zero in (0.0, -0.0)]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=_ROWS)
@example(rows=_EDGES)
@example(rows=_ZEROS)
@example(rows=[])
def test_values_of_every_type(lake: Lake, reader: JavaCatalog, rows: list[tuple[Any, ...]]):
    given_rows = pa.table(
        [
            pa.array(values, type_)
            for values, type_ in zip(
                zip(*rows, strict=True) if rows else [()] * len(_COLUMNS),
                _SCHEMA.types,
                strict=True,
            )
        ],
        schema=_SCHEMA,
    )
    with open_engine(lake) as connection:
        connection.register("given_rows", given_rows)
        lake.publish(VALUES, None, "FROM given_rows", connection, context())
        table = reader.read(VALUES)
        assert_same_rows(table, connection, "FROM given_rows")
    assert_same_as_duckdb(table, lake, VALUES)
    assert len(table.rows) == len(rows)
