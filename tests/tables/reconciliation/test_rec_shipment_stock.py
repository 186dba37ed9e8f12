from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, at, expect
from warehouse_assets.reconciliation.rec_shipment_stock import rec_shipment_stock


def shipment(no="H1", quantity=2, **values):
    return {
        "shipment_no": no,
        "order_line_id": "A-1",
        "sku_id": 4,
        "warehouse_code": "WH1",
        "shipped_quantity": quantity,
        **values,
    }


def taken(no="M1", quantity=2, **values):
    day = values.get("dt", DAY)
    return {
        "movement_no": no,
        "business_no": "H1",
        "sku_id": 4,
        "warehouse_code": "WH1",
        "movement_type": "out",
        "quantity_change": -quantity,
        "moved_at": at(f"{day} 10:00"),
        **values,
    }


def results(shipments=(), movements=(), day=DAY, earlier=(), ordered=2, cancelled_at=None):
    line = {"order_line_id": "A-1", "order_no": "A", "quantity": ordered, "dt": DAY}
    return run_day(
        rec_shipment_stock,
        {
            "dwd_shipment": shipments,
            "dwd_stock_movement": movements,
            "dwd_order_detail": [line],
            "dwd_order": [{"order_no": "A", "cancelled_at": cancelled_at, "dt": DAY}],
        },
        day,
        earlier,
    )


def test_what_is_shipped_leaves_the_stock():
    returned = taken("M2", -1, movement_type="return")
    expect(
        results([shipment()], [taken(), returned]),
        [{"state": "matched", "left_key": "A-1|4|WH1", "currency": "XXX"}],
    )


def test_a_unit_more_is_shipped_than_leaves_the_stock():
    expect(
        results([shipment(quantity=3)], [taken()]),
        [
            {
                "state": "amount_mismatch",
                "open_amount": "1",
                "explanation": "taken out of stock 1.00 less than shipped",
            }
        ],
    )


def test_a_shipment_that_never_left_the_stock_is_closed_when_it_does():
    missing = results([shipment()])
    expect(
        missing,
        [{"state": "left_only", "explanation": "shipped 2.00, not taken out of stock"}],
    )
    expect(
        results([shipment()], [taken(dt=NEXT)], NEXT, missing),
        [{"state": "timing", "is_open": False}],
    )


def test_less_is_shipped_than_was_ordered_until_the_rest_is():
    first, rest = shipment(quantity=1), shipment("H2", 1, dt=NEXT)
    open_ = results([first], [taken(quantity=1)])
    expect(
        open_,
        [
            {
                "state": "amount_mismatch",
                "figure": "shipped beyond the order",
                "open_amount": "-1",
                "explanation": "ordered 1.00 more than shipped",
            }
        ],
    )
    movements = [taken(quantity=1), taken("M2", 1, business_no="H2", dt=NEXT)]
    expect(
        results([first, rest], movements, NEXT, open_),
        [{"state": "matched", "left_count": 2, "right_count": 2, "left_amount": "2"}],
    )


def test_a_line_that_was_shipped_is_shipped_again():
    done = results([shipment()], [taken()])
    movements = [taken(), taken("M2", 1, business_no="H2", dt=NEXT)]
    expect(
        results([shipment(), shipment("H2", 1, dt=NEXT)], movements, NEXT, done),
        [{"state": "amount_mismatch", "explanation": "ordered 1.00 less than shipped"}],
    )


def test_a_cancelled_order_is_shipped():
    expect(
        results([shipment()], [taken()], cancelled_at=at("2026-01-10 09:00")),
        [{"state": "amount_mismatch", "explanation": "ordered 2.00 less than shipped"}],
    )


def test_a_movement_before_its_shipment_is_known_finds_it_by_its_number():
    alone = results(movements=[taken()])
    expect(alone, [{"state": "right_only", "right_key": None, "right_key_2": "H1"}])
    expect(
        results([shipment(dt=NEXT)], [taken()], NEXT, alone),
        [{"match_pass": "shipment", "state": "timing", "is_open": False}],
    )


def test_lines_that_are_not_shipped_on_the_day_say_nothing():
    before = shipment("H9", 5)
    assert results([before], day=NEXT) == []
    rows = results([before, shipment(dt=NEXT, order_line_id="B-1")], day=NEXT)
    expect(rows, [{"left_id": "H1", "state": "left_only"}])
