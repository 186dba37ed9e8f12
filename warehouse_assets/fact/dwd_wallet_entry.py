"""One row per wallet entry, on the business date it happened, as known three days later."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    key,
    newest,
    partition,
    ref,
    should,
    table,
)


class DwdWalletEntry(Contract):
    """What users put into their wallets and take out of them."""

    wallet_entry_no: Text = key("Wallet entry, unique in marketing")
    user_id: Integer = ref("dim_user", "User; where the row is about an order, its buyer")
    entry_type: Text = column("What made the entry")
    wallet_direction: Text = column(
        "Whether money goes into the user's wallet or out of it: in, out"
    )
    business_no: Text = column("Number of what the row is about: an order, a payment, ...")
    amount: Money = column("Amount that is moved")
    balance_change_amount: Money = column(
        "Change of the balance: the amount, negative where it goes out"
    )
    balance_amount: Money = column("Balance after the entry")
    currency: Text = column("Currency of the amounts (ISO 4217)")
    occurred_at: Timestamp = column("When it happened")
    dt: Day = partition("Business date it happened")


dwd_wallet_entry = table(
    DwdWalletEntry,
    owner="team:marketing",
    reads={"ods_wallet_entry": newest(following(days=3))},
    freshness=by("05:00"),
    sort_by=("user_id",),
    checks=[should("balance_not_overdrawn", "balance_amount >= 0")],
    sql="""
        SELECT
            wallet_entry_no,
            user_id,
            entry_type,
            wallet_direction,
            business_no,
            amount,
            signed_money(wallet_direction, amount) AS balance_change_amount,
            balance_amount,
            currency,
            occurred_at,
            dt
        FROM ods_wallet_entry
        WHERE dt >= :start AND dt < :end
    """,
)
