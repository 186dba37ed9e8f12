"""What a person on duty sees in Dagster's UI of a real lake."""

from __future__ import annotations

from tests.ui.browser import Page
from tests.ui.shop_lake import LOST, ShopLake
from tests.ui.webserver import Webserver


def test_lineage_is_grouped_by_layer_and_part_of_the_business(page: Page) -> None:
    page.open("/asset-groups", "ods_payment", "dim_product", "fact_trade", "ads_finance")
    page.open("/assets/dwd_order?view=lineage", "ods_order", "ods_order_item", "dwd_order_detail")


def test_a_table_says_what_it_is_and_where_its_code_is(page: Page) -> None:
    grain = "One row per order, on the business date it was placed"
    text = page.open("/assets/dwd_order", "Column name", "Source code", grain)
    assert "ods_order_item: latest(following(days=3))" in text
    assert "WITH orders AS (\n    SELECT\n        order_no," in text
    assert "What the buyer is to pay, with tax: goods - discount + shipping" in text
    assert "key of dim_user" in text
    assert "fact.dwd_order" in text
    assert page.link("dwd_order.py").endswith("warehouse_assets/fact/dwd_order.py:1")


def test_a_delivered_table_says_where_it_is_delivered(page: Page) -> None:
    page.open("/assets/ods_order", "parquet files in order_center/order/<business date>/", "≥ 0")


def test_rows_and_bytes_are_plotted_by_partition(page: Page) -> None:
    page.open("/assets/dwd_order", "rows", "bytes")
    page.click("Plots")
    text = page.wait_for("rows", "bytes", "run_seconds_audit")
    assert "dagster/partition_row_count" not in text


def test_partitions_tell_published_failed_and_missing_days_apart(
    page: Page, lake: ShopLake
) -> None:
    page.open("/assets/ods_order?view=partitions", "Failed (1)", "Materialized (1)", "Missing (")
    page.open(
        f"/assets/ods_order?view=partitions&partition={lake.window.last}",
        "failed, and did not materialize this asset",
        "snapshot_id",
        "rejected_rows",
    )


def test_a_failed_check_shows_count_and_rows_of_its_partition(page: Page, lake: ShopLake) -> None:
    page.open("/assets/ods_order?view=checks&checkDetail=valid_values", "About")
    page.wait_for("This is a blocking asset check.", "order_status: 1 of ", LOST)
    page.click("Partitions")
    page.wait_for("Failed (1)", "Passed (1)")
    page.click(str(lake.window.last))
    page.wait_for("Latest execution", "order_status: 1 of ", LOST)


def test_each_day_of_a_range_has_its_own_check_results(page: Page, lake: ShopLake) -> None:
    page.open("/assets/dwd_order?view=checks&checkDetail=payable_adds_up", "About")
    page.wait_for("payable_amount = buyer_payable(goods_amount, discount_amount, shipping_amount)")
    page.click("Partitions")
    page.wait_for("Failed (0)", "Passed (2)")
    page.click(str(lake.window.start))
    page.wait_for("Latest execution", "Target materialization", "broken", "rows")


def test_a_late_partition_is_seen_without_any_run(page: Page) -> None:
    page.open(
        "/automation", "finance_day_schedule", "lake_maintenance_schedule", "scheduled_checks"
    )
    page.open("/assets/dim_seller?view=checks&checkDetail=partition_is_fresh", "About")
    page.wait_for("was due by 04:00 and is not published")


def test_the_finance_day_is_run_from_the_ui(
    page: Page, webserver: Webserver, lake: ShopLake
) -> None:
    page.open("/assets/ads_finance_daily?view=partitions", "Materialized (0)")
    run = webserver.launch("finance_day", str(lake.window.start))
    webserver.wait_for_run(run)
    page.open(f"/runs/{run}", "Success", "finance_day", "ads_finance_daily")
    page.open("/assets/ads_finance_daily?view=partitions", "Materialized (1)")


def test_the_ui_asks_no_other_host_and_reports_no_error(page: Page) -> None:
    page.open("/assets", "ads_finance_daily")
    page.open("/locations/ledgerlake/jobs/finance_day", "Every table of the warehouse")
    assert page.hosts() == {"127.0.0.1"}
    assert page.errors() == []
