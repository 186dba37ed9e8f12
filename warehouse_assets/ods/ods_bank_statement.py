"""One row per entry of a bank statement and delivery, as the bank booked it.

One credit may stand for several payouts, and may lack their reference.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class OdsBankStatement(m.DeliveredContract):
    """The bank's statements."""

    entry_no: m.Text = m.column(v.entry_no)
    bank_account: m.Text = m.column(v.bank_account)
    value_date: m.Day = m.column(v.value_date)
    booked_at: m.Timestamp = m.column(v.booked_at)
    direction: m.Text = m.column(v.direction, isin=["in", "out"])
    amount: m.Money = m.column(v.amount, ge=0)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE)
    bank_reference: m.Text = m.column(v.bank_reference, null=True)
    counterparty: m.Text = m.column(v.counterparty)
    purpose: m.Text = m.column(v.purpose)
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_bank_statement = m.table(
    OdsBankStatement,
    owner="team:finance",
    source=m.files("bank/statement", format="csv"),
    change_log=m.change_log(key=("entry_no",), sequence="updated_at", event_time="booked_at"),
)
