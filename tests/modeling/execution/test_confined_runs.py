"""SQL of a table or a check that got past the load is stopped when it runs; nothing is changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from resources.errors import LedgerlakeError
from resources.lake.lake import Lake
from tests.tables.table_lake import TableLake
from warehouse_assets.fact.dws_account_1d import dws_account_1d
from warehouse_assets.modeling import check, guard

LINES = [
    {
        "journal_line_id": "a",
        "account_code": "1001",
        "currency": "CNY",
        "debit_amount": 5,
        "credit_amount": 0,
    },
    {
        "journal_line_id": "b",
        "account_code": "6001",
        "currency": "CNY",
        "debit_amount": 0,
        "credit_amount": 5,
    },
]
READ = "(SELECT count(*) FROM read_text('{hidden}'))"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> TableLake:
    """A lake in which the table is published as it is written."""
    made = TableLake.make(dws_account_1d, tmp_path_factory.mktemp("confined"))
    made.give("dwd_journal_entry", LINES)
    made.run()
    return made


@pytest.mark.parametrize("place", ["sql", "check", "guard"])
def test_a_file_beside_the_lake_is_not_read(lake: TableLake, tmp_path: Path, place: str) -> None:
    hidden = tmp_path / "hidden.txt"
    hidden.write_text("not to be seen")
    read = READ.format(hidden=hidden)
    table = lake.table
    assert table.sql is not None
    changed = {
        "sql": replace(table, sql=table.sql.replace("COUNT(*)", f"COUNT(*) + {read}", 1)),
        "check": replace(table, checks=(check("reads", f"{read} >= 0"),)),
        "guard": replace(table, checks=(guard("reads", f"{read} >= 0"),)),
    }[place]
    before = Lake(lake.settings).snapshot(table.spec)
    assert before.published
    with pytest.raises(LedgerlakeError, match=r"hidden\.txt.*disabled by configuration"):
        replace(lake, table=changed).run()
    assert Lake(lake.settings).snapshot(table.spec).published == before.published
