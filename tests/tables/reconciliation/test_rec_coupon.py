from tests.tables.reconciliation.run_days import NEXT, run_day
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_coupon import rec_coupon


def use(no="U1", amount="10.00", platform="7.00", **values):
    return {
        "coupon_use_no": no,
        "coupon_id": 3,
        "order_no": "A",
        "coupon_amount": amount,
        "platform_amount": platform,
        **values,
    }


def line(line_id="A-1", amount="10.00", **values):
    return {
        "order_line_id": line_id,
        "order_no": "A",
        "coupon_id": 3,
        "coupon_amount": amount,
        **values,
    }


def results(uses=(), lines=(), day=DAY, earlier=()):
    coupons = [{"coupon_id": 3, "platform_share_rate": "0.700000", "dt": day}]
    inputs = {"dwd_coupon_use": uses, "dwd_order_detail": lines, "dim_coupon": coupons}
    return run_day(rec_coupon, inputs, day, earlier)


def test_the_uses_of_a_coupon_in_an_order_are_compared_together():
    rows = results(
        [use("U1", "10.00", "7.00"), use("U2", "5.00", "3.50")],
        [line("A-1", "5.01"), line("A-2", "9.98")],
    )
    expect(
        rows,
        [
            {
                "state": "matched_within_tolerance",
                "left_count": 2,
                "right_count": 2,
                "left_amount": "15.00",
                "right_amount": "14.99",
                "tolerance_amount": "0.02",
                "left_key": "3|A",
            }
        ],
    )


def test_a_use_that_is_not_told_is_found_and_closed_when_it_is():
    missing = results(lines=[line()])
    expect(
        missing,
        [{"state": "right_only", "explanation": "taken off the order 10.00 CNY, not used"}],
    )
    expect(
        results([use(dt=NEXT)], day=NEXT, earlier=missing),
        [{"state": "timing", "item_id": "right:A-1", "is_open": False}],
    )


def test_a_use_of_another_amount():
    expect(
        results([use(amount="10.02", platform="7.02")], [line()]),
        [
            {
                "state": "amount_mismatch",
                "figure": "amount",
                "explanation": "taken off the order 0.02 CNY less than used",
            }
        ],
    )


def test_who_bears_a_coupon():
    expect(
        results([use(platform="3.00")], [line()]),
        [
            {
                "state": "amount_mismatch",
                "figure": "borne by the platform",
                "open_amount": "-4.00",
                "explanation": (
                    "borne by the platform: taken off the order 4.00 CNY more than used"
                ),
            }
        ],
    )


FREE = line("C-1", "0.00", coupon_id=None)


def test_a_discount_without_a_coupon_matches_nothing():
    rows = results([use()], [line(), line("B-1", coupon_id=None), FREE])
    expect(
        rows,
        [
            {"state": "matched", "right_id": "A-1"},
            {"state": "right_only", "right_id": "B-1"},
        ],
    )
