"""One row per channel, currency and business date: the fees billed beside those of the contract.

A fee counts on the day of its transaction. Lines that dwd_channel_bill does not count are left
out. Without a contract, the fee of the contract is 0.
"""

from warehouse_assets import modeling as m, vocabulary as v


class AdsChannelFee(m.Contract):
    """What a channel's day cost."""

    channel: m.Text = m.key(v.channel, references="dim_channel")
    currency: m.Text = m.key(v.currency)
    billed_payment_count: m.Integer = m.column("Payments on the channel's bills", ge=0)
    billed_amount: m.Money = m.measure("billed_amount")
    billed_refund_count: m.Integer = m.column("Refunds on the channel's bills", ge=0)
    billed_refund_amount: m.Money = m.measure("billed_refund_amount")
    charged_fee_amount: m.Money = m.column("Fees charged for payments")
    returned_fee_amount: m.Money = m.column(
        "Fees that channels gave back with refunds; not negative"
    )
    channel_fee: m.Money = m.measure("channel_fee")
    contract_fee_total_amount: m.Money = m.column(
        "Fees by contract: for payments, less those for refunds"
    )
    fee_difference_amount: m.Money = m.column("Fees billed less those of the contract")
    fee_difference_count: m.Integer = m.column("Transactions whose fee is not the contract's", ge=0)
    channel_fee_rate: m.Rate = m.measure("channel_fee_rate")
    dt: m.Day = m.partition(v.dt_billed)


ads_channel_fee = m.table(
    AdsChannelFee,
    owner="team:payment",
    reads={"dwd_channel_bill": m.same_day()},
    checks=[
        m.check("fee_adds_up", "channel_fee = charged_fee_amount - returned_fee_amount"),
        m.check("fee_by_contract", "fee_difference_count = 0", warn=True),
    ],
    sql="""
        WITH fees AS (
            SELECT
                channel,
                currency,
                COUNT(CASE WHEN is_counted AND bill_type = 'pay' THEN 1 END)
                    AS billed_payment_count,
                MEASURE(billed_amount) AS billed_amount,
                COUNT(CASE WHEN is_counted AND bill_type = 'refund' THEN 1 END)
                    AS billed_refund_count,
                MEASURE(billed_refund_amount) AS billed_refund_amount,
                SUM(CASE WHEN is_counted AND bill_type = 'pay' THEN fee_amount ELSE 0 END)
                    AS charged_fee_amount,
                SUM(CASE WHEN is_counted AND bill_type = 'refund' THEN fee_amount ELSE 0 END)
                    AS returned_fee_amount,
                MEASURE(channel_fee) AS channel_fee,
                COALESCE(
                    SUM(CASE WHEN is_counted THEN charged_fee(bill_type, contract_fee_amount) END),
                    0
                ) AS contract_fee_total_amount,
                COUNT(
                    CASE
                        WHEN is_counted AND fee_amount <> COALESCE(contract_fee_amount, 0) THEN 1
                    END
                ) AS fee_difference_count,
                MEASURE(channel_fee_rate) AS channel_fee_rate,
                dt
            FROM dwd_channel_bill
            WHERE dt >= :start AND dt < :end
            GROUP BY channel, currency, dt
        )
        SELECT
            channel,
            currency,
            billed_payment_count,
            billed_amount,
            billed_refund_count,
            billed_refund_amount,
            charged_fee_amount,
            returned_fee_amount,
            channel_fee,
            contract_fee_total_amount,
            channel_fee - contract_fee_total_amount AS fee_difference_amount,
            fee_difference_count,
            channel_fee_rate,
            dt
        FROM fees
    """,
)
