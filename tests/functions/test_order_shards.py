"""Where orders belong: by their buyer's hash, and by the shard that their number carries."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, strategies as st

from warehouse_assets.modeling import functions


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        functions.install(opened, "Asia/Shanghai")
        yield opened


@given(st.integers(1, 2**62))
def test_a_buyers_orders_belong_where_the_hash_says(
    connection: duckdb.DuckDBPyConnection, user_id: int
) -> None:
    found = connection.execute(
        "SELECT shard_database_of(u), shard_table_of(u) FROM (SELECT CAST(? AS BIGINT) AS u)",
        [user_id],
    ).fetchone()
    hashed = user_id * 2654435761 % 2**32
    assert found == (hashed // 2 % 2, hashed % 2)


def test_every_shard_gets_its_share_of_buyers(connection: duckdb.DuckDBPyConnection) -> None:
    counts = connection.execute(
        "SELECT count(*) FROM range(1, 40001) AS users(u) "
        "GROUP BY shard_database_of(u), shard_table_of(u)"
    ).fetchall()
    assert len(counts) == 4
    assert all(9_000 < count < 11_000 for (count,) in counts)


@pytest.mark.parametrize(
    ("order_no", "carried"),
    [
        ("O2026010300000123S0101", (1, 1)),
        ("O2026010300000123S0010", (0, 10)),
        ("O2026010300000123S1200", (12, 0)),
        ("O2026010100000123", (None, None)),
        ("O2026010300000123S01", (None, None)),
        ("O2026010300000123X0101", (None, None)),
        ("xO2026010300000123S0101", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_number_carries_its_shard_or_nothing(
    connection: duckdb.DuckDBPyConnection,
    order_no: str | None,
    carried: tuple[int | None, int | None],
) -> None:
    found = connection.execute(
        "SELECT carried_shard_database(o), carried_shard_table(o) "
        "FROM (SELECT CAST(? AS VARCHAR) AS o)",
        [order_no],
    ).fetchone()
    assert found == carried
