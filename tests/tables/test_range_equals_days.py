"""Running several days at once publishes, row for row, what single runs publish.

The inputs are random and small: a few ids, so that rows meet, and a few days around a night on
which clocks change. Inputs keep what their own audit guarantees: the key is unique in the day, and
a word that must be one of several is. Tables that are declared in code hold what they declare.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.lake.model.window import Window
from tests.tables.run_sql import GivenInputs, Row, broken_rules, known_tables, statement_of
from warehouse_assets.modeling import Table
from warehouse_assets.modeling.declaration.contract import ContractColumn

NEW_YORK = "America/New_York"
WINDOW = Window.of_days(date(2026, 3, 7), date(2026, 3, 9))
DAYS = Window.of_days(date(2026, 3, 6), date(2026, 3, 10))

SQL_TABLES = sorted(name for name, table in known_tables().items() if table.sql is not None)
# A table that carries on from its own days before runs day by day, however many it is asked for:
# tests/modeling/execution/test_reconciliation_runs.py.
PARTITIONED = [
    name
    for name in SQL_TABLES
    if known_tables()[name].partition_column
    and known_tables()[name].materialization.earlier is None
]
ALIKE = 2
"""Of results of rules, which all have the same columns, so many have rows."""

WORDS = {
    "order_status": ["created", "paid", "cancelled"],
    "payment_status": ["captured", "captured", "captured", "failed"],
    "refund_status": ["succeeded", "succeeded", "failed"],
    "channel": ["alipay", "card"],
    "transaction_type": ["SALE", "REFUND", "VOID"],
    "transaction_status": ["SUCCESS", "05", "?"],
    "event_type": ["order", "cancellation", "payment", "refund", "channel_fee", "commission"],
    "direction": ["in", "out"],
    "wallet_direction": ["in", "out"],
    "movement_type": ["out", "in", "return", "adjustment"],
    "bill_type": ["pay", "refund"],
    "entry_type": ["top_up", "payment"],
    "currency": ["CNY", "CNY", "USD"],
}
EVENT_TIMES = ("ordered_at", "paid_at")
# What a table promises beside its key: of lines that say the same, a bill counts one.
UNIQUE = {
    "dwd_channel_bill": ("channel", "channel_transaction_no", "bill_type", "outward_refund_no"),
}
INSTANTS = st.integers(0, len(DAYS) * 24 - 1).map(
    lambda hour: datetime.combine(DAYS.start, datetime.min.time(), UTC) + timedelta(hours=hour)
)


@pytest.mark.parametrize("name", PARTITIONED)
def test_a_range_run_equals_its_days(name):
    table = known_tables()[name]
    seen: Counter[str] = Counter()

    @given(inputs_of(table))
    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    def range_equals_days(inputs: dict[str, list[Row]]) -> None:
        given_inputs = GivenInputs(table, inputs, WINDOW, NEW_YORK)
        together = given_inputs.run(WINDOW)
        single = [row for day in WINDOW for row in given_inputs.run(Window.of_day(day))]
        assert _counted(together) == _counted(single)
        assert all(row["dt"] in WINDOW for row in together)
        assert not {"unique_key", *_null_rules(table)} & broken_rules(table, together, NEW_YORK)
        seen["rows"] += len(together)

    range_equals_days()
    assert seen["rows"], "the random inputs never gave a row: the test says nothing"


def inputs_of(table: Table) -> st.SearchStrategy[dict[str, list[Row]]]:
    """Random rows of every input that is not declared in code."""
    names = [name for name in table.reads if known_tables()[name].rows is None]
    results = [name for name in names if known_tables()[name].layer == "reconciliation"]
    names = [name for name in names if name not in results[ALIKE:]]
    words = set(re.findall(r"\w+", statement_of(table).text(WINDOW)))
    return st.fixed_dictionaries({name: _rows(known_tables()[name], words) for name in names})


def _rows(table: Table, mentioned: set[str]) -> st.SearchStrategy[list[Row]]:
    """Rows with random values in the columns that the SQL mentions, or that decide what it sees.

    No other column can have to do with what comes out; it has a plain value.
    """
    names = ("source_file", "source_line") if table.source else (*table.key, "dt")
    promised = UNIQUE.get(table.name, names)
    log = table.change_log
    deciding = {"dt", *EVENT_TIMES, *names, *promised}
    if log:
        deciding |= {*log.key, log.sequence, log.event_time or log.sequence}
    columns = {
        column.spec.name: _value(column)
        for column in table.columns
        if column.spec.name in mentioned | deciding
    }
    if table.source:
        columns["source_line"] = st.integers(1, 99)
    return st.lists(
        st.fixed_dictionaries(columns).map(lambda row: _consistent(table, row)),
        min_size=1,
        max_size=12,
        unique_by=(_values_of(names), _values_of(promised)),
    )


def _values_of(names: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    return lambda row: tuple(row.get(name) for name in names)


def _value(column: ContractColumn) -> st.SearchStrategy[Any]:
    match column.spec.type:
        case "VARCHAR":
            values = st.sampled_from(_words(column))
        case "DATE":
            values = st.sampled_from(list(DAYS))
        case "TIMESTAMP WITH TIME ZONE":
            values = INSTANTS
        case "BOOLEAN":
            values = st.booleans()
        case "BIGINT":
            values = st.integers(1, 3)
        case _:
            values = st.integers(0, 300).map(lambda cents: Decimal(cents) / 100)
    return st.none() | values if column.spec.nullable else values


def _words(column: ContractColumn) -> list[str]:
    """Texts that the column's own checks allow, those of WORDS if any of them is allowed."""
    checks = (check for check in column.checks if check.name == "isin")
    allowed = next((sorted(check.value) for check in checks), [])
    common = [word for word in WORDS.get(column.spec.name, []) if not allowed or word in allowed]
    return common or allowed or ["A", "B"]


def _consistent(table: Table, row: Row) -> Row:
    """The row on the day of its event, or, if it was delivered, within a few days of it."""
    log = table.change_log
    event = row[log.event_time] if log and log.event_time else None
    if table.source is None:
        event = next((row[name] for name in EVENT_TIMES if name in row), None)
    if event is None:
        return row
    day = event.astimezone(ZoneInfo(NEW_YORK)).date()
    days_late = row["dt"].day % 6 - 1 if table.source else 0
    return {**row, "dt": day + timedelta(days=days_late)}


def _counted(rows: list[Row]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.items()) for row in rows)


def _null_rules(table: Table) -> set[str]:
    return {f"{column.spec.name}: null" for column in table.columns}
