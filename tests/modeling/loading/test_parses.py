"""SQL is parsed once a process, however many checks look at it, and none changes the tree."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlglot.dialects.dialect import Dialect

from warehouse_assets.modeling.loading.check_warehouse import check_warehouse
from warehouse_assets.modeling.sql.code_version import code_version
from warehouse_assets.modeling.sql.lineage import column_lineage
from warehouse_assets.modeling.sql.measure_calls import expression_tree
from warehouse_assets.modeling.sql.statement import statement_of


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Each text that sqlglot parses, with how often it does."""
    expression_tree.cache_clear()
    statement_of.cache_clear()
    texts: Counter[str] = Counter()
    parse = Dialect.parse

    def counted(self: Dialect, sql: str, **options: object) -> object:
        texts[sql] += 1
        return parse(self, sql, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Dialect, "parse", counted)
    return texts


def test_each_text_is_parsed_once_and_its_tree_stays_as_it_was(parsed: Counter[str]) -> None:
    warehouse = check_warehouse()
    statements = {
        table.sql: statement
        for table in warehouse.tables.values()
        if table.sql and (statement := statement_of(table))
    }
    trees = {sql: statement.tree.sql("duckdb") for sql, statement in statements.items()}
    for table in warehouse.tables.values():
        code_version(table)
        column_lineage(table, warehouse.tables)
    of_statements = sum(parsed[sql] for sql in statements)
    expressions = parsed.total() - of_statements
    print(f"{of_statements} parses of {len(statements)} statements, {expressions} of expressions")  # noqa: T201
    assert len(statements) > 40
    assert {sql: parsed[sql] for sql in statements} == dict.fromkeys(statements, 1)
    conditions = {check.condition for each in warehouse.tables.values() for check in each.checks}
    assert len(conditions) > 80
    assert {text: parsed[text] for text in conditions} == dict.fromkeys(conditions, 1)
    assert {sql: each.tree.sql("duckdb") for sql, each in statements.items()} == trees
