"""What a source says of columns is checked against the contract when the code is loaded."""

from __future__ import annotations

import pytest

from tests.modeling.conftest import HEADER, WriteWarehouse
from warehouse_assets.modeling.load_errors import LoadError

BILLS = (
    HEADER
    + """
from resources.sources.declaration.files import files
from resources.sources.declaration.files import sources

class OdsBill(DeliveredContract):
    channel: Text = column("Channel")
    shard: Integer = column("Shard")
    amount: Money = column("Amount")

ods_bill = table(OdsBill, owner="team:payment", source=sources(
    files("bill/card", format="csv", folders="shard_{shard}", values={"channel": "card"}),
    files(
        "bill/wallet",
        format="csv",
        folders="{shard}",
        values={"channel": "wallet"},
        columns={"amount": "sum"},
    ),
))
"""
)


def test_several_sources_with_columns_of_their_own_fit(write_warehouse: WriteWarehouse) -> None:
    write_warehouse({"ods/ods_bill": BILLS})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"channel": "wallet"', '"chanel": "wallet"', "bill/wallet names chanel"),
        ("shard_{shard}", "shard_{shrd}", "bill/card names shrd"),
        ('"amount": "sum"', '"amout": "sum"', "Did you mean amount?"),
        ('"channel": "card"', '"source_file": "card"', "names source_file"),
        ('"channel": "card"', '"dt": "2026-01-01"', "names dt"),
    ],
)
def test_a_column_that_is_not_in_the_contract_is_named(
    write_warehouse: WriteWarehouse, old: str, new: str, said: str
) -> None:
    assert old in BILLS
    with pytest.raises(LoadError, match=r"ods_bill\.py:\d+: ods_bill: the source") as raised:
        write_warehouse({"ods/ods_bill": BILLS.replace(old, new)})
    assert said in str(raised.value)
