"""What is invoiced to buyers."""

from warehouse_assets.modeling import metric

invoice_amount = metric(
    "Invoiced, tax included; what red invoices take back is taken off",
    "SUM(signed_invoice_amount)",
    over="dwd_invoice",
    unit="money",
    dates={"issued": "dt"},
    owner="team:finance",
)
