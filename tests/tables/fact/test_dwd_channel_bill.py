from datetime import date, timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_channel_bill import dwd_channel_bill

OPENING = date(2020, 1, 1)


def after(days):
    return DAY + timedelta(days=days)


def line(source_line=1, **values):
    return {
        "channel": "alipay",
        "channel_transaction_no": "T1",
        "outward_no": "P1",
        "transaction_type": "交易",
        "transaction_status": "交易成功",
        "gross_amount": "100.00",
        "fee_amount": "0.60",
        "transaction_at": at("2026-01-10 12:00"),
        "source_file": "alipay.csv",
        "source_line": source_line,
        "dt": DAY,
        **values,
    }


def contract(channel="alipay", rate="0.006", first=OPENING, last=None):
    return {
        "channel": channel,
        "contract_fee_rate": rate,
        "valid_from_date": first,
        "valid_to_date": last,
    }


def bills(*lines, contracts=None, days=0):
    """By the contracts that the warehouse declares, unless others are given."""
    inputs = {"ods_channel_bill": list(lines)}
    if contracts:
        inputs["dim_channel"] = contracts
    return run_sql(dwd_channel_bill, inputs, Window.of_days(DAY, after(days)))


@pytest.mark.parametrize(
    ("channel", "pay", "refund", "success", "failure", "fee"),
    [
        ("alipay", "交易", "退款", "交易成功", "交易关闭", "0.60"),
        ("wechat_pay", "消费", "退款", "SUCCESS", "CLOSED", "0.60"),
        ("card", "SALE", "REFUND", "00", "05", "1.20"),
    ],
)
def test_each_channel_has_its_words(channel, pay, refund, success, failure, fee):
    own = {"channel": channel, "fee_amount": fee}
    rows = bills(
        line(1, **own, transaction_type=pay, transaction_status=success),
        line(2, **own, channel_transaction_no="T2", transaction_type=refund,
             transaction_status=success, outward_refund_no="R1"),
        line(3, **own, channel_transaction_no="T3", transaction_type=pay,
             transaction_status=failure),
    )  # fmt: skip
    expect(
        rows,
        [
            {"channel_transaction_no": "T1", "bill_type": "pay", "is_successful": True},
            {"channel_transaction_no": "T2", "bill_type": "refund", "is_successful": True},
            {"channel_transaction_no": "T3", "bill_type": "pay", "is_successful": False},
        ],
    )
    assert broken_rules(dwd_channel_bill, rows) == set()


def test_unknown_words_are_kept_and_reported():
    rows = bills(line(transaction_type="转账", transaction_status="处理中"))
    expect(
        rows,
        [
            {
                "transaction_type": "转账",
                "transaction_status": "处理中",
                "bill_type": None,
                "is_successful": None,
            }
        ],
    )
    assert broken_rules(dwd_channel_bill, rows) == {"type_known", "status_known"}


@pytest.mark.parametrize(
    ("gross", "fee"), [("0.83", "0.00"), ("0.84", "0.01"), ("2.50", "0.02"), ("999.99", "6.00")]
)
def test_the_contract_fee_is_rounded_half_up_to_the_cent(gross, fee):
    rows = bills(line(gross_amount=gross, fee_amount=fee))
    expect(rows, [{"contract_fee_rate": "0.006", "contract_fee_amount": fee}])
    assert broken_rules(dwd_channel_bill, rows) == set()


def test_a_fee_that_is_not_the_contract_s_is_kept_and_reported():
    rows = bills(line(fee_amount="0.72"))
    expect(rows, [{"fee_amount": "0.72", "contract_fee_amount": "0.60"}])
    assert broken_rules(dwd_channel_bill, rows) == {"fee_by_contract"}


def test_the_rate_is_that_of_the_day_of_the_transaction():
    old, new = contract(last=DAY), contract(rate="0.005", first=after(1))
    rows = bills(
        line(1),
        line(2, channel_transaction_no="T2", transaction_at=at("2026-01-11 00:00"), dt=after(1)),
        contracts=[old, new],
        days=1,
    )
    expect(
        rows,
        [
            {"dt": DAY, "contract_fee_amount": "0.60"},
            {"dt": after(1), "contract_fee_amount": "0.50"},
        ],
    )


