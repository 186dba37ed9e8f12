"""SQL of what channels and the bank deliver: bills, their summaries, payouts, bank statements.

The relation `money_movement` holds one row for each transaction of the day or its bill, and
`channel_total` one for each channel, currency and bill day of which something may be told.
"""

from __future__ import annotations

from collections.abc import Mapping

from examples.sample_shop.books.channels import CHANNELS, Channel
from examples.sample_shop.books.settlements import SELLER_PAYOUTS
from examples.sample_shop.life.messages import copies_told
from resources.identifiers import quoted, text_literal


def _bill(channel: Channel) -> str:
    return f"""
SELECT
    merchant_no,
    channel_transaction_no,
    outward_no,
    outward_refund_no,
    CASE movement_type
        WHEN 'payment' THEN {text_literal(channel.payment_word)}
        WHEN 'refund' THEN {text_literal(channel.refund_word)}
        ELSE {text_literal(channel.chargeback_word)}
    END AS transaction_type,
    movement_type,
    {text_literal(channel.success_word)} AS transaction_status,
    {text_literal(channel.failure_word)} AS failed_status,
    amount(gross_cents) AS gross_amount,
    amount(fee_cents) AS fee_amount,
    currency,
    timezone(
        (SELECT time_zone FROM business_day), instant(transaction_second)::TIMESTAMPTZ
    ) AS transaction_at,
    is_postponed
FROM money_movement
WHERE channel = {text_literal(channel.name)} AND (is_billed OR is_postponed)
"""


BILLS: Mapping[str, str] = {channel.name: _bill(channel) for channel in CHANNELS}
"""The rows of each channel's bill, under the warehouse's names."""


def written_bill(channel: Channel, rows: str) -> str:
    """The SELECT that gives a bill's rows the names and texts of the channel's file."""
    texts = {"transaction_at": "strftime(transaction_at, '%Y-%m-%d %H:%M:%S')"}
    columns = ", ".join(
        f"{texts.get(column, column)} AS {quoted(name)}" for column, name in channel.header.items()
    )
    return f"SELECT {columns} FROM ({rows})"


SUMMARIES = """
SELECT
    channel,
    merchant_no,
    bill_file,
    pay_count,
    amount(pay_cents) AS pay_amount,
    refund_count,
    amount(refund_cents) AS refund_amount,
    amount(fee_cents - returned_fee_cents) AS fee_amount,
    amount(net_cents) AS net_amount,
    currency
FROM channel_total, business_day
WHERE bill_date = business_date AND (currency = 'CNY' OR pay_count + refund_count > 0)
ORDER BY channel, currency
"""

# A channel pays out at ten the next morning. On Mondays the bank books two of them as one.
_PAYOUTS = """
SELECT
    *,
    isodow(payout_date) = 1 AND channel IN ('alipay', 'wechat_pay') AND currency = 'CNY'
        AS is_joined,
    strftime(payout_date, '%Y%m%d') AS day_number,
    CASE WHEN is_joined THEN 'online' ELSE of_currency(channel, currency) END AS credit_name,
    'BR' || day_number || '-' || credit_name AS reference,
    epoch(timezone(time_zone, payout_date + INTERVAL 10 HOUR))::BIGINT AS paid_out_second,
    business_date - payout_date AS age
FROM (
    SELECT
        t.*, d.*, t.bill_date + 1 AS payout_date,
        payout_no(t.channel, t.bill_date, t.currency) AS payout_no
    FROM channel_total AS t, business_day AS d
    WHERE t.bill_date < d.business_date AND t.pay_count + t.refund_count > 0
)
"""

PAYOUTS = f"""
SELECT
    payout_no,
    channel,
    merchant_no,
    of_currency('SB' || strftime(bill_date, '%Y%m%d') || '-' || channel, currency)
        AS settlement_batch,
    bill_date AS batch_date,
    amount(pay_cents) AS gross_amount,
    amount(refund_cents) AS refund_amount,
    amount(fee_cents - returned_fee_cents) AS fee_amount,
    amount(net_cents) AS net_amount,
    currency,
    '6222020200011122' AS bank_account,
    reference AS bank_reference,
    instant(paid_out_second) AS paid_out_at,
    instant(paid_out_second) AS updated_at
FROM (
    SELECT *, unnest(range({copies_told("money_key(payout_no)", "age", "0", "3", "often_")}))
    FROM ({_PAYOUTS})
)
ORDER BY payout_no
"""

# One credit in five of a single payout comes without a reference. Whoever has more refunds than
# payments is debited.
_CREDITS = f"""
SELECT
    entry_no,
    '6222020200011122' AS bank_account,
    payout_date AS value_date,
    instant(paid_out_second + 1800) AS booked_at,
    CASE WHEN net_cents >= 0 THEN 'in' ELSE 'out' END AS direction,
    amount(abs(net_cents)) AS amount,
    currency,
    CASE WHEN is_joined OR (day(payout_date) + length(credit_name)) % 5 > 0 THEN reference
    END AS bank_reference,
    counterparty,
    '结算款 ' || day_number AS purpose,
    instant(paid_out_second + 1800) AS updated_at
FROM (
    SELECT *, unnest(range({copies_told("money_key(entry_no)", "age", "0", "3", "often_")}))
    FROM (
        SELECT
            day_number, credit_name, currency, payout_date, paid_out_second, is_joined, reference,
            age,
            'BK' || day_number || '-' || credit_name AS entry_no,
            sum(net_cents)::BIGINT AS net_cents, min(counterparty) AS counterparty
        FROM ({_PAYOUTS})
        GROUP BY ALL
    )
    WHERE net_cents <> 0
)
"""

BANK_ENTRIES = f"({_CREDITS}) UNION ALL ({SELLER_PAYOUTS}) ORDER BY entry_no"
"""What channels pay in, and what sellers are paid out."""
