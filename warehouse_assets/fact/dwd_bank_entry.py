"""One row per bank statement entry, on the business date of booking, as known three days later.

One credit may stand for several payouts, and may lack their reference.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdBankEntry(m.Contract):
    """What moved on the platform's bank accounts."""

    entry_no: m.Text = m.key(v.entry_no)
    bank_account: m.Text = m.column(v.bank_account)
    value_date: m.Day = m.column(v.value_date)
    direction: m.Text = m.column(v.direction)
    amount: m.Money = m.column(v.amount)
    signed_amount: m.Money = m.column(v.signed_amount)
    currency: m.Text = m.column(v.currency)
    bank_reference: m.Text = m.column(v.bank_reference, null=True)
    counterparty: m.Text = m.column(v.counterparty)
    purpose: m.Text = m.column(v.purpose)
    booked_at: m.Timestamp = m.column(v.booked_at)
    dt: m.Day = m.partition("Business date the bank booked the entry")


dwd_bank_entry = m.table(
    DwdBankEntry,
    owner="team:finance",
    reads={"ods_bank_statement": m.latest(c.delivery_window)},
    sort_by=("bank_account",),
    sql=m.select_from(
        "ods_bank_statement", columns={"signed_amount": "signed_money(direction, amount)"}
    ),
)
