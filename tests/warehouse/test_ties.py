"""Without errors in the sources, every total ties to the cent across all tables."""

from __future__ import annotations

import pytest

from examples.sample_shop.sample_lake import SAMPLE_DAYS
from resources.lake.lake import Lake
from resources.settings import Settings
from tests.warehouse.conftest import Query
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

LAST = f"DATE '{SAMPLE_DAYS.last}'"

# Each pair gives rows of (what, amount or quantity): the left and the right way to the same total.
TIES = {
    "an order is the sum of its lines": (
        "SELECT order_no, payable_amount FROM dwd_order",
        "SELECT order_no, SUM(pay_amount) FROM dwd_order_detail GROUP BY ALL",
    ),
    "an order's discount is that of its lines": (
        "SELECT order_no, discount_amount, coupon_amount, points_amount FROM dwd_order",
        "SELECT order_no, SUM(discount_amount), SUM(coupon_amount), SUM(points_amount) "
        "FROM dwd_order_detail GROUP BY ALL",
    ),
    "a paid order is paid in full": (
        "SELECT order_no, currency, payable_amount FROM dwd_order "
        f"WHERE payable_amount > 0 AND business_date(paid_at) <= {LAST}",
        "SELECT order_no, currency, SUM(paid_amount) FROM dwd_payment WHERE order_no IN "
        f"(SELECT order_no FROM dwd_order WHERE business_date(paid_at) <= {LAST}) GROUP BY ALL",
    ),
    "GMV is the same by day, seller, SKU, buyer and city": (
        "SELECT dt, currency, gmv, gmv, gmv, gmv FROM dws_financial_1d WHERE gmv <> 0",
        "SELECT dt, currency, "
        + ", ".join(
            f"(SELECT SUM(gmv) FROM {name} WHERE dt = f.dt AND currency = f.currency)"
            for name in ("dws_seller_1d", "dws_sku_1d", "dws_user_1d", "dws_city_1d")
        )
        + " FROM dws_financial_1d AS f WHERE gmv <> 0",
    ),
    "the mart has the day's figures": (
        "SELECT dt, currency, gmv, paid_amount, refund_amount, commission FROM dws_financial_1d",
        "SELECT dt, currency, gmv, paid_amount, refund_amount, commission FROM dm_finance",
    ),
    "a channel bills what was paid": (
        "SELECT payment_method, currency, dt, SUM(paid_amount) FROM dwd_payment "
        "WHERE payment_method <> 'wallet' GROUP BY ALL",
        "SELECT channel, currency, dt, SUM(gross_amount) FROM dwd_channel_bill "
        "WHERE bill_type = 'pay' AND is_counted GROUP BY ALL",
    ),
    "a channel bills what was refunded": (
        "SELECT payment_method, currency, dt, SUM(refund_amount) FROM dwd_refund "
        "WHERE payment_method <> 'wallet' GROUP BY ALL",
        "SELECT channel, currency, dt, SUM(gross_amount) FROM dwd_channel_bill "
        "WHERE bill_type = 'refund' AND is_counted GROUP BY ALL",
    ),
    "a channel charges its contract fee": (
        "SELECT bill_line_id, fee_amount FROM dwd_channel_bill",
        "SELECT bill_line_id, contract_fee_amount FROM dwd_channel_bill",
    ),
    "a bill's rows are its summary": (
        "SELECT channel, currency, dt, payment_count, gross_amount, refund_count, refund_amount, "
        "fee_amount, net_amount FROM ods_channel_bill_summary "
        f"WHERE payment_count + refund_count > 0 AND dt <= {LAST}",
        "SELECT channel, currency, bill_date, COUNT(*) FILTER (bill_type = 'pay'), "
        "COALESCE(SUM(gross_amount) FILTER (bill_type = 'pay'), 0), "
        "COUNT(*) FILTER (bill_type = 'refund'), "
        "COALESCE(SUM(gross_amount) FILTER (bill_type = 'refund'), 0), "
        "SUM(CASE bill_type WHEN 'pay' THEN fee_amount ELSE -fee_amount END), "
        "SUM(CASE bill_type WHEN 'pay' THEN gross_amount - fee_amount "
        "ELSE fee_amount - gross_amount END) FROM dwd_channel_bill "
        f"WHERE bill_date <= {LAST} GROUP BY ALL",
    ),
    "a payout is the net of its bill": (
        f"SELECT channel, currency, dt, net_amount FROM ods_channel_bill_summary "
        f"WHERE dt < {LAST} AND net_amount <> 0",
        "SELECT channel, currency, batch_date, SUM(net_amount) FROM dwd_payout GROUP BY ALL",
    ),
    "the bank books what was paid out": (
        "SELECT dt, currency, SUM(net_amount) FROM dwd_payout GROUP BY ALL",
        "SELECT dt, currency, SUM(signed_amount) FROM dwd_bank_entry WHERE COALESCE("
        "bank_reference, '') NOT IN (SELECT settlement_no FROM ods_settlement) GROUP BY ALL",
    ),
    "a settlement is the sum of its lines": (
        f"SELECT settlement_no, seller_payable_amount FROM ods_settlement WHERE dt <= {LAST}",
        "SELECT settlement_no, SUM(seller_payable_amount) FROM dwd_settlement_item GROUP BY ALL",
    ),
    "what sellers get is booked as payable to them": (
        "SELECT dt, SUM(seller_payable) FROM ads_seller_payable WHERE seller_payable <> 0 "
        "GROUP BY ALL",
        "SELECT dt, SUM(credit_amount - debit_amount) FROM dwd_journal_entry "
        "WHERE account_code = '2202' AND event_type NOT IN ('manual_adjustment', 'seller_payout') "
        "GROUP BY ALL",
    ),
    "what sellers are paid is booked, and was settled": (
        "SELECT dt, currency, SUM(paid_out_amount), SUM(paid_out_amount) FROM ads_seller_payable "
        "WHERE paid_out_amount <> 0 GROUP BY ALL",
        "SELECT j.dt, j.currency, SUM(j.debit_amount), SUM(s.seller_payable_amount) "
        "FROM dwd_journal_entry AS j JOIN ods_settlement AS s ON s.settlement_no = j.business_no "
        "WHERE j.account_code = '2202' AND j.event_type = 'seller_payout' GROUP BY ALL",
    ),
    "coupon uses are the lines' coupons": (
        "SELECT order_line_id, coupon_amount FROM dwd_coupon_use",
        "SELECT order_line_id, coupon_amount FROM dwd_order_detail WHERE coupon_amount > 0",
    ),
    "points burnt are the orders' points": (
        "SELECT business_no, points FROM dwd_points_entry WHERE entry_type = 'burnt'",
        "SELECT order_no, points_used FROM dwd_order WHERE points_used > 0",
    ),
    "the wallet paid what was paid by wallet": (
        "SELECT business_no, amount FROM dwd_wallet_entry WHERE entry_type = 'payment'",
        "SELECT payment_no, paid_amount FROM dwd_payment WHERE payment_method = 'wallet'",
    ),
    "a shipped line is shipped once, whole": (
        f"SELECT order_line_id, quantity FROM dwd_order_detail WHERE shipped_date <= {LAST}",
        "SELECT order_line_id, shipped_quantity FROM dwd_shipment WHERE order_line_id IN "
        "(SELECT order_line_id FROM dwd_order_detail)",
    ),
    "what is shipped leaves the stock": (
        "SELECT sku_id, dt, SUM(shipped_quantity) FROM dwd_shipment GROUP BY ALL",
        "SELECT sku_id, dt, SUM(out_quantity) FROM dwd_inventory "
        "WHERE out_quantity > 0 GROUP BY ALL",
    ),
    "debit is credit in every account period": (
        "SELECT dt, currency, SUM(debit_amount) FROM dwd_journal_entry GROUP BY ALL",
        "SELECT dt, currency, SUM(credit_amount) FROM dwd_journal_entry GROUP BY ALL",
    ),
    "our books are the ledger": (
        "SELECT dt, account_code, currency, debit_amount, credit_amount, closing_balance_amount "
        "FROM ads_trial_balance",
        "SELECT dt, account_code, currency, ledger_debit_amount, ledger_credit_amount, "
        "ledger_closing_balance_amount FROM ads_trial_balance",
    ),
    "every metric is the same by its two paths": (
        "SELECT metric, dt, currency, summary_amount FROM ads_metric_diff_rate",
        "SELECT metric, dt, currency, other_path_amount FROM ads_metric_diff_rate",
    ),
    "the bridge's closing is the next day's opening": (
        "SELECT dt + INTERVAL 1 DAY, currency, closing_amount FROM ads_revenue_bridge "
        f"WHERE dt < {LAST} AND closing_amount <> 0",
        "SELECT CAST(dt AS TIMESTAMP), currency, opening_amount FROM ads_revenue_bridge "
        f"WHERE dt > DATE '{SAMPLE_DAYS.start}' AND opening_amount <> 0",
    ),
    "money events of payments are the payments": (
        "SELECT dt, currency, SUM(signed_amount) FROM dwd_financial "
        "WHERE event_type = 'payment' GROUP BY ALL",
        "SELECT dt, currency, SUM(paid_amount) FROM dwd_payment GROUP BY ALL",
    ),
}


@pytest.mark.parametrize("name", TIES)
def test_a_total_ties(query: Query, name: str) -> None:
    left, right = (sorted(query(sql)) for sql in TIES[name])
    assert left, "nothing is there to tie"
    assert left == right


def test_no_check_finds_anything(sample: Settings) -> None:
    """Checks that only warn are there for errors in the sources, of which there are none."""
    lake = Lake(sample)
    failed: dict[str, int] = {}
    for table in load_warehouse().tables.values():
        snapshot = lake.snapshot(table.spec)
        record = lake.record(snapshot, max(snapshot.published, key=str))
        assert record is not None
        for outcome in record.audit:
            if outcome.failed:
                failed[f"{table.name}: {outcome.name}"] = outcome.failed
    assert failed == {}
