from decimal import Decimal

from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import expect
from warehouse_assets.reconciliation.rec_bill_summary import rec_bill_summary

FILE = "alipay/2026-01-10/part-00000.csv"


def line(number, gross, fee, word="交易", status="交易成功", **values):
    return {
        "source_file": f"channel/{FILE}",
        "source_line": number,
        "transaction_type": word,
        "transaction_status": status,
        "gross_amount": Decimal(gross),
        "fee_amount": Decimal(fee),
        **values,
    }


def summary(count, gross, refunds, refund, fee, net, **values):
    return {
        "bill_file": FILE,
        "payment_count": count,
        "gross_amount": Decimal(gross),
        "refund_count": refunds,
        "refund_amount": Decimal(refund),
        "fee_amount": Decimal(fee),
        "net_amount": Decimal(net),
        **values,
    }


PAID = line(5, 100, "0.60")
REFUNDED = line(6, 50, "0.30", "退款", "退款成功")


def compare(lines, summaries):
    names = {"ods_channel_bill": lines, "ods_channel_bill_summary": summaries}
    return run_days(rec_bill_summary, names)[0]


def test_the_rows_of_a_bill_add_up_to_its_totals():
    """Net: 100 - 50 - (0.60 - 0.30)."""
    rows = compare([PAID, REFUNDED], [summary(1, 100, 1, 50, "0.30", "49.70")])
    expect(
        rows,
        [
            {
                "left_key": f"channel/{FILE}|CNY",
                "state": "matched",
                "left_count": 2,
                "left_amount": "49.70",
                "left_figure_1_amount": 2,
                "left_figure_2_amount": 100,
                "left_figure_3_amount": 50,
                "left_figure_4_amount": "0.30",
            }
        ],
    )


def test_a_total_that_is_wrong_is_found():
    rows = compare([PAID], [summary(1, 110, 0, 0, "0.60", "109.40")])
    expect(
        rows,
        [
            {
                "state": "amount_mismatch",
                "figure": "amount",
                "open_amount": -10,
                "explanation": "totalled 10.00 CNY more than listed",
            }
        ],
    )


def test_totals_that_are_wrong_together_are_found_by_figure():
    """The net is right: gross and refund are both 10 too high, or the fee hides in the gross."""
    rows = compare([PAID], [summary(1, 110, 0, 10, "0.60", "99.40")])
    expect(
        rows,
        [
            {
                "state": "amount_mismatch",
                "figure": "gross",
                "explanation": "gross: totalled 10.00 CNY more than listed",
            }
        ],
    )


def test_a_row_that_the_totals_do_not_count_is_found_without_an_amount():
    rows = compare([PAID, line(7, 0, 0)], [summary(1, 100, 0, 0, "0.60", "99.40")])
    expect(
        rows,
        [
            {
                "state": "amount_mismatch",
                "figure": "count",
                "open_amount": 0,
                "explanation": "count: totalled 1 less than listed",
            }
        ],
    )


def test_rows_that_failed_do_not_count_and_repeated_ones_do():
    failed = line(6, 30, "0.18", status="交易关闭")
    again = {**PAID, "source_line": 7}
    rows = compare([PAID, failed, again], [summary(2, 200, 0, 0, "1.20", "198.80")])
    expect(rows, [{"state": "matched", "left_count": 2}])


def test_each_currency_of_a_bill_has_totals_of_its_own():
    dollars = line(6, 20, "0.12", currency="USD")
    totals = [
        summary(1, 100, 0, 0, "0.60", "99.40"),
        summary(1, 20, 0, 0, "0.12", "19.88", currency="USD"),
    ]
    rows = compare([PAID, dollars], totals)
    expect(rows, [{"state": "matched", "currency": "CNY"}, {"state": "matched", "currency": "USD"}])


def test_bills_without_totals_and_totals_without_a_bill_are_found():
    expect(
        compare([PAID], []),
        [{"state": "left_only", "explanation": "listed 99.40 CNY, not totalled"}],
    )
    expect(
        compare([], [summary(1, 100, 0, 0, "0.60", "99.40")]),
        [{"state": "right_only", "explanation": "totalled 99.40 CNY, not listed"}],
    )


def test_a_bill_without_transactions_is_no_difference():
    assert compare([], [summary(0, 0, 0, 0, 0, 0)]) == []
