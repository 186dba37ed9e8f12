"""One row per coupon and delivery: all coupons on the first day, then each that changed."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsCoupon(m.DeliveredContract):
    """Marketing's change log of coupons."""

    coupon_id: m.Integer = m.column(v.coupon_id)
    coupon_name: m.Text = m.column(v.coupon_name)
    funded_by: m.Text = m.column(v.funded_by, isin=["platform", "seller", "shared"])
    platform_share_rate: m.Rate = m.column(v.platform_share_rate, ge=0, le=1)
    face_amount: m.Money = m.column(v.face_amount, ge=0)
    threshold_amount: m.Money = m.column(v.threshold_amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    valid_from_date: m.Day = m.column(v.valid_from_date)
    valid_to_date: m.Day = m.column(v.valid_to_date)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_coupon = m.table(
    OdsCoupon,
    owner="team:marketing",
    source=m.files("marketing/coupon", format="jsonl"),
    change_log=m.change_log(key=("coupon_id",), sequence="updated_at"),
    checks=[
        m.check(
            "share_fits_funder",
            "(funded_by <> 'platform' OR platform_share_rate = 1)"
            " AND (funded_by <> 'seller' OR platform_share_rate = 0)",
            warn=True,
        ),
        m.check("valid_from_before_to", "valid_from_date <= valid_to_date", warn=True),
    ],
)
