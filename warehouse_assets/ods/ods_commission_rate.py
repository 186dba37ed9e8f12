"""One row per leaf category, first day of validity and delivery: the rate card for sellers."""

from warehouse_assets import modeling as m, vocabulary as v


class OdsCommissionRate(m.DeliveredContract):
    """The merchant center's change log of commission rates."""

    category_id: m.Integer = m.column(v.category_id)
    commission_rate: m.Rate = m.column(v.commission_rate, ge=0, le=1)
    valid_from_date: m.Day = m.column(v.valid_from_date)
    valid_to_date: m.Day = m.column(v.valid_to_date, null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_commission_rate = m.table(
    OdsCommissionRate,
    owner="team:merchant",
    source=m.files("merchant_center/commission_rate", format="csv"),
    change_log=m.change_log(key=("category_id", "valid_from_date"), sequence="updated_at"),
    checks=[
        m.check(
            "valid_from_before_to",
            "valid_to_date IS NULL OR valid_from_date <= valid_to_date",
            warn=True,
        ),
    ],
)
