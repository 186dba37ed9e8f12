"""One row per account of the general ledger: the chart of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse_assets import modeling as m, vocabulary as v
from warehouse_assets.functions.accounts import ACCOUNTS, Account

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

    from resources.settings import Settings


class DimAccount(m.Contract):
    """Accounts that money events are posted to."""

    account_code: m.Text = m.key(v.account_code)
    account_name: m.Text = m.column(v.account_name)
    account_type: m.Text = m.column(
        "Kind of account: asset, liability, ...",
        isin=["asset", "liability", "income", "expense", "suspense"],
    )


def chart_of_accounts(_: Settings) -> RecordBatchReader:
    """Every account, in one batch."""
    import pyarrow

    schema = pyarrow.schema([(name, pyarrow.string()) for name in Account._fields])
    rows = [account._asdict() for account in ACCOUNTS]
    batch = pyarrow.RecordBatch.from_pylist(rows, schema=schema)
    return pyarrow.RecordBatchReader.from_batches(schema, [batch])


dim_account = m.table(DimAccount, owner="team:finance", rows=chart_of_accounts)
