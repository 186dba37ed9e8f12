"""What the fee of a bill line adds to what its channel charges: that of a refund is given back."""

from warehouse_assets.modeling import sql_function

charged_fee = sql_function(
    parameters={"bill_type": "VARCHAR", "fee_amount": "DECIMAL(18,2)"},
    returns="DECIMAL(18,2)",
    body="""
        CASE bill_type WHEN 'pay' THEN fee_amount WHEN 'refund' THEN -fee_amount ELSE 0 END
    """,
)
