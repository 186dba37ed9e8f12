"""One row per entry of the wallet ledger and delivery, with the balance after it."""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    should,
    table,
)

TYPES = ["top_up", "payment", "refund", "withdrawal"]
DIRECTIONS = ["in", "out"]


class OdsWalletEntry(DeliveredContract):
    """Marketing's wallet ledger."""

    wallet_entry_no: Text = column("Wallet entry, unique in marketing")
    user_id: Integer = column("User; where the row is about an order, its buyer")
    entry_type: Text = column("What made the entry", isin=TYPES)
    wallet_direction: Text = column(
        "Whether money goes into the user's wallet or out of it: in, out", isin=DIRECTIONS
    )
    business_no: Text = column("Number of what the row is about: an order, a payment, ...")
    amount: Money = column("Amount that is moved", ge=0)
    balance_amount: Money = column("Balance after the entry")
    currency: Text = column("Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$")
    occurred_at: Timestamp = column("When it happened")
    updated_at: Timestamp = column("When the source last changed the row")


ods_wallet_entry = table(
    OdsWalletEntry,
    owner="team:marketing",
    source=files(
        "marketing/wallet_entry",
        format="parquet",
        columns={"wallet_direction": "direction"},
    ),
    change_log=change_log(
        key=("wallet_entry_no",), sequence="updated_at", event_time="occurred_at"
    ),
    freshness=by("02:00"),
    checks=[
        delivered_in_time("occurred_at", days=3),
        should("balance_not_overdrawn", "balance_amount >= 0"),
        should(
            "direction_fits_type",
            "(wallet_direction = 'in') = (entry_type IN ('top_up', 'refund'))",
        ),
    ],
)
