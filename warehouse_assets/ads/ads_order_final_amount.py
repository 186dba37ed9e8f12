"""One row per order line, on the business date of its order: the list of prices to the final one.

total is original + shipping. The membership of that day sets the share of the original amount that
is paid, by vip_pay_rate(), rounded to the cent here and nowhere else.
The coupon of that day takes off its face amount, no more than is left of the goods; no coupon
takes off 0. final is what is left, with shipping. Cancelled orders are here like others.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsOrderFinalAmount(m.Contract):
    """Order lines, priced by list, membership and coupon."""

    order_line_id: m.Text = m.key(v.order_line_id, references="dwd_order_detail")
    order_no: m.Text = m.ref("dwd_order", v.order_no)
    user_id: m.Integer = m.ref("dim_user", v.user_id)
    vip_level: m.Text = m.column(v.vip_level, null=True)
    vip_pay_rate: m.Rate = m.column("Share of the original amount that the membership pays", ge=0)
    coupon_id: m.Integer = m.ref("dim_coupon", v.coupon_id, null=True)
    original_amount: m.Money = m.column(v.original_amount)
    shipping_amount: m.Money = m.column(v.shipping_amount)
    total_amount: m.Money = m.column("Original amount and shipping")
    vip_explained_amount: m.Money = m.column("Original amount as far as the membership pays it")
    coupon_face_amount: m.Money = m.column("What the coupon takes off the price; 0 without one")
    final_amount: m.Money = m.column("VIP-adjusted amount less the coupon, with shipping")
    currency: m.Text = m.column(v.currency)
    dt: m.Day = m.partition(v.ordered_date)


ads_order_final_amount = m.table(
    AdsOrderFinalAmount,
    owner="team:trade",
    reads={"dwd_order_detail": m.same_day(), "dim_coupon": m.as_of_day()},
    serving=m.served(warm_up=m.warm_up("order_no", "user_id", "final_amount", "currency", days=7)),
    sort_by=("order_no",),
    checks=[
        m.check(
            "final_between_shipping_and_total",
            "original_amount < 0 OR final_amount BETWEEN shipping_amount AND total_amount",
        ),
        m.check("coupon_known", "coupon_id IS NULL OR coupon_face_amount > 0", warn=True),
    ],
    sql="""
        WITH priced AS (
            SELECT
                d.order_line_id,
                d.order_no,
                d.user_id,
                d.vip_level,
                vip_pay_rate(d.vip_level) AS vip_pay_rate,
                d.coupon_id,
                d.original_amount,
                d.shipping_amount,
                COALESCE(c.face_amount, 0) AS coupon_face_amount,
                d.currency,
                d.dt
            FROM dwd_order_detail AS d
            LEFT JOIN dim_coupon AS c
                ON c.coupon_id = d.coupon_id AND c.currency = d.currency AND c.dt = d.dt
            WHERE d.dt >= :start AND d.dt < :end
        ),
        adjusted AS (
            SELECT
                order_line_id,
                order_no,
                user_id,
                vip_level,
                vip_pay_rate,
                coupon_id,
                original_amount,
                shipping_amount,
                multiply_money(original_amount, vip_pay_rate) AS vip_explained_amount,
                coupon_face_amount,
                currency,
                dt
            FROM priced
        )
        SELECT
            order_line_id,
            order_no,
            user_id,
            vip_level,
            vip_pay_rate,
            coupon_id,
            original_amount,
            shipping_amount,
            original_amount + shipping_amount AS total_amount,
            vip_explained_amount,
            coupon_face_amount,
            vip_explained_amount + shipping_amount
                - CASE
                    WHEN coupon_face_amount < vip_explained_amount THEN coupon_face_amount
                    ELSE vip_explained_amount
                END AS final_amount,
            currency,
            dt
        FROM adjusted
    """,
)
