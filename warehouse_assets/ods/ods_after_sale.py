"""One row per after-sale request and delivery: each request made or changed.

A request is for one order line: the money back, or the money back for returned goods. It may be
delivered any number of times; dwd_after_sale takes its newest version.
"""

from resources.sources.declaration.files import files
from resources.sources.landing import complete_day
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)

TYPES = ["refund_only", "return"]
STATUSES = ["applied", "approved", "rejected"]


class OdsAfterSale(DeliveredContract):
    """The order center's change log of after-sale requests."""

    after_sale_no: Text = column("After-sale request, unique in the order center")
    order_no: Text = column("Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order", ge=1)
    user_id: Integer = column("User; where the row is about an order, its buyer")
    after_sale_type: Text = column("What the buyer asks for: refund_only, return", isin=TYPES)
    after_sale_status: Text = column("Where the request stands", isin=STATUSES)
    after_sale_quantity: Integer = column("Units that the buyer asks to be refunded for", ge=1)
    approved_amount: Money = column("Money that was approved to be given back", ge=0)
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    reason: Text = column("Why, in the words of the person who asked")
    applied_at: Timestamp = column("When the buyer asked")
    approved_at: Timestamp = column("When the request was approved", null=True)
    updated_at: Timestamp = column("When the source last changed the row")
    shard_database: Integer = column("Number of the order center's database the row lies in")
    shard_table: Integer = column("Number of the table in that database")


ods_after_sale = table(
    OdsAfterSale,
    owner="team:trade",
    source=files(
        "order_center/after_sale",
        format="parquet",
        folders="database_{shard_database}/table_{shard_table}",
        complete=complete_day(shard_database=range(2), shard_table=range(2)),
        columns={"after_sale_quantity": "quantity"},
    ),
    change_log=change_log(key=("after_sale_no",), sequence="updated_at", event_time="applied_at"),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("applied_at", days=3),
        should("approved_has_time", "after_sale_status <> 'approved' OR approved_at IS NOT NULL"),
        should("only_approved_has_amount", "after_sale_status = 'approved' OR approved_amount = 0"),
    ],
)
