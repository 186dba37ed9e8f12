from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, at, expect
from warehouse_assets.reconciliation.rec_refund_after_sale import rec_refund_after_sale


def refund(number, after_sale_no, amount, **values):
    return {
        "refund_no": number,
        "after_sale_no": after_sale_no,
        "refund_amount": amount,
        **values,
    }


def after_sale(number, amount, quantity=1, status="approved", **values):
    return {
        "after_sale_no": number,
        "order_no": "O1",
        "line_no": 1,
        "after_sale_status": status,
        "approved_amount": amount,
        "after_sale_quantity": quantity,
        "approved_at": at("2026-01-10 12:00"),
        **values,
    }


def ordered(quantity):
    return {"order_line_id": "O1-1", "order_no": "O1", "line_no": 1, "quantity": quantity}


def compare(*days):
    names = ("dwd_refund", "ods_after_sale", "dwd_order_detail")
    return run_days(rec_refund_after_sale, *(dict(zip(names, day, strict=False)) for day in days))


def test_what_was_approved_may_go_back_in_several_refunds():
    [rows] = compare(([refund("R1", "A1", 10), refund("R2", "A1", 20)], [after_sale("A1", 30)]))
    expect(rows, [{"state": "matched", "left_count": 2, "left_amount": 30, "right_amount": 30}])


def test_another_amount_than_approved_is_found():
    [rows] = compare(([refund("R1", "A1", 31)], [after_sale("A1", 30)]))
    expect(
        rows,
        [
            {
                "state": "amount_mismatch",
                "open_amount": 1,
                "explanation": "approved 1.00 CNY less than refunded",
            }
        ],
    )


def test_refunds_without_an_approved_after_sale_are_found():
    rejected = after_sale("A2", 0, status="rejected")
    [rows] = compare(([refund("R1", None, 10), refund("R2", "A2", 10)], [rejected]))
    expect(
        rows,
        [
            {
                "item_id": "left:R1",
                "left_key": None,
                "state": "left_only",
                "explanation": "refunded 10.00 CNY, not approved",
            },
            {
                "item_id": "left:R2",
                "left_key": "A2",
                "state": "left_only",
                "explanation": "refunded 10.00 CNY, not approved",
            },
        ],
    )


def test_more_units_than_were_ordered_are_found():
    [rows] = compare(([refund("R1", "A1", 30)], [after_sale("A1", 30, quantity=3)], [ordered(2)]))
    expect(
        rows,
        [
            {
                "state": "status_mismatch",
                "explanation": "refunded: units ordered; approved: more units than ordered",
            }
        ],
    )


def test_an_after_sale_counts_on_the_date_of_its_approval_however_long_after_the_request():
    asked = after_sale("A1", 30, quantity=2, applied_at=at("2025-12-20 12:00"))
    [rows] = compare(([refund("R1", "A1", 30)], [asked], [ordered(2)]))
    expect(rows, [{"state": "matched", "right_date": DAY}])


def test_what_is_approved_is_refunded_within_three_days():
    days = compare(
        ([], [after_sale("A1", 30)]),
        ([refund("R1", "A1", 10)], []),
        ([], []),
        ([], []),
        ([], []),
        ([refund("R2", "A1", 20)], []),
    )
    expect(
        days[0],
        [
            {
                "item_id": "right:A1",
                "state": "right_only",
                "standing": "open",
                "explanation": "approved 30.00 CNY, not refunded",
            }
        ],
    )
    expect(
        days[1],
        [
            {
                "item_id": "right:A1",
                "state": "amount_mismatch",
                "standing": "carried",
                "open_amount": -20,
                "explanation": "approved 20.00 CNY more than refunded",
            }
        ],
    )
    expect(days[4], [{"state": "amount_mismatch", "standing": "overdue"}])
    expect(days[5], [{"state": "timing", "standing": "closed", "left_count": 2, "open_amount": 0}])


def test_a_refund_after_all_was_refunded_is_a_duplicate():
    _, rows = compare(
        ([refund("R1", "A1", 30)], [after_sale("A1", 30)]), ([refund("R2", "A1", 30)], [])
    )
    expect(
        rows,
        [
            {
                "item_id": "left:R2",
                "state": "duplicate_left",
                "explanation": "refunded again: 30.00 CNY",
            }
        ],
    )
