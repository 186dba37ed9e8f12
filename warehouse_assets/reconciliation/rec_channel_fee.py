"""One row per line of a channel's bill that counts: its fee beside that of the contract.

Both sides are the same line: the fee that the channel charges or gives back, and the rate of the
contract times the gross amount, to the cent. Without a contract no fee was agreed.
"""

from warehouse_assets import conventions as c, modeling as m

_LINE = ("channel", "channel_transaction_no", "bill_line_id")

rec_channel_fee = m.reconciliation(
    owner="team:payment",
    left=m.side(
        "dwd_channel_bill",
        row="bill_line_id",
        amount="gross_amount",
        fee="fee_amount",
        where="is_counted",
        word="billed",
    ),
    right=m.side(
        "dwd_channel_bill",
        row="bill_line_id",
        amount="gross_amount",
        fee="COALESCE(contract_fee_amount, 0)",
        where="is_counted",
        word="agreed",
    ),
    match="1:1",
    passes=[m.match_key("channel transaction", left=_LINE, right=_LINE)],
    fee_tolerance=m.tolerance(c.ROUNDING),
    open_days=0,
)
