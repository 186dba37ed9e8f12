from datetime import timedelta

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, at, broken_rules, expect, run_sql
from warehouse_assets.fact.dwd_coupon_use import dwd_coupon_use

USED = at("2026-01-10 20:00")


def use(coupon_use_no="C1", **values):
    return {
        "coupon_use_no": coupon_use_no,
        "coupon_id": 3,
        "order_no": "A",
        "line_no": 2,
        "coupon_amount": "5.00",
        "platform_amount": "3.33",
        "seller_amount": "1.67",
        "use_status": "used",
        "used_at": USED,
        "updated_at": USED,
        **values,
    }


def uses(*delivered, days=0):
    window = Window.of_days(DAY, DAY + timedelta(days=days))
    return run_sql(dwd_coupon_use, {"ods_coupon_use": list(delivered)}, window)


def test_a_use_names_its_order_line_and_who_bears_it():
    rows = uses(use())
    expect(
        rows,
        [
            {
                "coupon_use_no": "C1",
                "order_line_id": "A-2",
                "platform_amount": "3.33",
                "seller_amount": "1.67",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(dwd_coupon_use, rows) == set()


def test_a_coupon_given_back_stays_on_the_day_of_its_use_and_says_so():
    back = USED + timedelta(days=2)
    returned = use(
        use_status="returned", returned_at=back, updated_at=back, dt=DAY + timedelta(days=2)
    )
    rows = uses(use(), returned, days=2)
    expect(rows, [{"use_status": "returned", "returned_at": back, "dt": DAY}])
    assert broken_rules(dwd_coupon_use, rows) == set()


def test_a_coupon_on_two_lines_is_two_uses():
    rows = uses(use("C1", line_no=1), use("C2", line_no=2), use("C2", line_no=2))
    expect(rows, [{"order_line_id": "A-1"}, {"order_line_id": "A-2"}])


def test_shares_that_do_not_add_up_are_kept_and_reported():
    rows = uses(use(seller_amount="1.66"))
    expect(rows, [{"coupon_amount": "5.00", "seller_amount": "1.66"}])
    assert broken_rules(dwd_coupon_use, rows) == {"shares_add_up"}


def test_nothing_used():
    assert uses() == []
