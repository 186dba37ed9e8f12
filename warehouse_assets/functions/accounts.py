"""The chart of accounts: each with the function that gives its code, for SQL to call it by name.

`dim_account` is made of it.
"""

from typing import NamedTuple

from warehouse_assets import modeling as m


class Account(NamedTuple):
    """An account of the general ledger, as a row of `dim_account`."""

    account_code: str
    account_name: str
    account_type: str


ACCOUNTS: list[Account] = []
"""Every account, in the order of the codes."""


def _account(code: str, name: str, account_type: str) -> m.SqlFunction:
    ACCOUNTS.append(Account(code, name, account_type))
    return m.sql_function(f"Code of {name} ({account_type}).", returns="VARCHAR", body=f"'{code}'")


account_bank = _account("1002", "Bank", "asset")
account_channels = _account("1012", "Channel receivable", "asset")
account_buyers = _account("1122", "Buyer receivable", "asset")
account_sellers = _account("2202", "Seller payable", "liability")
account_wallets = _account("2203", "Wallet liability", "liability")
account_clearing = _account("2205", "Sales clearing", "liability")
account_commission = _account("6001", "Commission income", "income")
account_shipping = _account("6051", "Shipping income", "income")
account_channel_fees = _account("6601", "Channel fee expense", "expense")
account_coupons = _account("6602", "Coupon expense", "expense")
account_suspense = _account("9999", "Suspense", "suspense")

no_seller = m.sql_function(
    "Stands for the seller of an amount that is owed to sellers and names none.",
    returns="BIGINT",
    body="CAST(0 AS BIGINT)",
)
