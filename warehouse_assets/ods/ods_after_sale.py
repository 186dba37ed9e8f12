"""One row per after-sale request and delivery: each request made or changed.

A request is for one order line: the money back, or the money back for returned goods. It may be
delivered any number of times; dwd_after_sale takes its newest version.
"""

from resources.sources.declaration.files import files
from resources.sources.landing import complete_day
from warehouse_assets import modeling as m

TYPES = ["refund_only", "return"]
STATUSES = ["applied", "approved", "rejected"]


class OdsAfterSale(m.DeliveredContract):
    """The order center's change log of after-sale requests."""

    after_sale_no: m.Text = m.column("After-sale request, unique in the order center")
    order_no: m.Text = m.column("Order, unique in the order center")
    line_no: m.Integer = m.column("Number of the line in its order", ge=1)
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    after_sale_type: m.Text = m.column("What the buyer asks for: refund_only, return", isin=TYPES)
    after_sale_status: m.Text = m.column("Where the request stands", isin=STATUSES)
    after_sale_quantity: m.Integer = m.column("Units that the buyer asks to be refunded for", ge=1)
    approved_amount: m.Money = m.column("Money that was approved to be given back", ge=0)
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    reason: m.Text = m.column("Why, in the words of the person who asked")
    applied_at: m.Timestamp = m.column("When the buyer asked")
    approved_at: m.Timestamp = m.column("When the request was approved", null=True)
    updated_at: m.Timestamp = m.column("When the source last changed the row")
    shard_database: m.Integer = m.column("Number of the order center's database the row lies in")
    shard_table: m.Integer = m.column("Number of the table in that database")


ods_after_sale = m.table(
    OdsAfterSale,
    owner="team:trade",
    source=files(
        "order_center/after_sale",
        format="parquet",
        folders="database_{shard_database}/table_{shard_table}",
        complete=complete_day(shard_database=range(2), shard_table=range(2)),
        columns={"after_sale_quantity": "quantity"},
    ),
    change_log=m.change_log(key=("after_sale_no",), sequence="updated_at", event_time="applied_at"),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("applied_at", days=3),
        m.should("approved_has_time", "after_sale_status <> 'approved' OR approved_at IS NOT NULL"),
        m.should(
            "only_approved_has_amount", "after_sale_status = 'approved' OR approved_amount = 0"
        ),
    ],
)
