"""What the words of the channels' bills mean: the only place that says so."""

from warehouse_assets import modeling as m

bill_type_of = m.sql_function(
    "Type of a bill line: pay or refund; NULL where the channel's word is unknown.",
    parameters={"transaction_type": "VARCHAR"},
    returns="VARCHAR",
    body="""
        CASE
            WHEN transaction_type IN ('交易', '消费', 'SALE') THEN 'pay'
            WHEN transaction_type IN ('退款', 'REFUND', '拒付', 'CHARGEBACK') THEN 'refund'
        END
    """,
)

is_success = m.sql_function(
    "Whether a bill line says that the money moved; NULL where the channel's word is unknown.",
    parameters={"transaction_status": "VARCHAR"},
    returns="BOOLEAN",
    body="""
        CASE
            WHEN transaction_status IN ('交易成功', '退款成功', 'SUCCESS', '00') THEN TRUE
            WHEN transaction_status IN ('交易关闭', 'CLOSED', 'REVOKED', 'FAIL', '05') THEN FALSE
        END
    """,
)

success_word = m.sql_function(
    "succeeded, failed or unknown: how a transaction came out.",
    parameters={"is_successful": "BOOLEAN"},
    returns="VARCHAR",
    body="""
        CASE
            WHEN is_successful THEN 'succeeded' WHEN NOT is_successful THEN 'failed'
            ELSE 'unknown'
        END
    """,
)
