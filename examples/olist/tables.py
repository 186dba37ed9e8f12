"""Which of the warehouse's tables Olist's export can fill, and what else they would read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from examples.olist.shop_rows import DELIVERIES
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

WANTED = (
    "ads_finance_daily",
    "ads_revenue_bridge",
    "dim_category",
    "dim_seller",
    "dws_seller_1d",
    "dws_user_recent_orders",
)


@cache
def olist_warehouse() -> Warehouse:
    """The wanted tables and all they are made of."""
    return load_warehouse().made_of(*WANTED)


def declared_folders(source: str) -> Sequence[str]:
    """The folders that the tables look for in a day's folder of a source."""
    for table in olist_warehouse().tables.values():
        for part in table.source.parts if table.source else ():
            if part.path == source:
                return part.declared_folders
    return ()


def sources_without_rows() -> Iterable[str]:
    """Sources that those tables read and Olist has nothing of: refunds, coupons, settlements."""
    delivered = {delivery.source for delivery in DELIVERIES}
    for table in olist_warehouse().tables.values():
        for part in table.source.parts if table.source else ():
            if part.path not in delivered:
                yield part.path
