"""The kinds of money events: which rows of which facts they are, as SQL for dwd_financial."""

from collections.abc import Sequence
from functools import partial

EVENT_TYPES = [
    "order",
    "cancellation",
    "payment",
    "refund",
    "chargeback",
    "channel_fee",
    "payout",
    "wallet_top_up",
    "wallet_withdrawal",
    "settlement",
    "commission",
    "coupon_subsidy",
    "seller_payout",
]

# What only some kinds of events have.
OPTIONAL = {
    "order_no": "VARCHAR",
    "order_line_id": "VARCHAR",
    "user_id": "BIGINT",
    "seller_id": "BIGINT",
    "payment_method": "VARCHAR",
    "ordered_date": "DATE",
    "paid_date": "DATE",
    "settled_date": "DATE",
}


def _events(
    event_type: str,
    direction: str,
    amount: str,
    *,
    source: str,
    business: str,
    has: Sequence[str] = (),
    event_no: str | None = None,
    where: str = "TRUE",
    **given: str,
) -> str:
    """The SELECT of one kind of event.

    Args:
        event_type: What happened.
        direction: Which way the money goes; the other one where the amount is less than 0.
        amount: The amount, as SQL.
        source: The table that the events are rows of.
        business: What the event is about: its number is the column of that name with _no.
        has: Columns of the source that are taken as they are; see OPTIONAL.
        event_no: What tells the events of one type apart, as SQL, if not the business number.
        where: Which rows of the source are events, as SQL.
        given: SQL of further columns of OPTIONAL. Those that are neither here nor there are null.
    """
    optional = {name: f"CAST(NULL AS {kind})" for name, kind in OPTIONAL.items()}
    optional |= {name: name for name in has} | given
    assert optional.keys() == OPTIONAL.keys(), optional
    columns = ", ".join(f"{sql} AS {name}" for name, sql in optional.items())
    return f"""
            SELECT
                CONCAT('{event_type}:', {event_no or f"{business}_no"}) AS money_event_id,
                '{event_type}' AS event_type, '{direction}' AS usual_direction,
                {amount} AS amount, currency,
                '{business}' AS business_type, {business}_no AS business_no,
                {columns},
                dt
            FROM {source}
            WHERE {where} AND dt >= :start AND dt < :end
            """


_refund_events = partial(
    _events,
    amount="refund_amount",
    source="dwd_refund",
    business="refund",
    has=["order_no", "user_id", "payment_method", "paid_date"],
)
_wallet_events = partial(
    _events,
    amount="amount",
    source="dwd_wallet_entry",
    business="wallet_entry",
    has=["user_id"],
    payment_method="'wallet'",
)
_settled_line_events = partial(
    _events,
    source="dwd_settlement_item",
    business="settlement",
    event_no="CONCAT(settlement_no, ':', order_line_id)",
    has=["order_no", "order_line_id", "seller_id", "ordered_date"],
    settled_date="dt",
)

EVENTS = (
    _events(
        "order",
        "in",
        "payable_amount",
        source="dwd_order",
        business="order",
        has=["order_no", "user_id"],
        ordered_date="dt",
    ),
    _events(
        "cancellation",
        "out",
        "cancelled_amount",
        source="dwd_cancellation",
        business="order",
        has=["order_no", "user_id"],
    ),
    _events(
        "payment",
        "in",
        "paid_amount",
        source="dwd_payment",
        business="payment",
        has=["order_no", "user_id", "payment_method"],
        paid_date="dt",
    ),
    _refund_events("refund", "out", where="refund_type <> 'chargeback'"),
    _refund_events("chargeback", "out", where="refund_type = 'chargeback'"),
    _events(
        "channel_fee",
        "out",
        "charged_fee(bill_type, fee_amount)",
        source="dwd_channel_bill",
        business="channel_transaction",
        where="is_counted AND charged_fee(bill_type, fee_amount) <> 0",
        event_no="""CONCAT(
                    channel, ':', bill_type, ':', channel_transaction_no,
                    CASE WHEN outward_refund_no IS NULL THEN '' ELSE ':' END,
                    COALESCE(outward_refund_no, '')
                )""",
        payment_method="channel",
        paid_date="CASE bill_type WHEN 'pay' THEN dt END",
    ),
    _events(
        "payout",
        "in",
        "net_amount",
        source="dwd_payout",
        business="payout",
        payment_method="channel",
        paid_date="batch_date",
    ),
    _wallet_events("wallet_top_up", "in", where="entry_type = 'top_up'"),
    _wallet_events("wallet_withdrawal", "out", where="entry_type = 'withdrawal'"),
    _settled_line_events("settlement", "out", "gross_amount - refund_amount"),
    _settled_line_events("commission", "in", "commission_amount", where="commission_amount <> 0"),
    _settled_line_events("coupon_subsidy", "out", "subsidy_amount", where="subsidy_amount <> 0"),
    _events(
        "seller_payout",
        "out",
        "amount",
        source="seller_payouts",
        business="settlement",
        event_no="entry_no",
        has=["seller_id"],
        settled_date="settled_date",
    ),
)
