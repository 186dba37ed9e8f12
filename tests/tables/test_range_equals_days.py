"""Running several days at once publishes, row for row, what single runs publish.

The inputs are random and small: a few ids, so that rows meet, and a few days around a night on
which clocks change. Inputs keep what their own audit guarantees: the key is unique in the day.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.lake.table_spec import ColumnSpec
from resources.lake.window import Window
from tests.tables.run_sql import Row, broken_rules, known_tables, run_sql
from warehouse_assets.modeling import Table

NEW_YORK = "America/New_York"
WINDOW = Window.of_days(date(2026, 3, 7), date(2026, 3, 10))
DAYS = Window.of_days(date(2026, 3, 6), date(2026, 3, 11))

SQL_TABLES = sorted(name for name, table in known_tables().items() if table.sql is not None)
PARTITIONED = [name for name in SQL_TABLES if known_tables()[name].partition_column]

WORDS = {
    "order_status": ["created", "paid", "cancelled"],
    "payment_status": ["captured", "captured", "captured", "failed"],
    "currency": ["CNY", "CNY", "USD"],
}
INSTANTS = st.integers(0, len(DAYS) * 24 - 1).map(
    lambda hour: datetime.combine(DAYS.start, datetime.min.time(), UTC) + timedelta(hours=hour)
)


@pytest.mark.parametrize("name", PARTITIONED)
def test_a_range_run_equals_its_days(name):
    table = known_tables()[name]
    seen: Counter[str] = Counter()

    @given(_inputs(table))
    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def range_equals_days(inputs: dict[str, list[Row]]) -> None:
        together = run_sql(table, inputs, WINDOW, NEW_YORK)
        single = [
            row for day in WINDOW for row in run_sql(table, inputs, Window.of_day(day), NEW_YORK)
        ]
        assert _counted(together) == _counted(single)
        assert all(row["dt"] in WINDOW for row in together)
        assert not {"unique_key", *_null_rules(table)} & broken_rules(table, together, NEW_YORK)
        seen["rows"] += len(together)

    range_equals_days()
    assert seen["rows"], "the random inputs never gave a row: the test says nothing"


def _inputs(table: Table) -> st.SearchStrategy[dict[str, list[Row]]]:
    names = [name for name in table.reads if name != "dim_date"]
    return st.fixed_dictionaries({name: _rows(known_tables()[name]) for name in names})


def _rows(table: Table) -> st.SearchStrategy[list[Row]]:
    columns = {column.spec.name: _value(column.spec) for column in table.columns}
    names = [*table.key, "dt"] if table.key else []
    return st.lists(
        st.fixed_dictionaries(columns).map(_consistent),
        min_size=1,
        max_size=12,
        unique_by=(lambda row: tuple(row[name] for name in names)) if names else None,
    )


def _value(column: ColumnSpec) -> st.SearchStrategy[Any]:
    match column.type:
        case "VARCHAR":
            values = st.sampled_from(WORDS.get(column.name, ["A", "B"]))
        case "DATE":
            values = st.sampled_from(list(DAYS))
        case "TIMESTAMP WITH TIME ZONE":
            values = INSTANTS
        case "BIGINT":
            values = st.integers(1, 3)
        case _:
            values = st.integers(0, 300).map(lambda cents: Decimal(cents) / 100)
    return st.none() | values if column.nullable else values


def _consistent(row: Row) -> Row:
    """The row on the day of its event, or delivered within a few days of it."""
    event = row.get("ordered_at") or row.get("paid_at")
    if event is None:
        return row
    day = event.astimezone(ZoneInfo(NEW_YORK)).date()
    days_late = row["dt"].day % 6 - 1 if "source_line" in row else 0
    return {**row, "dt": day + timedelta(days=days_late)}


def _counted(rows: list[Row]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.items()) for row in rows)


def _null_rules(table: Table) -> set[str]:
    return {f"{column.spec.name}: null" for column in table.columns}
