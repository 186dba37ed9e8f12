"""SQL of what the books of a day are made of, which the database is told before they are written.

`business_day` holds the one day that is written, `channel_total` one row for each channel of
that bill day and one of the day before, `account_balance` one row for each account of the day.
"""

from __future__ import annotations

BOOK_TABLES = """
CREATE TABLE business_day (business_date DATE, time_zone VARCHAR);
CREATE TABLE channel_total (
    bill_date DATE, channel VARCHAR, merchant_no VARCHAR, counterparty VARCHAR, bill_file VARCHAR,
    pay_count BIGINT, pay_cents BIGINT, refund_count BIGINT, refund_cents BIGINT,
    fee_cents BIGINT, returned_fee_cents BIGINT, net_cents BIGINT
);
CREATE TABLE account_balance (
    account_code VARCHAR, opening_cents BIGINT, debit_cents BIGINT, credit_cents BIGINT
);
CREATE MACRO payout_no(channel, bill_date) AS
    'PO' || strftime(bill_date, '%Y%m%d') || '-' || channel;
"""
