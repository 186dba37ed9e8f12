"""The functions of the house are exact, whatever the amounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse_assets.modeling import functions

AMOUNTS = st.decimals("-9999999999999.99", "9999999999999.99", places=2)
COUNTS = st.integers(-10_000_000, 10_000_000)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        functions.install(opened, "America/New_York")
        yield opened


def value(connection: duckdb.DuckDBPyConnection, sql: str, *values: object) -> object:
    row = connection.execute(f"SELECT {sql}", list(values)).fetchone()
    assert row is not None
    return row[0]


@given(amount=AMOUNTS, count=COUNTS)
def test_divide_money_rounds_half_away_from_zero(
    connection: duckdb.DuckDBPyConnection, amount: Decimal, count: int
) -> None:
    found = value(connection, "divide_money(CAST(? AS DECIMAL(18,2)), CAST(? AS BIGINT))",
                  amount, count)  # fmt: skip
    if count == 0:
        assert found is None
    else:
        assert found == (amount / count).quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(part=st.decimals("-99999", "99999", places=2), whole=st.decimals("1000", "99999", places=2))
def test_divide_rate_has_six_decimals(
    connection: duckdb.DuckDBPyConnection, part: Decimal, whole: Decimal
) -> None:
    found = value(connection, "divide_rate(CAST(? AS DECIMAL(18,2)), CAST(? AS DECIMAL(18,2)))",
                  part, whole)  # fmt: skip
    assert found == (part / whole).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def test_nothing_by_something_is_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    assert value(connection, "divide_money(NULL, 3)") is None
    assert value(connection, "divide_money(3, NULL)") is None


@given(st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)))
def test_business_date_is_the_local_date_also_when_clocks_change(
    connection: duckdb.DuckDBPyConnection, moment: datetime
) -> None:
    instant = moment.replace(tzinfo=UTC)
    found = value(connection, "business_date(CAST(? AS TIMESTAMPTZ))", instant)
    assert found == instant.astimezone(ZoneInfo("America/New_York")).date()


def test_a_day_of_23_hours_and_one_of_25(connection: duckdb.DuckDBPyConnection) -> None:
    instants = ["2026-03-08 04:59:59+00", "2026-03-08 05:00:00+00", "2026-03-09 03:59:59+00",
                "2026-11-01 04:00:00+00", "2026-11-02 04:59:59+00"]  # fmt: skip
    found = [value(connection, "business_date(CAST(? AS TIMESTAMPTZ))", i) for i in instants]
    assert found == [
        date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 1)
    ]  # fmt: skip
