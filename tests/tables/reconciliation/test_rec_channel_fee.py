from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import expect
from warehouse_assets.reconciliation.rec_channel_fee import rec_channel_fee


def line(number, fee, contract, **values):
    return {
        "bill_line_id": f"bill.csv:{number}",
        "channel": "alipay",
        "channel_transaction_no": f"TX{number}",
        "bill_type": "pay",
        "is_counted": True,
        "gross_amount": 100,
        "fee_amount": fee,
        "contract_fee_amount": contract,
        **values,
    }


def compare(*lines):
    return run_days(rec_channel_fee, {"dwd_channel_bill": lines})[0]


def test_a_fee_may_be_a_cent_from_the_contracts():
    rows = compare(line(1, "0.60", "0.60"), line(2, "0.61", "0.60"), line(3, "0.62", "0.60"))
    expect(
        rows,
        [
            {"right_id": "bill.csv:1", "state": "matched", "explanation": "", "open_amount": 0},
            {
                "right_id": "bill.csv:2",
                "state": "matched_within_tolerance",
                "explanation": "fee: agreed 0.01 CNY less than billed, which is tolerated",
                "open_amount": 0,
            },
            {
                "right_id": "bill.csv:3",
                "state": "fee_mismatch",
                "explanation": "fee: agreed 0.02 CNY less than billed",
                "open_amount": "0.02",
            },
        ],
    )


def test_a_fee_that_is_kept_and_one_without_a_contract_are_found():
    kept = line(1, 0, "0.60", bill_type="refund")
    rows = compare(kept, line(2, "0.60", None))
    expect(
        rows,
        [
            {
                "left_key": "alipay|TX1|bill.csv:1",
                "state": "fee_mismatch",
                "explanation": "fee: agreed 0.60 CNY more than billed",
            },
            {
                "left_key": "alipay|TX2|bill.csv:2",
                "state": "fee_mismatch",
                "explanation": "fee: agreed 0.60 CNY less than billed",
            },
        ],
    )


def test_a_line_that_does_not_count_has_no_fee():
    assert compare(line(1, "0.90", "0.60", is_counted=False)) == []


def test_a_transaction_on_a_bill_of_the_next_day_again_is_not_a_matter_of_its_fee():
    again = line(9, "0.60", "0.60", channel_transaction_no="TX1")
    _, rows = run_days(
        rec_channel_fee,
        {"dwd_channel_bill": [line(1, "0.60", "0.60")]},
        {"dwd_channel_bill": [again]},
    )
    expect(rows, [{"right_id": "bill.csv:9", "state": "matched"}])


def test_a_wrong_fee_is_overdue_on_the_next_day():
    _, rows = run_days(rec_channel_fee, {"dwd_channel_bill": [line(1, "0.90", "0.60")]}, {})
    expect(rows, [{"state": "fee_mismatch", "standing": "overdue", "left_fee_amount": "0.90"}])
