"""How a table is served is said in its module; what StarRocks cannot do is a load error."""

from __future__ import annotations

import pytest

from tests.modeling.conftest import DWD, HEADER, ORDERS, WriteWarehouse, write_warehouse
from warehouse_assets.documentation.pages import pages
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.sql.code_version import code_version

__all__ = ["write_warehouse"]

WAREHOUSE = load_warehouse()

STATE = (
    HEADER
    + """
class DwdOrderState(StateContract):
    order_no: Text = key("Order number")
    pay_amount: Money = column("What was paid", ge=0)
    ordered_at: Timestamp = column("When it was ordered")

dwd_order_state = table(
    DwdOrderState,
    owner="team:trade",
    serving=served(),
    materialization=upsert(of="ods_order", merge="deduplicate"),
)
"""
)

CITY = (
    HEADER
    + '''
class AdsCity(Contract):
    city: Text = key("City")

ads_city = table(
    AdsCity,
    owner="team:trade",
    serving=served(),
    reads={"dwd_order": whole_table()},
    sql="""
        SELECT DISTINCT o.order_no AS city FROM dwd_order AS o
    """,
)
'''
)


def served_as(serving: str, module: str = DWD) -> str:
    """The module, with its serving declared."""
    assert ("serving=served()" in module) or ("reads=" in module)
    if "serving=" in module:
        return module.replace("serving=served()", f"serving={serving}")
    return module.replace("    reads=", f"    serving={serving},\n    reads=", 1)


def logged(orders: str) -> str:
    """The order source, with a change log that can be merged."""
    return orders.replace(
        'format="csv")', 'format="csv"),\n    change_log=change_log(key=("order_no",), '
        'sequence="ordered_at", event_time="ordered_at")',
    )  # fmt: skip


REFUSED = {
    "view of a table without partitions": (
        {"ads/ads_city": served_as("served(view=materialized_view())", CITY)},
        "ads/ads_city.py",
        "materialized_view(",
        ["ads_city: has no partition", "serving=served()"],
    ),
    "view sorted by no column": (
        {"fact/dwd_order": served_as('served(view=materialized_view(sort_by=("order_nr",)))')},
        "fact/dwd_order.py",
        '"order_nr"',
        ["the view's sort_by names order_nr", "Did you mean order_no?"],
    ),
    "view sorted twice": (
        {
            "fact/dwd_order": served_as(
                'served(view=materialized_view(sort_by=("order_no", "order_no")))'
            )
        },
        "fact/dwd_order.py",
        '"order_no"',
        ["names order_no twice"],
    ),
    "view without a replica": (
        {"fact/dwd_order": served_as("served(view=materialized_view(replicas=0))")},
        "fact/dwd_order.py",
        "replicas=",
        ["is to have 0 replicas", "Say 1 or more"],
    ),
    "warm-up of no column": (
        {"fact/dwd_order": served_as('served(warm_up=warm_up("amount"))')},
        "fact/dwd_order.py",
        '"amount"',
        ["warm_up() names amount, which is no column", "Did you mean pay_amount?"],
    ),
    "warm-up of nothing": (
        {"fact/dwd_order": served_as("served(warm_up=warm_up())")},
        "fact/dwd_order.py",
        "warm_up(",
        ["warm_up() names no column"],
    ),
    "warm-up of no day": (
        {"fact/dwd_order": served_as('served(warm_up=warm_up("order_no", days=0))')},
        "fact/dwd_order.py",
        "days=",
        ["warm_up() is of 0 days"],
    ),
    "table kept by merges": (
        {"ods/ods_order": logged(ORDERS), "fact/dwd_order_state": STATE},
        "fact/dwd_order_state.py",
        "serving=",
        ["current state of ods_order", "delete files", "Take serving= away"],
    ),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_starrocks_cannot_serve_is_refused_when_loaded(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    modules, path, on_line, words = REFUSED[mistake]
    written = {"ods/ods_order": ORDERS, "fact/dwd_order": DWD, **modules}
    with pytest.raises(LoadError) as raised:
        write_warehouse(written)
    text = str(raised.value)
    lines = written[path.removesuffix(".py")].splitlines()
    line = next(number for number, each in enumerate(lines, 1) if on_line in each)
    assert f"{path}:{line}: " in text
    for word in words:
        assert word in text


def test_each_way_of_serving_loads_and_is_told(write_warehouse: WriteWarehouse) -> None:
    ways = 'served(view=materialized_view(sort_by=("order_no",)), warm_up=warm_up("dt", days=3))'
    warehouse = write_warehouse(
        {"ods/ods_order": ORDERS, "fact/dwd_order": served_as(ways), "ads/ads_city": CITY}
    )
    order, city = warehouse.served
    assert (order.name, city.name) == ("dwd_order", "ads_city")
    assert order.spec == warehouse.table("dwd_order").spec
    assert order.spec.served and city.spec.served
    assert not warehouse.table("ods_order").spec.served
    assert order.view is not None and order.view.sort_by == ("order_no",)
    assert order.warm_up is not None and (order.warm_up.columns, order.warm_up.days) == (("dt",), 3)
    assert city.view is None and city.warm_up is None


def test_how_a_table_is_served_does_not_make_its_partitions_stale(
    write_warehouse: WriteWarehouse,
) -> None:
    modules = {"ods/ods_order": ORDERS, "fact/dwd_order": DWD}
    before = code_version(write_warehouse(modules).table("dwd_order"))
    served = write_warehouse({**modules, "fact/dwd_order": served_as("served()")})
    assert code_version(served.table("dwd_order")) == before


def test_analysts_find_everything_they_join_in_starrocks() -> None:
    """Every ADS, summary, reconciliation and dimension that is not kept by merges."""
    served = {table.name for table in WAREHOUSE.served}
    wanted = {
        name
        for name, table in WAREHOUSE.tables.items()
        if name.startswith(("ads_", "dm_", "dws_", "dim_", "rec_"))
        and table.materialization.replaces
    }
    assert served == wanted
    assert sum(table.view is not None for table in WAREHOUSE.served) >= 2
    assert sum(table.warm_up is not None for table in WAREHOUSE.served) >= 1


def test_a_tables_page_says_how_it_is_served() -> None:
    made = pages(WAREHOUSE, {})
    assert (
        "| StarRocks | from the lake; as a materialized view sorted by `seller_id`, `currency` |"
        in made["tables/ads_seller_payable.md"]
    )
    assert "| StarRocks |" not in made["tables/dwd_order_state.md"]
