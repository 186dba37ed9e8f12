"""A table without a key has at most one row a partition: by its SQL, and by the audit."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.table_checks import may_give_one_row


def one_row(sql: str) -> bool:
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    assert isinstance(tree, exp.Query)
    return may_give_one_row(tree, "dt")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(n) AS n, dt FROM x GROUP BY dt",
        "SELECT SUM(n) AS n, dt FROM x GROUP BY 2",
        "SELECT COUNT(*) AS n, MAX(dt) AS dt FROM x",
        "SELECT n, dt FROM x QUALIFY ROW_NUMBER() OVER (PARTITION BY dt ORDER BY n) = 1",
        "WITH c AS (SELECT SUM(n) AS n, dt FROM x GROUP BY dt) SELECT n, dt FROM c",
        "WITH c AS (SELECT SUM(n) AS n, dt FROM x GROUP BY dt), "
        "d AS (SELECT COUNT(*) AS k, dt FROM y GROUP BY dt) SELECT n, k, c.dt FROM c JOIN d "
        "USING (dt)",
        "SELECT n, dt FROM (SELECT SUM(n) AS n, dt FROM x GROUP BY dt) AS c",
    ],
)
def test_a_total_needs_no_key(sql: str) -> None:
    assert one_row(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n, dt FROM x",
        "SELECT SUM(n) AS n, dt FROM x GROUP BY dt, currency",
        "SELECT SUM(n) AS n, dt FROM x GROUP BY 1, dt",
        "SELECT SUM(n) OVER (ORDER BY dt ROWS 2 PRECEDING) AS n, dt FROM x",
        "WITH c AS (SELECT SUM(n) AS n, dt FROM x GROUP BY dt) SELECT n, dt FROM c JOIN y "
        "USING (dt)",
        "SELECT SUM(n) AS n, dt FROM x GROUP BY dt UNION ALL SELECT 1, dt FROM y",
    ],
)
def test_what_may_have_several_rows_needs_one(sql: str) -> None:
    assert not one_row(sql)


TOTAL = (
    DWD.replace('    order_no: Text = key("Order number")\n', "")
    .replace("o.order_no, SUM", "SUM")
    .replace("GROUP BY o.order_no, o.dt", "GROUP BY o.dt")
)


def test_the_audit_holds_a_table_without_a_key_to_one_row(write_warehouse: WriteWarehouse) -> None:
    warehouse = write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_order": TOTAL})
    rules = {rule.name: rule for rule in warehouse.table("dwd_order").spec.rules}
    assert rules["unique_key"].expression == "COUNT(*) <= 1"
    assert rules["unique_key"].whole_partition


def test_layers_read_downwards_only(write_warehouse: WriteWarehouse) -> None:
    """A fact made of a report would be made of itself before long."""
    report = DWD.replace("dwd_order", "ads_order").replace("DwdOrder", "AdsOrder")
    fact = DWD.replace("ods_order", "ads_order")
    with pytest.raises(LoadError, match="is in fact/ and reads ads_order in ads/") as raised:
        write_warehouse({"ods/ods_order": ORDERS, "ads/ads_order": report, "fact/dwd_order": fact})
    assert (
        raised.value.next_step
        == "Layers read downwards: ods <- dim <- fact <- reconciliation <- ads."
    )
