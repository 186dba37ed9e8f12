"""One row per file of a channel's bill and currency: the sum of its rows, and the channel's totals.

Rows count on the date of the bill, whenever the money moved: those that say it did, also where
another row said so before. A bill without rows needs no totals.
"""

from warehouse_assets import modeling as m

rec_bill_summary = m.reconciliation(
    owner="team:payment",
    left=m.side(
        "ods_channel_bill",
        rows="""
            SELECT
                CONCAT(source_file, ':', CAST(source_line AS VARCHAR)) AS bill_line_id,
                source_file,
                bill_type_of(transaction_type) AS bill_type,
                gross_amount,
                fee_amount,
                currency,
                dt
            FROM ods_channel_bill
            WHERE is_success(transaction_status)
        """,
        row="bill_line_id",
        amount="line_net(bill_type, gross_amount, fee_amount)",
        figures={
            "count": m.figure("1", unit=""),
            "gross": "CASE WHEN bill_type = 'pay' THEN gross_amount ELSE 0 END",
            "refund": "CASE WHEN bill_type = 'refund' THEN gross_amount ELSE 0 END",
            "fee": "charged_fee(bill_type, fee_amount)",
        },
        word="listed",
    ),
    right=m.side(
        "ods_channel_bill_summary",
        row="CONCAT(bill_file, ' in ', currency)",
        amount="net_amount",
        figures={
            "count": m.figure("payment_count + refund_count", unit=""),
            "gross": "gross_amount",
            "refund": "refund_amount",
            "fee": "fee_amount",
        },
        where="payment_count + refund_count > 0 OR net_amount <> 0",
        word="totalled",
    ),
    match="n:1",
    passes=[
        m.match_key(
            "file",
            left=("source_file", "currency"),
            right=("CONCAT('channel/', bill_file)", "currency"),
        ),
    ],
    open_days=0,
)
