"""What a buyer is to pay: goods less discount, and shipping."""

from warehouse_assets.modeling import sql_function

buyer_payable = sql_function(
    parameters={
        "goods_amount": "DECIMAL(18,2)",
        "discount_amount": "DECIMAL(18,2)",
        "shipping_amount": "DECIMAL(18,2)",
    },
    returns="DECIMAL(18,2)",
    body="CAST(goods_amount - discount_amount + shipping_amount AS DECIMAL(18,2))",
)
