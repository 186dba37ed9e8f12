"""What marketing promises its users."""

from warehouse_assets import modeling as m

earned_points = m.sql_function(
    "Points that an order earns at its delivery: one for every full ten of what the buyer pays.",
    parameters={"payable_amount": "DECIMAL(18,2)"},
    returns="BIGINT",
    body="divide_whole(CAST(ROUND(payable_amount * 100) AS BIGINT), 1000)",
)

points_currency = m.sql_function(
    "Currency (ISO 4217) of the orders that earn points; those in others earn none.",
    returns="VARCHAR",
    body="'CNY'",
)
