"""The functions of the warehouse are exact, whatever the amounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, strategies as st

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


@given(amount=AMOUNTS, rate=st.decimals("-1", "999", places=6))
def test_multiply_money_rounds_half_away_from_zero_once(
    connection: duckdb.DuckDBPyConnection, amount: Decimal, rate: Decimal
) -> None:
    found = value(connection, "multiply_money(CAST(? AS DECIMAL(18,2)), CAST(? AS DECIMAL(9,6)))",
                  amount, rate)  # fmt: skip
    assert found == (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_nothing_by_something_is_unknown(connection: duckdb.DuckDBPyConnection) -> None:
    assert value(connection, "divide_money(NULL, 3)") is None
    assert value(connection, "divide_money(3, NULL)") is None
    assert value(connection, "multiply_money(3, NULL)") is None


@pytest.mark.parametrize(
    "time_zone", ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "UTC"]
)
def test_business_date_is_the_local_date_whether_or_not_clocks_change(time_zone: str) -> None:
    with duckdb.connect() as opened:
        functions.install(opened, time_zone)

        # Back to when Shanghai and Kathmandu did change their clocks.
        @given(st.datetimes(datetime(1980, 1, 1), datetime(2037, 12, 31)))
        def is_local(moment: datetime) -> None:
            instant = moment.replace(tzinfo=UTC)
            found = value(opened, "business_date(CAST(? AS TIMESTAMPTZ))", instant)
            assert found == instant.astimezone(ZoneInfo(time_zone)).date()

        is_local()


@pytest.mark.parametrize("hour", [15, 16])
def test_a_zone_without_changes_has_its_midnight(hour: int) -> None:
    with duckdb.connect() as opened:
        functions.install(opened, "Asia/Shanghai")
        instant = datetime(2026, 1, 1, hour, tzinfo=UTC)
        found = value(opened, "business_date(CAST(? AS TIMESTAMPTZ))", instant)
        assert found == date(2026, 1, 1 + hour // 16)


def test_a_day_of_23_hours_and_one_of_25(connection: duckdb.DuckDBPyConnection) -> None:
    instants = ["2026-03-08 04:59:59+00", "2026-03-08 05:00:00+00", "2026-03-09 03:59:59+00",
                "2026-11-01 04:00:00+00", "2026-11-02 04:59:59+00"]  # fmt: skip
    found = [value(connection, "business_date(CAST(? AS TIMESTAMPTZ))", i) for i in instants]
    assert found == [
        date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 1)
    ]  # fmt: skip


@pytest.mark.parametrize("time_zone", ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu"])
def test_month_hour_and_time_are_what_a_clock_in_the_business_zone_shows(time_zone: str) -> None:
    with duckdb.connect() as opened:
        functions.install(opened, time_zone)

        @given(st.datetimes(datetime(1980, 1, 1), datetime(2037, 12, 31)))
        def is_local(moment: datetime) -> None:
            instant = moment.replace(tzinfo=UTC)
            local = instant.astimezone(ZoneInfo(time_zone))
            found = value(
                opened,
                "[CAST(business_month(i) AS VARCHAR), CAST(business_hour(i) AS VARCHAR), "
                "business_time(i)] FROM (SELECT CAST(? AS TIMESTAMPTZ) AS i)",
                instant,
            )
            assert found == [f"{local:%Y-%m}-01", str(local.hour), f"{local:%Y-%m-%d %H:%M:%S}"]

        is_local()


@given(part=st.integers(0, 2**62), whole=st.integers(0, 2**31))
def test_divide_whole_has_no_remainder_and_no_float(
    connection: duckdb.DuckDBPyConnection, part: int, whole: int
) -> None:
    found = value(connection, "divide_whole(?, ?)", part, whole)
    assert found == (None if whole == 0 else part // whole)


def test_days_between_counts_days(connection: duckdb.DuckDBPyConnection) -> None:
    assert value(connection, "days_between(DATE '2026-02-27', DATE '2026-03-01')") == 2
    assert value(connection, "days_between(DATE '2026-03-01', DATE '2026-02-27')") == -2
