"""One row per channel and first day of a contract: what the channel takes and when it pays out.

The only place that states the contracts. A change of terms is a new row: the one before ends on
the day before it begins. The wallet is the platform's own and no channel.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from warehouse_assets import modeling as m, vocabulary as v

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

    from resources.settings import Settings

OPENING = date(1970, 1, 1)
"""Of contracts that have been since before any business date."""

# channel, name, fee rate, days to the payout, bank account it goes to, first day, last day
CONTRACTS = (
    ("alipay", "Alipay", Decimal("0.006"), 1, "6222020200011122", OPENING, None),
    ("wechat_pay", "WeChat Pay", Decimal("0.006"), 1, "6222020200011122", OPENING, None),
    ("card", "Bank card", Decimal("0.012"), 1, "6222020200011122", OPENING, None),
)


class DimChannel(m.Contract):
    """Channels through which buyers pay, and the contracts with them."""

    channel: m.Text = m.key(v.channel)
    channel_name: m.Text = m.column("Name of the channel")
    contract_fee_rate: m.Rate = m.column(v.contract_fee_rate, ge=0, lt=1)
    settlement_days: m.Integer = m.column("Days from the transactions to their payout", ge=0)
    bank_account: m.Text = m.column(v.bank_account)
    valid_from_date: m.Day = m.key(v.valid_from_date)
    valid_to_date: m.Day = m.column(v.valid_to_date, null=True)


def contracts(_: Settings) -> RecordBatchReader:
    """Every contract, in one batch."""
    import pyarrow

    schema = pyarrow.schema(
        [
            ("channel", pyarrow.string()),
            ("channel_name", pyarrow.string()),
            ("contract_fee_rate", pyarrow.decimal128(9, 6)),
            ("settlement_days", pyarrow.int64()),
            ("bank_account", pyarrow.string()),
            ("valid_from_date", pyarrow.date32()),
            ("valid_to_date", pyarrow.date32()),
        ]
    )
    rows = [dict(zip(schema.names, contract, strict=True)) for contract in CONTRACTS]
    batch = pyarrow.RecordBatch.from_pylist(rows, schema=schema)
    return pyarrow.RecordBatchReader.from_batches(schema, [batch])


dim_channel = m.table(
    DimChannel,
    owner="team:payment",
    rows=contracts,
    checks=[
        m.check("valid_from_before_to", "valid_to_date IS NULL OR valid_from_date <= valid_to_date")
    ],
)
