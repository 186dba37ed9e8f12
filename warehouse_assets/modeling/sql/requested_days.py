"""Which days of an input the SQL asks for, against those that its window shows.

A join on a day that is not shown finds no row, and nobody would notice: the rows come out as if
the input had none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from warehouse_assets.modeling.sql.statement import Statement, position_of

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow

_MIRRORED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ,
    exp.GT: exp.LT,
    exp.GTE: exp.LTE,
    exp.LT: exp.GT,
    exp.LTE: exp.GTE,
}


class _Asked(NamedTuple):
    """Days before (negative) or after the output's own; None: that end is not bounded here."""

    node: exp.Expr
    name: str
    first: int | None
    last: int | None


def check_asked_days(
    statement: Statement, reads: Mapping[str, ReadWindow], named: Mapping[str, Table]
) -> None:
    """Raise LoadError where a comparison asks an input for a day that its window never shows."""
    for asked in _asked(statement, reads, named):
        window = reads[asked.name]
        # Rows of latest(...) and of as_of_day() are shown under the days of the run only.
        back = 0 if window.of_the_run else window.back
        ahead = 0 if window.of_the_run else window.ahead
        early = asked.first is not None and back is not None and asked.first < -back
        late = asked.last is not None and asked.last > ahead
        if not (early or late):
            continue
        days = -(asked.first or 0) if early else asked.last or 0
        text = " ".join(asked.node.sql("duckdb").split())[:70]
        step = (
            f"Read it with trailing(days={days + 1})."
            if early
            else (f"Read it with following(days={days}).")
        )
        raise statement.error(
            f"{text}: asks {asked.name} for {days} {'day' if days == 1 else 'days'} "
            f"{'before' if early else 'after'} the day of the run, and {window.name} shows none of "
            "them",
            position_of(asked.node),
            step,
        )


def _asked(
    statement: Statement, reads: Mapping[str, ReadWindow], named: Mapping[str, Table]
) -> Iterator[_Asked]:
    for scope in traverse_scope(statement.tree):
        inputs = {
            alias: source.name
            for alias, source in scope.sources.items()
            if isinstance(source, exp.Table) and source.name in reads
        }
        if not isinstance(scope.expression, exp.Select):
            continue
        for node in scope.find_all(*_MIRRORED, exp.Between):
            for column, other, kind in _comparisons(node):
                name = _input(column, inputs, named)
                days = _days(other, inputs, reads, named)
                if name is None or days is None or reads[name].whole:
                    continue
                yield _bounds(node, name, kind, days)


def _comparisons(node: exp.Expr) -> tuple[tuple[exp.Expr, exp.Expr, type[exp.Expr]], ...]:
    """What is compared with what, from the view of each side; BETWEEN is two comparisons."""
    if isinstance(node, exp.Between):
        low, high = node.args["low"], node.args["high"]
        return (node.this, low, exp.GTE), (node.this, high, exp.LTE)
    kind = type(node)
    return (node.this, node.expression, kind), (node.expression, node.this, _MIRRORED[kind])


def _input(node: exp.Expr, inputs: Mapping[str, str], named: Mapping[str, Table]) -> str | None:
    """The input whose partition column the node is."""
    if not isinstance(node, exp.Column):
        return None
    aliases = [node.table] if node.table else list(inputs)
    if len(aliases) != 1 or aliases[0] not in inputs:
        return None
    name = inputs[aliases[0]]
    return name if named[name].partition_column == node.name else None


def _days(
    node: exp.Expr,
    inputs: Mapping[str, str],
    reads: Mapping[str, ReadWindow],
    named: Mapping[str, Table],
) -> int | None:
    """How far from the day of the run an expression is; None if it cannot be told."""
    node = node.unnest()
    if isinstance(node, exp.Cast):
        return _days(node.this, inputs, reads, named)
    if isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval):
        interval = node.expression
        number = interval.this
        of_days = str(interval.args.get("unit")).upper() == "DAY"
        base = _days(node.this, inputs, reads, named)
        if base is None or not of_days or not isinstance(number, exp.Literal):
            return None
        if not number.name.isdigit():
            return None
        return base + (int(number.name) if isinstance(node, exp.Add) else -int(number.name))
    if isinstance(node, exp.Placeholder):
        # The window is half-open: what lies before :end is the run's last day.
        return 0 if node.name == "start" else 1
    name = _input(node, inputs, named)
    if name is None or reads[name].whole:
        return None
    shown = reads[name]
    only_its_own = shown.of_the_run or (shown.back == 0 and shown.ahead == 0)
    return 0 if only_its_own else None


def _bounds(node: exp.Expr, name: str, kind: type[exp.Expr], days: int) -> _Asked:
    if kind is exp.EQ:
        return _Asked(node, name, days, days)
    if kind is exp.GTE:
        return _Asked(node, name, days, None)
    if kind is exp.GT:
        return _Asked(node, name, days + 1, None)
    if kind is exp.LTE:
        return _Asked(node, name, None, days)
    return _Asked(node, name, None, days - 1)
