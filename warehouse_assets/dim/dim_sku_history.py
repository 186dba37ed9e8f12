"""One row per SKU and time in which its category and its list price did not change.

A fact joins it by its own date: valid_from <= dt AND dt < valid_to. Before the first version that
was delivered nothing is known of a SKU.
"""

from warehouse_assets import modeling as m, vocabulary as v


class DimSkuHistory(m.HistoryContract):
    """SKUs and when they were what."""

    sku_id: m.Integer = m.key(v.sku_id)
    sku_name: m.Text = m.column(v.sku_name)
    category_id: m.Integer = m.ref("dim_category", v.category_id, null=True)
    list_price: m.Money = m.column(v.list_price, null=True)
    currency: m.Text = m.column(v.currency, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


dim_sku_history = m.table(
    DimSkuHistory,
    owner="team:product",
    materialization=m.scd2(of="ods_sku", columns=("category_id", "list_price", "currency")),
    sort_by=("sku_id",),
)
