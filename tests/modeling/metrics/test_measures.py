"""MEASURE(...) in a table's SQL: what it gives, and where errors beside it are said to be."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.lake.model.window import Window
from tests.modeling.conftest import changed, line_of
from tests.modeling.metrics.conftest import (
    LINES,
    METRICS,
    ORDERS,
    REPORT,
    STOCK,
    SUMMARY,
    WriteWarehouse,
)
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.modeling.sql.lineage import column_lineage
from warehouse_assets.modeling.sql.statement import Statement

WAREHOUSE = {
    "ods/ods_order": ORDERS,
    "fact/dwd_line": LINES,
    "fact/dwd_stock": STOCK,
    "fact/dws_seller": SUMMARY,
    "ads/ads_report": REPORT,
    "metrics/shop": METRICS,
}
DAY = Window.of_day(date(2026, 1, 1))

Line = tuple[int, int, Decimal, str]
LINE = st.tuples(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 500).map(lambda cents: Decimal(cents) / 100),
    st.sampled_from(["CNY", "USD"]),
)


def text_of(table: Table, window: Window | None = DAY) -> str:
    assert table.sql is not None
    return Statement(table, table.sql).text(window)


def test_over_its_fact_a_metric_is_its_expression(write_warehouse: WriteWarehouse) -> None:
    text = " ".join(text_of(write_warehouse(WAREHOUSE).table("dws_seller")).split())
    assert "SUM(l.pay_amount) AS gmv" in text
    assert "COUNT(*) AS line_count" in text
    assert "COUNT(DISTINCT l.user_id) AS buyer_count" in text
    assert "l.dt >= DATE '2026-01-01' AND l.dt < DATE '2026-01-02'" in text


def test_over_a_summary_it_is_summed_up_and_a_ratio_divided(
    write_warehouse: WriteWarehouse,
) -> None:
    text = " ".join(text_of(write_warehouse(WAREHOUSE).table("ads_report")).split())
    assert "SUM(gmv) AS gmv" in text
    assert "divide_money(SUM(gmv), SUM(line_count)) AS line_value" in text


def test_without_groups_it_is_the_rows_own(write_warehouse: WriteWarehouse) -> None:
    module = changed(REPORT, "GROUP BY s.currency, s.dt", "")
    module = changed(module, "MEASURE(gmv)", "measure(s.gmv)")
    text = " ".join(text_of(write_warehouse({**WAREHOUSE, "ads/ads_report": module})
                            .table("ads_report")).split())  # fmt: skip
    assert "s.gmv AS gmv" in text
    assert "divide_money(gmv, line_count) AS line_value" in text


@given(st.lists(LINE, max_size=12))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_summary_of_a_summary_is_the_metric_of_the_fact(
    warehouse: Warehouse, lines: list[Line]
) -> None:
    with duckdb.connect() as connection:
        functions.install(connection, "UTC")
        connection.execute(
            "CREATE TABLE dwd_line (seller_id BIGINT, user_id BIGINT, pay_amount DECIMAL(18,2), "
            "currency VARCHAR, dt DATE)"
        )
        for line in lines:
            connection.execute("INSERT INTO dwd_line VALUES (?, ?, ?, ?, '2026-01-01')", line)
        summary = text_of(warehouse.table("dws_seller"))
        connection.execute(f"CREATE TABLE dws_seller AS {summary}")
        report = text_of(warehouse.table("ads_report"))
        found = {row[0]: row[1:3] for row in connection.execute(report).fetchall()}
    for currency, (gmv, line_value) in found.items():
        amounts = [amount for _, _, amount, known in lines if known == currency]
        assert gmv == sum(amounts)
        assert abs(line_value - sum(amounts) / len(amounts)) <= Decimal("0.005")
    assert found.keys() == {currency for _, _, _, currency in lines}


@pytest.fixture
def warehouse(write_warehouse: WriteWarehouse) -> Warehouse:
    return write_warehouse(WAREHOUSE)


def test_lineage_goes_through_a_measure(warehouse: Warehouse) -> None:
    lineage = column_lineage(warehouse.table("dws_seller"), warehouse.tables)
    assert lineage["gmv"] == (("dwd_line", "pay_amount"),)
    lineage = column_lineage(warehouse.table("ads_report"), warehouse.tables)
    assert lineage["line_value"] == (("dws_seller", "gmv"), ("dws_seller", "line_count"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("            s.dt\n", "            s.dat AS dt\n"),
        ("MEASURE(gmv) AS gmv,", "MEASURE(gmv) AS gmv, s.nothing AS more,"),
        ("s.dt < :end", "s.day < :end"),
    ],
)
def test_an_error_after_a_measure_names_its_own_line(
    old: str, new: str, write_warehouse: WriteWarehouse
) -> None:
    module = changed(REPORT, old, new)
    wrong = next(word for word in ("s.dat", "s.nothing", "s.day") if word in new)
    with pytest.raises(LoadError) as raised:
        write_warehouse({**WAREHOUSE, "ads/ads_report": module})
    assert f"ads_report.py:{line_of(module, wrong)}: " in str(raised.value)


def test_every_character_outside_what_is_replaced_keeps_its_place(warehouse: Warehouse) -> None:
    written_by_hand = [table for table in warehouse.tables.values() if table.sql is not None]
    assert written_by_hand
    for table in written_by_hand:
        assert table.sql
        statement = Statement(table, table.sql)
        text = statement.text(None)
        for position, character in enumerate(text):
            written = table.sql[statement.written_position(position)]
            assert written == character or written in "M:"


def test_a_change_of_a_metric_is_a_change_of_the_tables_that_carry_it(
    write_warehouse: WriteWarehouse,
) -> None:
    before = write_warehouse(WAREHOUSE)
    metrics = changed(METRICS, '"SUM(pay_amount)"', '"SUM(pay_amount - back_amount)"')
    after = write_warehouse({**WAREHOUSE, "metrics/shop": metrics})
    changed_tables = {
        name
        for name, table in before.tables.items()
        if code_version(table) != code_version(after.table(name))
    }
    assert changed_tables == {"dws_seller"}


def test_a_column_takes_its_meaning_from_the_metric(warehouse: Warehouse) -> None:
    columns = {column.spec.name: column for column in warehouse.table("ads_report").columns}
    assert columns["gmv"].spec.doc == "Ordered"
    assert not columns["gmv"].spec.nullable
    assert columns["line_value"].spec.doc == "Ordered a line"
    assert columns["line_value"].spec.nullable
    assert columns["gmv"].role.counted_by == "ordered"
