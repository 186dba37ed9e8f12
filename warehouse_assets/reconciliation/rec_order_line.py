"""One row per order and the sum of its lines, or what stands alone.

What an order states is what its lines add up to: goods, discount, shipping, and what the buyer is
to pay. Lines may be rounded, each by a cent.
"""

from warehouse_assets import conventions as c, modeling as m

rec_order_line = m.reconciliation(
    owner="team:trade",
    left=m.side(
        "dwd_order",
        row="order_no",
        amount="payable_amount",
        figures={
            "goods": "goods_amount",
            "discount": "discount_amount",
            "shipping": "shipping_amount",
        },
        word="ordered",
    ),
    # Not dwd_order_detail: it has no line whose order is missing.
    right=m.side(
        "ods_order_item",
        window=m.latest(c.delivery_window),
        row="order_line_id(order_no, line_no)",
        amount="pay_amount",
        figures={
            "goods": "unit_price * quantity",
            "discount": "discount_amount",
            "shipping": "shipping_amount",
        },
        word="itemized",
    ),
    match="1:n",
    passes=[m.match_key("order", left=("order_no",), right=("order_no",))],
    tolerance=m.tolerance(per_line=c.ROUNDING),
    open_days=0,
)
