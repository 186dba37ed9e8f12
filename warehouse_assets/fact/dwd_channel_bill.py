"""One row per line of a channel's bill, on the business date the channel moved the money.

The only place that says what fee the contract allows. A line may stand on a bill up to three days
later than its date. The same transaction on a bill twice is two rows, of which the second says so
and does not count. A chargeback is a refund; the channel's word, transaction_type, tells them
apart.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdChannelBill(m.Contract):
    """What channels say they did, in the warehouse's words."""

    bill_line_id: m.Text = m.key("Line of a bill: file, colon, line in the file")
    channel: m.Text = m.ref("dim_channel", v.channel)
    merchant_no: m.Text = m.column(v.merchant_no)
    channel_transaction_no: m.Text = m.column(v.channel_transaction_no)
    outward_no: m.Text = m.column(v.outward_no)
    outward_refund_no: m.Text = m.column(v.outward_refund_no, null=True)
    bill_type: m.Text = m.column(
        "pay or refund; null where the channel's word is unknown", null=True
    )
    is_successful: m.Flag = m.column(v.is_successful, null=True)
    is_repeated: m.Flag = m.column("Whether an earlier line of the day says the same")
    is_counted: m.Flag = m.column(
        "Whether the line counts: the money moved, and no line said so before"
    )
    gross_amount: m.Money = m.column(v.gross_amount)
    fee_amount: m.Money = m.column(v.fee_amount)
    contract_fee_rate: m.Rate = m.column(v.contract_fee_rate, null=True)
    contract_fee_amount: m.Money = m.column("Fee by contract: rate x gross, to the cent", null=True)
    currency: m.Text = m.column(v.currency)
    transaction_type: m.Text = m.column(v.transaction_type)
    transaction_status: m.Text = m.column(v.transaction_status)
    transaction_at: m.Timestamp = m.column(v.transaction_at)
    bill_date: m.Day = m.column("Business date of the bill that the line is on")
    dt: m.Day = m.partition(v.dt_billed)


dwd_channel_bill = m.table(
    DwdChannelBill,
    owner="team:payment",
    reads={"ods_channel_bill": c.delivery_window, "dim_channel": m.whole_table()},
    sort_by=("channel", "outward_no"),
    checks=[
        m.check("type_known", "bill_type IS NOT NULL", warn=True),
        m.check("status_known", "is_successful IS NOT NULL", warn=True),
        m.check("contract_known", "contract_fee_rate IS NOT NULL", warn=True),
        m.check("fee_by_contract", "fee_amount = contract_fee_amount", warn=True),
        m.check("not_repeated", "NOT is_repeated", warn=True),
        m.check(
            "refund_has_number", "bill_type <> 'refund' OR outward_refund_no IS NOT NULL", warn=True
        ),
    ],
    sql="""
        WITH lines AS (
            SELECT
                CONCAT(source_file, ':', CAST(source_line AS VARCHAR)) AS bill_line_id,
                channel,
                merchant_no,
                channel_transaction_no,
                outward_no,
                outward_refund_no,
                bill_type_of(transaction_type) AS bill_type,
                is_success(transaction_status) AS is_successful,
                gross_amount,
                fee_amount,
                currency,
                transaction_type,
                transaction_status,
                transaction_at,
                dt AS bill_date,
                business_date(transaction_at) AS transaction_date,
                source_file,
                source_line
            FROM ods_channel_bill
            WHERE business_date(transaction_at) >= :start
                AND business_date(transaction_at) < :end
                AND is_in_time(business_date(transaction_at), dt)
        ),
        ranked AS (
            SELECT
                bill_line_id,
                channel,
                merchant_no,
                channel_transaction_no,
                outward_no,
                outward_refund_no,
                bill_type,
                is_successful,
                ROW_NUMBER() OVER (
                    PARTITION BY
                        transaction_date,
                        channel,
                        channel_transaction_no,
                        bill_type,
                        outward_refund_no,
                        is_successful
                    ORDER BY bill_date, source_file, source_line
                ) > 1 AS is_repeated,
                gross_amount,
                fee_amount,
                currency,
                transaction_type,
                transaction_status,
                transaction_at,
                bill_date,
                transaction_date
            FROM lines
        )
        SELECT
            l.bill_line_id,
            l.channel,
            l.merchant_no,
            l.channel_transaction_no,
            l.outward_no,
            l.outward_refund_no,
            l.bill_type,
            l.is_successful,
            l.is_repeated,
            COALESCE(l.is_successful AND l.bill_type IS NOT NULL AND NOT l.is_repeated, FALSE)
                AS is_counted,
            l.gross_amount,
            l.fee_amount,
            c.contract_fee_rate,
            multiply_money(l.gross_amount, c.contract_fee_rate) AS contract_fee_amount,
            l.currency,
            l.transaction_type,
            l.transaction_status,
            l.transaction_at,
            l.bill_date,
            l.transaction_date AS dt
        FROM ranked AS l
        LEFT JOIN dim_channel AS c
            ON c.channel = l.channel
            AND c.valid_from_date <= l.transaction_date
            AND COALESCE(c.valid_to_date, :end) >= l.transaction_date
    """,
)
