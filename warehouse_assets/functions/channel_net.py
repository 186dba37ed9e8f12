"""What is left for the platform of a channel's payments, after refunds and fees."""

from warehouse_assets.modeling import sql_function

channel_net = sql_function(
    parameters={
        "gross_amount": "DECIMAL(18,2)",
        "refund_amount": "DECIMAL(18,2)",
        "fee_amount": "DECIMAL(18,2)",
    },
    returns="DECIMAL(18,2)",
    body="CAST(gross_amount - refund_amount - fee_amount AS DECIMAL(18,2))",
)
