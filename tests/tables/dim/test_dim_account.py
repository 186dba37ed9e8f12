import pytest

from resources.settings import Settings
from tests.tables.run_sql import broken_rules
from warehouse_assets.dim.dim_account import chart_of_accounts, dim_account


@pytest.fixture(scope="module")
def rows():
    return chart_of_accounts(Settings()).read_all().to_pylist()


def test_the_accounts_keep_the_contract_of_the_table(rows):
    assert list(rows[0]) == [column.spec.name for column in dim_account.columns]
    assert broken_rules(dim_account, rows) == set()


def test_an_account_is_of_the_type_that_its_code_begins_with(rows):
    types = {"1": "asset", "2": "liability", "9": "suspense"}
    assert {row["account_code"][0] for row in rows} > types.keys()
    for row in rows:
        if row["account_code"][0] in types:
            assert row["account_type"] == types[row["account_code"][0]]
        else:
            assert row["account_type"] in ("income", "expense")
