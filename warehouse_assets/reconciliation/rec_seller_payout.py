"""One row per settlement and the bank entries that pay it out, or what stands alone.

What a settlement leaves for the seller is paid out of the bank under the settlement's number, once
and to the cent. A settlement that leaves nothing, or less, is not paid out.
"""

from decimal import Decimal

from warehouse_assets import conventions as c, modeling as m

rec_seller_payout = m.reconciliation(
    owner="team:merchant",
    left=m.side(
        "ods_settlement",
        window=m.latest(c.delivery_window),
        where="seller_payable_amount > 0",
        row="settlement_no",
        amount="seller_payable_amount",
        word="settled",
    ),
    right=m.side(
        "dwd_bank_entry",
        # Channels are paid by numbers of their own: see rec_payout_bank.
        where="direction = 'out' AND bank_reference LIKE 'S%'",
        row="entry_no",
        amount="amount",
        word="paid out",
    ),
    match="1:1",
    passes=[m.match_key("settlement", left=("settlement_no",), right=("bank_reference",))],
    open_days=3,
    # Sellers are paid out on the next day at the earliest.
    diff_rate=Decimal(1),
)
