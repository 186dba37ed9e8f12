"""What the SQL of a table, a check, a metric and a function may be made of. All else is refused.

Each entry means the same in DuckDB, Spark 3.5 and StarRocks 3.5, or sqlglot writes it so that it
does (NULLs in the order of rows, in CONCAT; QUALIFY).
"""

from __future__ import annotations

from sqlglot import exp

# Of each kind of node, what it may say: SELECT has no LIMIT, a window no RANGE, a CTE no hint.
_SYNTAX: dict[type[exp.Expr], str] = {
    exp.Alias: "this alias",
    exp.Boolean: "this",
    exp.CTE: "this alias",
    exp.Column: "this table",
    exp.DataType: "this expressions",
    exp.DataTypeParam: "this",
    exp.Except: "this expression distinct with_",
    exp.From: "this",
    exp.Group: "expressions",
    exp.Having: "this",
    exp.Identifier: "this quoted",
    exp.Intersect: "this expression distinct with_",
    exp.Interval: "this unit",
    exp.Join: "this on using side kind",
    exp.Literal: "this is_string",
    exp.Null: "",
    exp.Order: "expressions",
    exp.Ordered: "this desc nulls_first",
    exp.Paren: "this",
    exp.Placeholder: "this",
    exp.Qualify: "this",
    exp.Select: "expressions from_ joins where group having qualify distinct with_",
    exp.Subquery: "this alias",
    exp.Table: "this alias",
    exp.TableAlias: "this columns",
    exp.Tuple: "expressions",
    exp.Union: "this expression distinct with_",
    exp.Values: "expressions alias",
    exp.Var: "this",
    exp.Where: "this",
    exp.Window: "this partition_by order spec over",
    exp.WindowSpec: "kind start start_side end end_side",
    exp.With: "expressions",
}
OPERATORS: dict[type[exp.Expr], str] = {
    exp.Add: "+",
    exp.And: "AND",
    exp.Between: "BETWEEN",
    exp.EQ: "=",
    exp.Exists: "EXISTS",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.In: "IN",
    exp.Is: "IS NULL",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.Like: "LIKE",
    exp.Mod: "%",
    exp.Mul: "*",
    exp.NEQ: "<>",
    exp.Neg: "-",
    exp.Not: "NOT",
    exp.Or: "OR",
    exp.Sub: "-",
}
FUNCTIONS: dict[type[exp.Expr], str] = {
    exp.Abs: "ABS",
    exp.Case: "CASE",
    exp.Cast: "CAST",
    exp.Coalesce: "COALESCE",
    exp.Concat: "CONCAT",
    exp.Count: "COUNT",
    exp.DenseRank: "DENSE_RANK",
    exp.Distinct: "COUNT(DISTINCT ...)",
    exp.FirstValue: "FIRST_VALUE",
    exp.If: "CASE",
    exp.Lag: "LAG",
    exp.LastValue: "LAST_VALUE",
    exp.Lead: "LEAD",
    exp.Lower: "LOWER",
    exp.Max: "MAX",
    exp.Min: "MIN",
    exp.Nullif: "NULLIF",
    exp.Rank: "RANK",
    exp.RegexpLike: "REGEXP_MATCHES",
    exp.Replace: "REPLACE",
    exp.Round: "ROUND",
    exp.RowNumber: "ROW_NUMBER",
    exp.Substring: "SUBSTRING",
    exp.Sum: "SUM",
    exp.Trim: "TRIM",
    exp.Upper: "UPPER",
}
_ARGUMENTS = (
    "this expression expressions ifs default true to on start length decimals low high query "
    "offset replacement negate big_int safe coalesce ignore_nulls"
)
_OF_FUNCTIONS = {exp.Cast: "this to", exp.Distinct: "expressions", exp.Trim: "this"}

NODES: dict[type[exp.Expr], frozenset[str]] = {
    **{kind: frozenset(_ARGUMENTS.split()) for kind in (*OPERATORS, *FUNCTIONS)},
    **{kind: frozenset(names.split()) for kind, names in {**_SYNTAX, **_OF_FUNCTIONS}.items()},
}
"""The kinds of nodes, and which parts of each may be there."""

WINDOW_ONLY = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue,
               exp.LastValue)  # fmt: skip
"""What an order of rows decides: without ORDER BY a re-run would differ."""

TYPES = {
    exp.DataType.Type.BIGINT: "BIGINT",
    exp.DataType.Type.BOOLEAN: "BOOLEAN",
    exp.DataType.Type.DATE: "DATE",
    exp.DataType.Type.DECIMAL: "DECIMAL(precision, scale)",
    exp.DataType.Type.INT: "INTEGER",
    exp.DataType.Type.TEXT: "VARCHAR",
}
"""What CAST may give."""

UNITS = ("DAY", "MONTH")
"""Of an INTERVAL."""

PARAMETERS = ("start", "end")
JOINS = {"", "INNER", "OUTER", "CROSS"}
SIDES = {"", "LEFT", "RIGHT", "FULL"}
