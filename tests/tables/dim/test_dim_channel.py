from datetime import timedelta
from itertools import groupby, pairwise

import pytest

from resources.settings import Settings
from tests.tables.run_sql import broken_rules
from warehouse_assets.dim.dim_channel import contracts, dim_channel


@pytest.fixture(scope="module")
def rows():
    return contracts(Settings()).read_all().to_pylist()


def test_the_contracts_keep_the_contract_of_the_table(rows):
    assert list(rows[0]) == [column.spec.name for column in dim_channel.columns]
    assert broken_rules(dim_channel, rows) == set()
    keys = [(row["channel"], row["valid_from_date"]) for row in rows]
    assert len(set(keys)) == len(keys)


def overlapping(rows):
    """Contracts that begin while the one before of the same channel is valid."""
    ordered = sorted(rows, key=lambda row: (row["channel"], row["valid_from_date"]))
    return [
        after
        for _, of_channel in groupby(ordered, key=lambda row: row["channel"])
        for before, after in pairwise(of_channel)
        if before["valid_to_date"] is None or before["valid_to_date"] >= after["valid_from_date"]
    ]


def test_no_two_contracts_of_a_channel_are_valid_on_one_day(rows):
    """No channel has had two yet: a second one shows that the test would see it."""
    assert overlapping(rows) == []
    second = rows[0] | {"valid_from_date": rows[0]["valid_from_date"] + timedelta(days=365)}
    assert overlapping([*rows, second]) == [second]
