import pytest

from tests.tables.run_sql import DAY, at, blocking_rules, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_metric_diff_rate import ads_metric_diff_rate
from warehouse_assets.modeling.declaration.metric_library import metric_library

NOON = at("2026-01-10 12:00")


def order(order_no, amount, discount=0, **values):
    return {"order_no": order_no, "payable_amount": amount, "discount_amount": discount,
            "ordered_at": NOON, "updated_at": NOON, **values}  # fmt: skip


def payment(payment_no, amount, **values):
    return {"payment_no": payment_no, "payment_amount": amount, "payment_status": "captured",
            "paid_at": NOON, "updated_at": NOON, **values}  # fmt: skip


def rates(inputs):
    rows = run_sql(ads_metric_diff_rate, inputs)
    return rows, {row["metric"]: row for row in rows}


def test_equal_paths_differ_by_nothing():
    rows, _ = rates(
        {
            "dws_financial_1d": [{"gmv": 15, "paid_amount": 15, "commission": 2}],
            "ods_order": [order("A", 10), order("B", 5)],
            "ods_payment": [payment("1", 9), payment("2", 6)],
            "ods_settlement": [{"settlement_no": "S", "commission_amount": 2, "settled_at": NOON}],
        }
    )
    expect(
        rows,
        [
            {"metric": metric, "currency": "CNY", "summary_amount": amount,
             "other_path_amount": amount, "difference_amount": 0, "diff_rate": 0, "dt": DAY}
            for metric, amount in {"gmv": 15, "discount_amount": 0, "paid_amount": 15,
                                   "refund_amount": 0, "net_revenue": 0, "commission": 2,
                                   "seller_payable": 0}.items()
        ],
    )  # fmt: skip
    assert broken_rules(ads_metric_diff_rate, rows) == set()


def test_only_the_latest_version_and_what_happened_counts_on_the_right():
    _, by_metric = rates(
        {
            "ods_order": [order("A", 10), order("A", 7, updated_at=at("2026-01-10 13:00"))],
            "ods_payment": [payment("1", 9), payment("2", 6, payment_status="failed")],
            "ods_refund": [
                {"refund_no": "1", "refund_amount": 1, "refund_status": "succeeded",
                 "refunded_at": NOON},
                {"refund_no": "2", "refund_amount": 2, "refund_status": "pending",
                 "refunded_at": NOON},
            ],
        }
    )  # fmt: skip
    right = {name: row["other_path_amount"] for name, row in by_metric.items()}
    assert (right["gmv"], right["paid_amount"], right["refund_amount"]) == (7, 9, 1)


def test_a_cent_of_money_that_is_missing_stops_the_day():
    rows, by_metric = rates(
        {"dws_financial_1d": [{"paid_amount": "9.99"}], "ods_payment": [payment("1", 10)]}
    )
    assert str(by_metric["paid_amount"]["diff_rate"]) == "0.001000"
    assert broken_rules(ads_metric_diff_rate, rows) == {"within_allowed_rate"}
    assert "within_allowed_rate" in blocking_rules(ads_metric_diff_rate)


def test_two_sources_may_differ_by_one_percent():
    summary = [{"gmv": 100}]
    rows, _ = rates({"dws_financial_1d": summary, "ods_order": [order("A", 99)]})
    assert broken_rules(ads_metric_diff_rate, rows) == set()
    rows, _ = rates({"dws_financial_1d": summary, "ods_order": [order("A", "98.99")]})
    assert broken_rules(ads_metric_diff_rate, rows) == {"within_allowed_rate"}


def settlement(**values):
    return {"settlement_no": "S", "line_count": 2, "seller_payable_amount": 100,
            "settled_at": NOON, "updated_at": NOON, **values}  # fmt: skip


def settled_line(line_no):
    return {"settlement_no": "S", "order_no": "A", "line_no": line_no,
            "settled_at": NOON, "updated_at": NOON}  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "broken"), [([1], set()), ([1, 1], set()), ([1, 2], {"within_allowed_rate"})]
)
def test_a_settlement_whose_lines_have_not_all_come_stops_nothing(lines, broken):
    rows, _ = rates(
        {
            "dws_financial_1d": [{"seller_payable": 96}],
            "ods_settlement": [settlement()],
            "ods_settlement_item": [settled_line(number) for number in lines],
        }
    )
    assert broken_rules(ads_metric_diff_rate, rows) == broken


def test_lines_that_come_late_excuse_no_other_metric():
    rows, _ = rates(
        {
            "dws_financial_1d": [{"gmv": 96}],
            "ods_order": [order("A", 100)],
            "ods_settlement": [settlement()],
        }
    )
    assert broken_rules(ads_metric_diff_rate, rows) == {"within_allowed_rate"}


def test_what_is_compared_are_metrics_of_the_library():
    _, by_metric = rates(
        {"dws_financial_1d": [{"gmv": 1}], "dws_channel_1d": [{"payment_method": "card"}]}
    )
    assert by_metric
    for name, row in by_metric.items():
        metric = metric_library().metric(name)
        assert metric.unit == "money"
        assert row["currency"] == "CNY"


def test_a_path_without_rows_differs_by_all_of_it():
    rows, by_metric = rates({"ods_order": [order("A", 5, currency="USD")]})
    gmv = by_metric["gmv"]
    assert (gmv["currency"], gmv["difference_amount"], gmv["diff_rate"]) == ("USD", -5, 1)
    assert broken_rules(ads_metric_diff_rate, rows) == {"within_allowed_rate"}
