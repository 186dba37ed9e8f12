"""A table without a key has at most one row a partition: nothing would tell several apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.lake.model.table_spec import Rule, Severity

if TYPE_CHECKING:
    from sqlglot import exp

ONE_ROW = Rule(
    name="unique_key",
    check="unique_key",
    expression="COUNT(*) <= 1",
    severity=Severity.ERROR,
    whole_partition=True,
)
"""What the audit holds such a table to."""


def may_give_one_row(query: exp.Query, partition: str | None) -> bool:
    """Whether the SQL looks as if it gave one row a partition: a total, or the first of several."""
    from sqlglot import exp

    if not isinstance(query, exp.Select):
        return False
    if query.args.get("qualify"):
        return True
    group = query.args.get("group")
    if group is not None:
        names = {partition, *(str(n) for n, each in enumerate(query.selects, 1)
                              if each.alias_or_name == partition)}  # fmt: skip
        return all(each.name in names for each in group.expressions)
    if any(each.find(exp.AggFunc) and not each.find(exp.Window) for each in query.selects):
        return True
    source = query.args.get("from_")
    joined = [join.this for join in query.args.get("joins") or []]
    sources = [source.this, *joined] if source is not None else []
    inner = {cte.alias: cte.this for cte in query.find_all(exp.CTE)}
    return all(_is_one_row(each, inner, partition) for each in sources)


def _is_one_row(source: exp.Expr, inner: dict[str, exp.Expr], partition: str | None) -> bool:
    from sqlglot import exp

    found = inner.get(source.name) if isinstance(source, exp.Table) else source.unnest()
    return isinstance(found, exp.Query) and may_give_one_row(found, partition)
