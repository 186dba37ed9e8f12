"""One row per SKU and time in which its category and its list price did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. Before the first version that
was delivered nothing is known of a SKU.
"""

from warehouse_assets.modeling import (
    HistoryContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    key,
    ref,
    table,
    validity_ranges,
)


class DimSkuHistory(HistoryContract):
    """SKUs and when they were what."""

    sku_id: Integer = key("SKU: the thing that is stocked and sold")
    sku_name: Text = column("Name shown to buyers")
    category_id: Integer = ref("dim_category", "Category that SKUs are listed under", null=True)
    list_price: Money = column("Price of one unit before any discount", null=True)
    currency: Text = column("Currency of the amounts (ISO 4217)", null=True)
    updated_at: Timestamp = column("When the source last changed the row")


dim_sku_history = table(
    DimSkuHistory,
    owner="team:product",
    kind=validity_ranges(of="ods_sku", columns=("category_id", "list_price", "currency")),
    freshness=by("04:00"),
    sort_by=("sku_id",),
)
