from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.ads.ads_coupon_cost import ads_coupon_cost

SHARED = {
    "coupon_id": 1,
    "coupon_name": "Ten off",
    "funded_by": "shared",
    "platform_share_rate": "0.4",
}


def use(number, platform=4, seller=6, coupon_id=1, **values):
    return {
        "coupon_use_no": number,
        "coupon_id": coupon_id,
        "coupon_amount": platform + seller,
        "platform_amount": platform,
        "seller_amount": seller,
        "use_status": "used",
        **values,
    }


def cost(*uses, coupons=(SHARED,)):
    inputs = {"dwd_coupon_use": list(uses), "dim_coupon": list(coupons)}
    return run_sql(ads_coupon_cost, inputs)


def test_a_use_that_was_given_back_costs_nobody_anything():
    rows = cost(use("1"), use("2"), use("3", use_status="returned"))
    expect(
        rows,
        [
            {
                "coupon_id": 1,
                "coupon_name": "Ten off",
                "funded_by": "shared",
                "coupon_use_count": 3,
                "returned_use_count": 1,
                "coupon_cost": 20,
                "platform_coupon_cost": 8,
                "seller_coupon_cost": 12,
                "platform_coupon_rate": "0.4",
                "platform_share_rate": "0.4",
                "dt": DAY,
            }
        ],
    )
    assert broken_rules(ads_coupon_cost, rows) == set()


def test_a_coupon_that_was_given_back_every_time_has_no_rate():
    expect(
        cost(use("1", use_status="returned")), [{"coupon_cost": 0, "platform_coupon_rate": None}]
    )


def test_shares_that_do_not_make_the_discount_are_reported():
    rows = cost(use("1", coupon_amount="10.01"))
    expect(rows, [{"coupon_cost": "10.01", "platform_coupon_cost": 4}])
    assert broken_rules(ads_coupon_cost, rows) == {"shares_add_up"}


def test_an_unknown_coupon_is_kept_and_reported():
    rows = cost(use("1", coupon_id=9))
    expect(rows, [{"coupon_id": 9, "coupon_name": None, "coupon_cost": 10}])
    assert broken_rules(ads_coupon_cost, rows) == {"coupon_known"}


def test_currencies_are_rows_of_their_own():
    rows = cost(use("1"), use("2", platform=1, seller=0, currency="USD"))
    expect(rows, [{"currency": "CNY", "coupon_cost": 10}, {"currency": "USD", "coupon_cost": 1}])
