from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_channel_fee import ads_channel_fee


def line(number, bill_type="pay", gross=100, fee="0.60", contract="0.60", **values):
    return {
        "bill_line_id": number,
        "channel": "alipay",
        "bill_type": bill_type,
        "is_counted": True,
        "gross_amount": gross,
        "fee_amount": fee,
        "contract_fee_amount": contract,
        **values,
    }


def fees(*lines):
    return run_sql(ads_channel_fee, {"dwd_channel_bill": list(lines)})


def test_fees_given_back_lower_what_was_charged():
    rows = fees(line("1"), line("2", gross=200, fee="1.20", contract="1.20"),
                line("3", "refund", gross=50, fee="0.30", contract="0.30"))  # fmt: skip
    expect(
        rows,
        [
            {
                "channel": "alipay",
                "billed_payment_count": 2,
                "billed_amount": 300,
                "billed_refund_count": 1,
                "billed_refund_amount": 50,
                "charged_fee_amount": "1.80",
                "returned_fee_amount": "0.30",
                "channel_fee": "1.50",
                "contract_fee_total_amount": "1.50",
                "fee_difference_amount": 0,
                "fee_difference_count": 0,
                "channel_fee_rate": "0.005",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(ads_channel_fee, rows) == set()


def test_fees_too_high_and_too_low_do_not_hide_each_other():
    rows = fees(line("1", fee="0.61"), line("2", fee="0.59"))
    expect(rows, [{"fee_difference_amount": 0, "fee_difference_count": 2}])
    assert broken_rules(ads_channel_fee, rows) == {"fee_by_contract"}


def test_a_refund_whose_fee_is_kept_costs_more_than_the_contract():
    rows = fees(line("1", "refund", fee=0))
    expect(rows, [{"channel_fee": 0, "fee_difference_amount": "0.60", "channel_fee_rate": None}])


def test_a_channel_without_a_contract_is_all_difference():
    expect(fees(line("1", contract=None)), [{"fee_difference_amount": "0.60",
                                             "fee_difference_count": 1}])  # fmt: skip


def test_a_line_that_does_not_count_is_left_out():
    rows = fees(line("1"), line("2", fee=9, is_counted=False))
    expect(rows, [{"billed_payment_count": 1, "channel_fee": "0.60", "fee_difference_count": 0}])
    assert broken_rules(ads_channel_fee, rows) == set()


def test_a_day_of_failures_only_costs_nothing():
    rows = fees(line("1", is_counted=False))
    expect(rows, [{"billed_payment_count": 0, "channel_fee": 0, "fee_difference_amount": 0}])


def test_currencies_are_rows_of_their_own():
    rows = fees(line("1"), line("2", fee=2, currency="USD"))
    expect(
        rows,
        [{"currency": "CNY", "channel_fee": "0.60"}, {"currency": "USD", "channel_fee": 2}],
    )
