"""One row per SKU and time in which its category and its list price did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. Before the first version that
was delivered nothing is known of a SKU.
"""

from warehouse_assets import modeling as m


class DimSkuHistory(m.HistoryContract):
    """SKUs and when they were what."""

    sku_id: m.Integer = m.key("SKU: the thing that is stocked and sold")
    sku_name: m.Text = m.column("Name shown to buyers")
    category_id: m.Integer = m.ref("dim_category", "Category that SKUs are listed under", null=True)
    list_price: m.Money = m.column("Price of one unit before any discount", null=True)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")


dim_sku_history = m.table(
    DimSkuHistory,
    owner="team:product",
    kind=m.validity_ranges(of="ods_sku", columns=("category_id", "list_price", "currency")),
    freshness=m.by("04:00"),
    sort_by=("sku_id",),
)
