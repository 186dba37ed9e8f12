"""What counts, what may differ, and what fits."""

from warehouse_assets import conventions as c, modeling as m

is_in_time = m.sql_function(
    "Whether a row counts: delivered on the business date of its event, or not too late for it.",
    parameters={"event_date": "DATE", "delivered_date": "DATE"},
    returns="BOOLEAN",
    body=f"""
        delivered_date >= event_date
            AND delivered_date <= event_date + INTERVAL {c.LATE_DAYS} DAY
    """,
)

is_refundable = m.sql_function(
    "Whether a refund may be of a payment: captured on its date or not too long before.",
    parameters={"paid_date": "DATE", "refunded_date": "DATE"},
    returns="BOOLEAN",
    body=f"""
        paid_date <= refunded_date
            AND paid_date > refunded_date - INTERVAL {c.REFUND_DAYS} DAY
    """,
)

two_sources_diff_rate = m.sql_function(
    "How far a metric may lie apart by two sources, as a share of the larger figure.",
    returns="DECIMAL(9,6)",
    body=f"CAST({c.TWO_SOURCES_DIFF_RATE} AS DECIMAL(9,6))",
)

has_rate = m.sql_function(
    "Whether a quotient of amounts is a rate: whole is above 0, the quotient within 999.",
    parameters={"part": "DECIMAL(18,2)", "whole": "DECIMAL(18,2)"},
    returns="BOOLEAN",
    body="whole > 0 AND ABS(part) < whole * 999",
)

stock_change_fits = m.sql_function(
    "Whether a stock movement goes the way of its type; an adjustment goes either way.",
    parameters={"movement_type": "VARCHAR", "quantity_change": "BIGINT"},
    returns="BOOLEAN",
    body="""
        CASE
            WHEN movement_type = 'out' THEN quantity_change < 0
            WHEN movement_type IN ('in', 'return') THEN quantity_change > 0
            ELSE TRUE
        END
    """,
)
