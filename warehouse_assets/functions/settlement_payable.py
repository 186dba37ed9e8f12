"""What a settlement, or a line of it, leaves for the seller."""

from warehouse_assets.modeling import sql_function

settlement_payable = sql_function(
    parameters={
        "gross_amount": "DECIMAL(18,2)",
        "commission_amount": "DECIMAL(18,2)",
        "refund_amount": "DECIMAL(18,2)",
        "subsidy_amount": "DECIMAL(18,2)",
    },
    returns="DECIMAL(18,2)",
    body="""
        CAST(
            gross_amount - commission_amount - refund_amount + subsidy_amount AS DECIMAL(18,2)
        )
    """,
)
