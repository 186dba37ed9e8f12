"""An amount with the sign of its direction: negative where it goes out."""

from warehouse_assets.modeling import sql_function

signed_money = sql_function(
    parameters={"direction": "VARCHAR", "amount": "DECIMAL(18,2)"},
    returns="DECIMAL(18,2)",
    body="CASE direction WHEN 'in' THEN amount ELSE -amount END",
)
