"""How amounts of money are made of each other."""

from warehouse_assets import modeling as m

_MONEY = "DECIMAL(18,2)"

buyer_payable = m.sql_function(
    "What a buyer is to pay: goods less discount, plus shipping.",
    parameters={
        "goods_amount": _MONEY,
        "discount_amount": _MONEY,
        "shipping_amount": _MONEY,
    },
    returns=_MONEY,
    body="CAST(goods_amount - discount_amount + shipping_amount AS DECIMAL(18,2))",
)

vip_pay_rate = m.sql_function(
    "Share of the list price that a membership level pays: PLATINUM 90 %, the others all of it.",
    parameters={"vip_level": "VARCHAR"},
    returns="DECIMAL(9,6)",
    body="CAST(CASE WHEN vip_level = 'PLATINUM' THEN 0.9 ELSE 1 END AS DECIMAL(9,6))",
)

channel_net = m.sql_function(
    "What a channel owes the platform for its payments: gross less refunds and fees.",
    parameters={"gross_amount": _MONEY, "refund_amount": _MONEY, "fee_amount": _MONEY},
    returns=_MONEY,
    body="CAST(gross_amount - refund_amount - fee_amount AS DECIMAL(18,2))",
)

charged_fee = m.sql_function(
    "Fee of a bill line as a cost: that of a payment; less than 0 where a refund returns it.",
    parameters={"bill_type": "VARCHAR", "fee_amount": _MONEY},
    returns=_MONEY,
    body="CASE bill_type WHEN 'pay' THEN fee_amount WHEN 'refund' THEN -fee_amount ELSE 0 END",
)

line_net = m.sql_function(
    "What a channel owes the platform for a bill line: less than 0 for a refund.",
    parameters={"bill_type": "VARCHAR", "gross_amount": _MONEY, "fee_amount": _MONEY},
    returns=_MONEY,
    body="""
        CASE bill_type
            WHEN 'pay' THEN channel_net(gross_amount, 0, charged_fee(bill_type, fee_amount))
            WHEN 'refund' THEN channel_net(0, gross_amount, charged_fee(bill_type, fee_amount))
            ELSE 0
        END
    """,
)

settlement_payable = m.sql_function(
    "What a settlement, or a line of it, leaves for the seller.",
    parameters={
        "gross_amount": _MONEY,
        "commission_amount": _MONEY,
        "refund_amount": _MONEY,
        "subsidy_amount": _MONEY,
    },
    returns=_MONEY,
    body="""
        CAST(
            gross_amount - commission_amount - refund_amount + subsidy_amount AS DECIMAL(18,2)
        )
    """,
)

signed_money = m.sql_function(
    "An amount with the sign of its direction: negative where it goes out.",
    parameters={"direction": "VARCHAR", "amount": _MONEY},
    returns=_MONEY,
    body="CASE direction WHEN 'in' THEN amount ELSE -amount END",
)

included_tax = m.sql_function(
    "Tax that an amount includes, by a rate on the amount before tax; to the cent.",
    parameters={"amount": _MONEY, "tax_rate": "DECIMAL(9,6)"},
    returns=_MONEY,
    body="""
        divide_money(
            CAST(amount * (tax_rate * 1000000) AS DECIMAL(18,2)),
            CAST(1000000 + tax_rate * 1000000 AS DECIMAL(18,2))
        )
    """,
)
