"""Which type fits which: a cast that loses no digit unseen, and Iceberg's promotion."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, strategies as st

from resources.lake.model.column_type import ColumnType, column_type

TYPES = (
    "TINYINT", "UINTEGER", "INTEGER", "BIGINT", "HUGEINT", "DECIMAL(4,0)", "DECIMAL(6,2)",
    "DECIMAL(6, 3)", "DECIMAL(38,2)", "FLOAT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE", "INTEGER[]",
)  # fmt: skip


@given(st.sampled_from(TYPES), st.sampled_from(TYPES), st.integers(-2000, 2000))
def test_a_cast_that_fits_gives_the_same_number(one: str, other: str, thousandths: int):
    if not column_type(one).fits_into(column_type(other)) or column_type(one).scale is None:
        return
    value = f"TRY_CAST(TRY_CAST({thousandths} * 0.001 AS {one}) AS {other})"
    same = f"{value} = TRY_CAST({thousandths} * 0.001 AS {one})"
    assert duckdb.sql(f"SELECT coalesce({same}, true)").fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("one", "other", "fits", "promotes"),
    [
        ("INTEGER", "BIGINT", True, True),
        ("BIGINT", "INTEGER", True, False),
        ("BIGINT", "DECIMAL(18,2)", True, False),
        ("DECIMAL(18,0)", "BIGINT", True, False),
        ("DECIMAL(18,2)", "BIGINT", False, False),
        ("DECIMAL(18,2)", "DECIMAL(20,2)", True, True),
        ("DECIMAL(18,2)", "DECIMAL(12,2)", True, False),
        ("DECIMAL(18,2)", "DECIMAL(20,4)", True, False),
        ("DECIMAL(18,4)", "DECIMAL(18,2)", False, False),
        ("FLOAT", "DOUBLE", False, True),
        ("DOUBLE", "FLOAT", False, False),
        ("DOUBLE", "DECIMAL(18,2)", False, False),
        ("VARCHAR", "BIGINT", False, False),
        ("BOOLEAN", "BIGINT", False, False),
        ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", False, False),
        ("DECIMAL(18, 2)", "DECIMAL(18,2)", True, True),
    ],
)
def test_what_fits_and_what_is_promoted(one: str, other: str, fits: bool, promotes: bool):
    assert column_type(one).fits_into(column_type(other)) is fits
    assert column_type(one).promotes_to(column_type(other)) is promotes


def test_a_spelling_is_parsed_once():
    assert column_type("DECIMAL(18, 2)") == ColumnType("DECIMAL", 18, 2)
    assert column_type("BIGINT") == ColumnType("BIGINT", scale=0)
    assert column_type("INTEGER[]") == ColumnType("INTEGER[]")
    assert column_type("VARCHAR") is column_type("VARCHAR")
