"""One row per metric, business date and currency: the metric by two paths that share no SQL.

Left is what a summary shows. Right is the same figure straight from another table: from orders
where the summary has their lines, from settlements where it has their items, from what the source
delivered where it has the fact. How far the two may lie apart is stated here, beside the paths
that are compared: 0 where both come from the same rows, 1 % where two sources tell the same. While
lines that settlements announce have not come, nothing is held against what is made of the others.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class AdsMetricDiffRate(m.Contract):
    """Metrics by two paths."""

    metric: m.Text = m.key("Name of the metric")
    currency: m.Text = m.key(v.currency)
    summary_amount: m.Money = m.column("The metric as a summary shows it", was="left_amount")
    other_path_amount: m.Money = m.column("The same figure by another path", was="right_amount")
    difference_amount: m.Money = m.column(m.result_terms.difference_amount)
    diff_rate: m.Rate = m.column("Difference as a share of the larger of the two", ge=0)
    allowed_rate: m.Rate = m.column("Largest rate of difference with which the day is published")
    dt: m.Day = m.partition("Business date the metric is counted on")


ads_metric_diff_rate = m.table(
    AdsMetricDiffRate,
    owner="team:finance",
    reads={
        "dws_financial_1d": m.same_day(),
        "dws_channel_1d": m.same_day(),
        "dwd_payment": m.same_day(),
        "dwd_refund": m.same_day(),
        "dwd_financial": m.same_day(),
        "ods_order": m.latest(c.delivery_window),
        "ods_payment": m.latest(c.delivery_window, undated="left out"),
        "ods_refund": m.latest(c.delivery_window, undated="left out"),
        "ods_settlement": m.latest(c.delivery_window),
        "ods_settlement_item": m.latest(c.delivery_window),
    },
    checks=[m.check("within_allowed_rate", "diff_rate <= allowed_rate")],
    sql="""
        WITH sides AS (
            SELECT 'gmv' AS metric, dt, currency, gmv AS summary_amount, 0 AS other_path_amount
            FROM dws_financial_1d
            UNION ALL
            SELECT 'gmv', dt, currency, 0, payable_amount FROM ods_order
            UNION ALL
            SELECT 'discount_amount', dt, currency, discount_amount, 0 FROM dws_financial_1d
            UNION ALL
            SELECT 'discount_amount', dt, currency, 0, discount_amount FROM ods_order
            UNION ALL
            SELECT 'paid_amount', dt, currency, paid_amount, 0 FROM dws_financial_1d
            UNION ALL
            SELECT 'paid_amount', dt, currency, 0, payment_amount
            FROM ods_payment
            WHERE payment_status = 'captured'
            UNION ALL
            SELECT 'refund_amount', dt, currency, refund_amount, 0 FROM dws_financial_1d
            UNION ALL
            SELECT 'refund_amount', dt, currency, 0, refund_amount
            FROM ods_refund
            WHERE refund_status = 'succeeded'
            UNION ALL
            SELECT 'net_revenue', dt, currency, net_revenue, 0 FROM dws_financial_1d
            UNION ALL
            SELECT 'net_revenue', dt, currency, 0, paid_amount FROM dwd_payment
            UNION ALL
            SELECT 'net_revenue', dt, currency, 0, -refund_amount FROM dwd_refund
            UNION ALL
            SELECT 'channel_fee', dt, currency, channel_fee, 0 FROM dws_channel_1d
            UNION ALL
            SELECT 'channel_fee', dt, currency, 0, -signed_amount
            FROM dwd_financial
            WHERE event_type = 'channel_fee'
            UNION ALL
            SELECT 'commission', dt, currency, commission, 0 FROM dws_financial_1d
            UNION ALL
            SELECT 'commission', dt, currency, 0, commission_amount FROM ods_settlement
            UNION ALL
            SELECT 'seller_payable', dt, currency, seller_payable, 0 FROM dws_financial_1d
            UNION ALL
            SELECT 'seller_payable', dt, currency, 0, seller_payable_amount FROM ods_settlement
        ),
        settled_lines AS (
            SELECT dt, currency, line_count AS announced_count FROM ods_settlement
            UNION ALL
            SELECT dt, currency, -1 FROM ods_settlement_item
        ),
        awaited AS (
            SELECT dt, currency, SUM(announced_count) AS awaited_count
            FROM settled_lines
            GROUP BY dt, currency
        ),
        compared AS (
            SELECT
                s.metric,
                s.dt,
                s.currency,
                SUM(s.summary_amount) AS summary_amount,
                SUM(s.other_path_amount) AS other_path_amount,
                SUM(s.summary_amount) - SUM(s.other_path_amount) AS difference_amount,
                CASE
                    WHEN s.metric IN ('commission', 'seller_payable') AND MAX(a.awaited_count) > 0
                        THEN 1
                    WHEN s.metric IN ('gmv', 'discount_amount', 'commission', 'seller_payable')
                        THEN two_sources_diff_rate()
                    ELSE 0
                END AS allowed_rate
            FROM sides AS s
            LEFT JOIN awaited AS a ON a.dt = s.dt AND a.currency = s.currency
            WHERE s.dt >= :start AND s.dt < :end
            GROUP BY s.metric, s.dt, s.currency
        )
        SELECT
            metric,
            currency,
            summary_amount,
            other_path_amount,
            difference_amount,
            COALESCE(
                divide_rate(
                    ABS(difference_amount),
                    CASE
                        WHEN ABS(summary_amount) > ABS(other_path_amount) THEN ABS(summary_amount)
                        ELSE ABS(other_path_amount)
                    END
                ),
                0
            ) AS diff_rate,
            allowed_rate,
            dt
        FROM compared
    """,
)