def test_a_channel_without_contract_is_kept_and_reported():
    rows = bills(line(channel="cheque"))
    expect(rows, [{"channel": "cheque", "contract_fee_rate": None, "contract_fee_amount": None}])
    assert broken_rules(dwd_channel_bill, rows) == {"contract_known"}


def test_a_transaction_billed_twice_is_two_rows_and_the_second_says_so():
    rows = bills(line(1), line(9), line(2, dt=after(1)), days=1)
    expect(
        rows,
        [
            {"bill_line_id": "alipay.csv:1", "is_repeated": False, "bill_date": DAY, "dt": DAY},
            {"bill_line_id": "alipay.csv:9", "is_repeated": True, "bill_date": DAY, "dt": DAY},
            {"bill_line_id": "alipay.csv:2", "is_repeated": True, "bill_date": after(1),
             "dt": DAY},
        ],
    )  # fmt: skip
    assert broken_rules(dwd_channel_bill, rows) == {"not_repeated"}


def test_a_payment_and_its_refunds_under_one_number_are_no_repetition():
    refund = {"transaction_type": "退款", "fee_amount": "0.60"}
    rows = bills(
        line(1),
        line(2, **refund, outward_refund_no="R1"),
        line(3, **refund, outward_refund_no="R2"),
    )
    expect(
        rows, [{"is_repeated": False, "bill_type": kind} for kind in ("pay", "refund", "refund")]
    )
    assert broken_rules(dwd_channel_bill, rows) == set()


def test_only_what_moved_money_and_was_not_said_before_counts():
    closed = {"transaction_status": "交易关闭"}
    rows = bills(
        line(1, **closed),
        line(2),
        line(3),
        line(4, channel_transaction_no="C4", transaction_status="?"),
        line(5, channel_transaction_no="C5", transaction_type="?"),
    )
    counted = [row["bill_line_id"] for row in rows if row["is_counted"]]
    assert counted == ["alipay.csv:2"]


def test_two_channels_may_use_the_same_number():
    rows = bills(line(1), line(1, channel="wechat_pay", source_file="wechat.csv",
                               transaction_type="消费", transaction_status="SUCCESS"))  # fmt: skip
    expect(rows, [{"is_repeated": False}, {"is_repeated": False}])
    assert broken_rules(dwd_channel_bill, rows) == set()


def test_a_line_on_a_later_bill_is_on_the_day_of_its_transaction():
    before_midnight = at("2026-01-10 23:59:59")
    rows = bills(line(transaction_at=before_midnight, dt=after(3)), days=3)
    expect(rows, [{"bill_date": after(3), "dt": DAY}])


def test_a_range_run_does_not_see_bills_that_a_single_day_cannot():
    early = line(1, transaction_at=at("2026-01-11 12:00"), dt=DAY)
    late = line(2, dt=after(4))
    assert bills(early, late, days=4) == []


def test_currencies_are_not_mixed():
    rows = bills(line(1), line(2, channel_transaction_no="T2", currency="USD"))
    expect(
        rows,
        [
            {"channel_transaction_no": "T1", "currency": "CNY"},
            {"channel_transaction_no": "T2", "currency": "USD"},
        ],
    )


def test_no_bills():
    assert bills() == []


@pytest.mark.parametrize(
    ("channel", "word"), [("alipay", "拒付"), ("wechat_pay", "拒付"), ("card", "CHARGEBACK")]
)
def test_a_chargeback_is_a_refund_in_the_channel_s_own_word(channel, word):
    charged_back = line(channel=channel, transaction_type=word, outward_refund_no="CR1")
    (row,) = bills(charged_back, contracts=[contract(channel)])
    assert (row["bill_type"], row["transaction_type"]) == ("refund", word)
