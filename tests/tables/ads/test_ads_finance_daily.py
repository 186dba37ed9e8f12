from datetime import timedelta

from tests.tables.run_sql import DAY, expect, run_sql
from warehouse_assets.ads.ads_finance_daily import ads_finance_daily

YESTERDAY = DAY - timedelta(days=1)


def test_the_finance_day():
    rows = run_sql(
        ads_finance_daily,
        {
            "dws_financial_1d": [
                {
                    "order_count": 3,
                    "buyer_count": 2,
                    "goods_amount": "30.00",
                    "discount_amount": "10.00",
                    "gmv": "20.00",
                    "payment_count": 2,
                    "paid_amount": "15.50",
                },
                {"paid_amount": "20.00", "dt": YESTERDAY},
            ]
        },
    )
    expect(
        rows,
        [
            {
                "currency": "CNY",
                "order_count": 3,
                "buyer_count": 2,
                "gmv": "20.00",
                "average_order_value": "6.67",
                "discount_amount": "10.00",
                "discount_rate": "0.333333",
                "payment_count": 2,
                "paid_amount": "15.50",
                "previous_paid_amount": "20.00",
                "paid_change_amount": "-4.50",
                "dt": DAY,
            }
        ],
    )


def test_a_day_with_payments_only_divides_by_nothing():
    rows = run_sql(ads_finance_daily, {"dws_financial_1d": [{"paid_amount": 5}]})
    expect(
        rows,
        [
            {
                "paid_amount": 5,
                "average_order_value": None,
                "discount_rate": None,
                "previous_paid_amount": None,
                "paid_change_amount": None,
            }
        ],
    )


def test_the_day_before_is_that_of_the_same_currency_and_no_older():
    summaries = [
        {"currency": "CNY", "paid_amount": 5},
        {"currency": "USD", "paid_amount": 7, "dt": YESTERDAY},
        {"currency": "CNY", "paid_amount": 9, "dt": DAY - timedelta(days=2)},
    ]
    rows = run_sql(ads_finance_daily, {"dws_financial_1d": summaries})
    expect(rows, [{"currency": "CNY", "paid_amount": 5, "previous_paid_amount": None}])


def test_a_day_without_trade_has_no_row():
    summaries = [{"paid_amount": 7, "dt": YESTERDAY}]
    assert run_sql(ads_finance_daily, {"dws_financial_1d": summaries}) == []
