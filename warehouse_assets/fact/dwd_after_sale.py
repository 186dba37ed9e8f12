"""One row per after-sale request, on the business date it was made, as known three days later.

An order line may have several requests.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdAfterSale(Contract):
    """What buyers ask to be refunded for, and what was approved."""

    after_sale_no: Text = key("After-sale request, unique in the order center")
    order_line_id: Text = ref("dwd_order_detail", "Order line: order number, dash, line number")
    order_no: Text = ref("dwd_order", "Order, unique in the order center")
    line_no: Integer = column("Number of the line in its order")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    after_sale_type: Text = column("What the buyer asks for: refund_only, return")
    after_sale_status: Text = column("Where the request stands")
    after_sale_quantity: Integer = column("Units that the buyer asks to be refunded for")
    approved_amount: Money = column("Money that was approved to be given back")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    reason: Text = column("Why, in the words of the person who asked")
    applied_at: Timestamp = column("When the buyer asked")
    approved_at: Timestamp = column("When the request was approved", null=True)
    dt: Day = partition("Business date the buyer asked")


dwd_after_sale = table(
    DwdAfterSale,
    owner="team:trade",
    reads={"ods_after_sale": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("order_no",),
    checks=[
        should("approved_has_time", "after_sale_status <> 'approved' OR approved_at IS NOT NULL"),
        should("only_approved_has_amount", "after_sale_status = 'approved' OR approved_amount = 0"),
        should("approved_after_applied", "approved_at IS NULL OR approved_at >= applied_at"),
    ],
    sql="""
        SELECT
            after_sale_no,
            order_line_id(order_no, line_no) AS order_line_id,
            order_no,
            line_no,
            user_id,
            after_sale_type,
            after_sale_status,
            after_sale_quantity,
            approved_amount,
            currency,
            reason,
            applied_at,
            approved_at,
            dt
        FROM ods_after_sale
        WHERE dt >= :start AND dt < :end
    """,
)
