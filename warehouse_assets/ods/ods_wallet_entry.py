"""One row per entry of the wallet ledger and delivery, with the balance after it."""

from resources.sources.declaration.files import files
from warehouse_assets import modeling as m

TYPES = ["top_up", "payment", "refund", "withdrawal"]
DIRECTIONS = ["in", "out"]


class OdsWalletEntry(m.DeliveredContract):
    """Marketing's wallet ledger."""

    wallet_entry_no: m.Text = m.column("Wallet entry, unique in marketing")
    user_id: m.Integer = m.column("User; where the row is about an order, its buyer")
    entry_type: m.Text = m.column("What made the entry", isin=TYPES)
    wallet_direction: m.Text = m.column(
        "Whether money goes into the user's wallet or out of it: in, out", isin=DIRECTIONS
    )
    business_no: m.Text = m.column("Number of what the row is about: an order, a payment, ...")
    amount: m.Money = m.column("Amount that is moved", ge=0)
    balance_amount: m.Money = m.column("Balance after the entry")
    currency: m.Text = m.column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    occurred_at: m.Timestamp = m.column("When it happened")
    updated_at: m.Timestamp = m.column("When the source last changed the row")


ods_wallet_entry = m.table(
    OdsWalletEntry,
    owner="team:marketing",
    source=files(
        "marketing/wallet_entry",
        format="parquet",
        columns={"wallet_direction": "direction"},
    ),
    change_log=m.change_log(
        key=("wallet_entry_no",), sequence="updated_at", event_time="occurred_at"
    ),
    freshness=m.by("02:00"),
    checks=[
        m.delivered_in_time("occurred_at", days=3),
        m.should("balance_not_overdrawn", "balance_amount >= 0"),
        m.should(
            "direction_fits_type",
            "(wallet_direction = 'in') = (entry_type IN ('top_up', 'refund'))",
        ),
    ],
)
