"""One row per account of the general ledger: the chart of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse_assets import modeling as m, vocabulary as v

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

    from resources.settings import Settings

ACCOUNT_TYPES = ["asset", "liability", "income", "expense", "suspense"]

# code, name, type
ACCOUNTS = (
    ("1002", "Bank", "asset"),
    ("1012", "Channel receivable", "asset"),
    ("1122", "Buyer receivable", "asset"),
    ("2202", "Seller payable", "liability"),
    ("2203", "Wallet liability", "liability"),
    ("2205", "Sales clearing", "liability"),
    ("6001", "Commission income", "income"),
    ("6051", "Shipping income", "income"),
    ("6601", "Channel fee expense", "expense"),
    ("6602", "Coupon expense", "expense"),
    ("9999", "Suspense", "suspense"),
)


class DimAccount(m.Contract):
    """Accounts that money events are posted to."""

    account_code: m.Text = m.key(v.account_code)
    account_name: m.Text = m.column(v.account_name)
    account_type: m.Text = m.column("Kind of account: asset, liability, ...", isin=ACCOUNT_TYPES)


def chart_of_accounts(_: Settings) -> RecordBatchReader:
    """Every account, in one batch."""
    import pyarrow

    names = ("account_code", "account_name", "account_type")
    schema = pyarrow.schema([(name, pyarrow.string()) for name in names])
    rows = [dict(zip(names, account, strict=True)) for account in ACCOUNTS]
    batch = pyarrow.RecordBatch.from_pylist(rows, schema=schema)
    return pyarrow.RecordBatchReader.from_batches(schema, [batch])


dim_account = m.table(DimAccount, owner="team:finance", rows=chart_of_accounts)
