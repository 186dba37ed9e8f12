"""The portable subset: SQL that DuckDB, Spark and StarRocks read alike.

Each entry was seen to parse in one engine and to fail, or silently to mean something else, in
another (docs/portable_sql.md has the reasons). Floats are refused for money's sake, clocks
because a re-run must see what the first run saw.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from warehouse_assets.modeling import functions

Refusal = tuple[exp.Expr, str]

_NODES: dict[type[exp.Expr], str] = {
    exp.Div: "`/` goes through a double; use divide_money() or divide_rate()",
    exp.Avg: "AVG goes through a double; use divide_money(SUM(x), COUNT(x))",
    exp.Star: "`*` hides columns from the contract; name each one",
    exp.Pivot: "PIVOT is lost in StarRocks; use CASE inside an aggregate",
    exp.TableSample: "a sample differs from run to run",
    exp.AtTimeZone: "AT TIME ZONE is dropped in StarRocks; use business_date()",
    exp.Filter: "FILTER is unknown to StarRocks 3.5; use CASE inside the aggregate",
    exp.JSONExtractScalar: "`->>` is unknown to StarRocks",
    exp.Struct: "struct literals differ between engines",
    exp.CurrentDate: "a clock: the window is :start and :end",
    exp.CurrentTimestamp: "a clock: the window is :start and :end",
    exp.CurrentTime: "a clock: the window is :start and :end",
    exp.CurrentDatetime: "a clock: the window is :start and :end",
    exp.Rand: "a random value differs from run to run",
    exp.Uuid: "a random value differs from run to run",
}
_FUNCTIONS = {
    "today": "a clock: the window is :start and :end",
    "now": "a clock: the window is :start and :end",
    "get_current_timestamp": "a clock: the window is :start and :end",
    "transaction_timestamp": "a clock: the window is :start and :end",
    "range": "off by one in StarRocks; join dim_date",
    "generate_series": "differs between engines; join dim_date",
    "generateseries": "differs between engines; join dim_date",
    "dayofweek": "Sunday is 0 here and 1 elsewhere; dim_date has day_of_week",
    "epoch_ms": "converts the other way in StarRocks",
    "to_timestamp": "gives a string in StarRocks",
    "list": "loses its order in Spark",
    "random": "a random value differs from run to run",
    "read_parquet": "a table reads its declared inputs only",
    "read_csv": "a table reads its declared inputs only",
    "read_csv_auto": "a table reads its declared inputs only",
    "read_json": "a table reads its declared inputs only",
}
_FLOATS = {exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE}


def refusals(statement: exp.Expr) -> Iterator[Refusal]:
    """Every node outside the subset, with the reason and what to write instead."""
    for node in statement.walk():
        for judge in (_by_kind, _by_function, _semi_join, _float, _group_by_all):
            reason = judge(node)
            if reason:
                yield node, reason
                break


def _by_kind(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Star) and isinstance(node.parent, exp.Count):
        return None
    return _NODES.get(type(node))


def _by_function(node: exp.Expr) -> str | None:
    if not isinstance(node, exp.Func):
        return None
    name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
    if name.lower() in functions.sql_functions():
        return None
    return _FUNCTIONS.get(name.lower())


def _semi_join(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Join) and node.kind in {"SEMI", "ANTI"} and not node.side:
        return f"a bare {node.kind} JOIN is an inner join in StarRocks; write LEFT {node.kind}"
    return None


def _float(node: exp.Expr) -> str | None:
    if isinstance(node, exp.DataType) and node.this in _FLOATS:
        return "no floats: money and rates are decimals"
    return None


def _group_by_all(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Group) and node.args.get("all"):
        return "GROUP BY ALL is unknown to StarRocks 3.5; name the columns"
    return None
