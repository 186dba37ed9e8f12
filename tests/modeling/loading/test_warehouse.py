"""The warehouse of this project: every table as declared, portable, and described."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from sqlglot.errors import ErrorLevel
from syrupy.assertion import SnapshotAssertion

from resources.settings import Settings
from warehouse_assets.modeling.layers import LAYERS
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.sql.statement import Statement
from warehouse_assets.orchestration.assets import table_assets

WAREHOUSE = load_warehouse()
SQL_TABLES = [name for name, table in WAREHOUSE.tables.items() if table.sql]


def test_definitions_are_as_reviewed(snapshot: SnapshotAssertion) -> None:
    """Any change to keys, partitions, checks, inputs or owners shows here."""
    facts = {}
    for asset in table_assets(WAREHOUSE, Settings()):
        spec = next(iter(asset.specs))
        table = WAREHOUSE.table(spec.key.to_user_string())
        facts[table.name] = {
            "group": spec.group_name,
            "owners": list(spec.owners),
            "partitioned": asset.partitions_def is not None,
            "key": list(table.key),
            "reads": {name: window.name for name, window in table.reads.items()},
            "columns": {column.spec.name: column.spec.type for column in table.columns},
            "checks": {
                check.name: "blocks" if check.blocking else "warns"
                for check in sorted(asset.check_specs, key=lambda check: check.name)
            },
            "freshness": table.freshness.cron if table.freshness else None,
        }
    assert facts == snapshot


@pytest.mark.parametrize("dialect", ["spark", "starrocks"])
@pytest.mark.parametrize("name", SQL_TABLES)
def test_sql_is_portable(name: str, dialect: str) -> None:
    table = WAREHOUSE.table(name)
    assert table.sql is not None
    sql = Statement(table, table.sql).text(None)
    written = sqlglot.transpile(sql, "duckdb", dialect, unsupported_level=ErrorLevel.RAISE)
    assert len(written) == 1
    assert sqlglot.parse_one(written[0], dialect).find(sqlglot.exp.Select)


def test_every_module_is_a_table_and_has_its_test(project_root: Path) -> None:
    tests = {path.stem for path in (project_root / "tests" / "tables").rglob("test_*.py")}
    missing = [name for name in SQL_TABLES if f"test_{name}" not in tests]
    assert missing == []
    assert {table.layer for table in WAREHOUSE.tables.values()} == set(LAYERS)
