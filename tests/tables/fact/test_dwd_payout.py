from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_payout import dwd_payout

TEN = at("2026-01-10 10:00")


def payout(payout_no="O1", **values):
    return {
        "payout_no": payout_no,
        "channel": "alipay",
        "batch_date": DAY - timedelta(days=1),
        "gross_amount": "100.00",
        "refund_amount": "10.00",
        "fee_amount": "0.54",
        "net_amount": "89.46",
        "paid_out_at": TEN,
        "updated_at": TEN,
        **values,
    }


def test_a_payout_counts_when_it_was_paid_out_and_knows_the_day_it_is_for():
    rows = run_sql(dwd_payout, {"ods_payout": [payout()]})
    expect(
        rows,
        [{"payout_no": "O1", "net_amount": "89.46", "batch_date": DAY - timedelta(1), "dt": DAY}],
    )
    assert broken_rules(dwd_payout, rows) == set()


def test_a_payout_delivered_twice_and_late_is_one_row_on_its_day():
    late = payout(dt=DAY + timedelta(days=2))
    window = Window.of_days(DAY, DAY + timedelta(days=2))
    expect(run_sql(dwd_payout, {"ods_payout": [payout(), payout(), late]}, window), [{"dt": DAY}])


def test_a_day_with_more_refunds_than_sales_pays_out_less_than_nothing():
    rows = run_sql(
        dwd_payout,
        {"ods_payout": [payout(gross_amount=1, refund_amount=3, fee_amount=0, net_amount=-2)]},
    )
    expect(rows, [{"net_amount": -2}])
    assert broken_rules(dwd_payout, rows) == set()


def test_a_net_that_does_not_add_up_is_kept_and_reported():
    rows = run_sql(dwd_payout, {"ods_payout": [payout(net_amount="89.47")]})
    expect(rows, [{"net_amount": "89.47"}])
    assert broken_rules(dwd_payout, rows) == {"net_adds_up"}


def test_channels_and_currencies_are_rows_of_their_own():
    payouts = [payout(), payout("O2", channel="card"), payout("O3", currency="USD")]
    expect(
        run_sql(dwd_payout, {"ods_payout": payouts}),
        [
            {"payout_no": "O1", "channel": "alipay", "currency": "CNY"},
            {"payout_no": "O2", "channel": "card", "currency": "CNY"},
            {"payout_no": "O3", "channel": "alipay", "currency": "USD"},
        ],
    )
