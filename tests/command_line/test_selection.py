"""Which tables a selection means."""

from __future__ import annotations

import pytest

from resources.errors import LedgerlakeError
from warehouse_assets.command_line.selection import selected_tables
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse


def names(*selection: str) -> list[str]:
    return [table.name for table in selected_tables(load_warehouse(), selection)]


def test_a_name_is_that_table() -> None:
    assert names("dwd_order") == ["dwd_order"]


def test_all_is_every_table_inputs_first() -> None:
    assert names("all") == list(load_warehouse().tables)


def test_plus_before_is_all_it_is_made_of() -> None:
    assert set(names("+dwd_order_detail")) == {
        "ods_order",
        "ods_order_item",
        "ods_user",
        "ods_sku",
        "dim_user",
        "dim_sku",
        "dwd_order",
        "dwd_order_detail",
    }


def test_plus_after_is_all_made_of_it() -> None:
    assert names("ods_stock_snapshot+") == [
        "ods_stock_snapshot",
        "dim_business_date",
        "dwd_inventory",
        "ads_inventory_turnover",
        "dm_operations",
    ]


def test_plus_on_both_sides() -> None:
    assert set(names("+dwd_payment+")) == {*names("+dwd_payment"), *names("dwd_payment+")}


def test_a_layer() -> None:
    found = names("layer:ads")
    assert {"ads_finance_daily", "dm_finance"} <= set(found)
    assert all(name.startswith(("ads_", "dm_")) for name in found)


def test_several_are_added_up_once_each() -> None:
    assert names("dim_date", "layer:dim", "+dim_date") == names("layer:dim")


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        ("dwd_ordr", "dwd_order?"),
        ("+dim_usr", "dim_user?"),
        ("layer:od", "ods?"),
        ("layer:zz", "ods, dim, fact, reconciliation, ads"),
        ("+", "ledgerlake tables"),
    ],
)
def test_what_does_not_exist_is_refused_with_a_suggestion(selection: str, said: str) -> None:
    with pytest.raises(LedgerlakeError) as refused:
        names(selection)
    assert said in (refused.value.next_step or "")
