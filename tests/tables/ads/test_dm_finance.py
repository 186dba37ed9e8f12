from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.dm_finance import dm_finance


def test_a_day_with_its_rates_and_what_is_unpaid():
    rows = run_sql(
        dm_finance,
        {
            "dws_financial_1d": [
                {"order_count": 3, "buyer_count": 2, "repeat_buyer_count": 1, "goods_amount": 30,
                 "discount_amount": 10, "gmv": 20, "paid_amount": 16, "refund_amount": 4,
                 "settled_amount": 8, "commission": 1}
            ],
            "ads_revenue_bridge": [{"closing_amount": "7.50"}],
        },
    )  # fmt: skip
    expect(
        rows,
        [
            {
                "currency": "CNY",
                "repeat_rate": "0.5",
                "discount_rate": "0.333333",
                "average_order_value": "6.67",
                "refund_rate": "0.25",
                "take_rate": "0.125",
                "closing_amount": "7.50",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dm_finance, rows) == set()


def test_a_day_with_refunds_only_divides_by_nothing():
    rows = run_sql(dm_finance, {"dws_financial_1d": [{"refund_amount": 4}]})
    expect(
        rows,
        [
            {
                "refund_amount": 4,
                "refund_rate": None,
                "average_order_value": None,
                "repeat_rate": None,
                "take_rate": None,
                "closing_amount": None,
            }
        ],
    )


def test_the_balance_is_that_of_the_same_currency():
    summaries = [{"currency": "CNY"}, {"currency": "USD"}]
    balances = [{"currency": "USD", "closing_amount": 3}]
    rows = run_sql(dm_finance, {"dws_financial_1d": summaries, "ads_revenue_bridge": balances})
    expect(
        rows,
        [{"currency": "CNY", "closing_amount": None}, {"currency": "USD", "closing_amount": 3}],
    )
