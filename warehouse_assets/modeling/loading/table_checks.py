"""Does a table's module fit itself and the others? Each mistake with its line and the next step."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from sqlglot import exp

from resources.identifiers import checked_identifier
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.table import REPLACE, Table
from warehouse_assets.modeling.layers import LAYERS
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.loading.change_log_checks import check_change_log
from warehouse_assets.modeling.loading.event_checks import check_json_events
from warehouse_assets.modeling.loading.serving_checks import check_serving
from warehouse_assets.modeling.materializations.append_only import AppendOnly
from warehouse_assets.modeling.portability import ValueTypes
from warehouse_assets.modeling.sql.requested_days import check_asked_days
from warehouse_assets.modeling.sql.statement import Statement, statement_of

_OWNER = re.compile(r"team:[a-zA-Z0-9_.\-]+|[^@\s]+@[^@\s]+\.[^@\s]+")


def check_table(table: Table, named: Mapping[str, Table], unloaded: Set[str] = frozenset()) -> None:
    """Raise LoadError for the first thing in the table's module that does not fit the others.

    A reference to a table whose module does not load (`unloaded`) may be right.
    """
    checked_identifier(table.name, "table name")
    prefixes = LAYERS.get(table.layer, ())
    if not table.name.startswith(prefixes):
        wanted = " or ".join(prefixes)
        raise table.error(f"a table in {table.layer}/ is named {wanted}*")
    if not table.doc:
        raise table.error("has no docstring", step="Start it with the grain: One row per ...")
    if not _OWNER.fullmatch(str(table.owner)):
        raise table.error(f"owner {table.owner!r} is neither a team nor an e-mail address",
                          "owner=", f'Write owner="team:{_team(str(table.owner))}".')  # fmt: skip
    bodies = (table.sql, table.source, table.rows, table.events)
    if sum(body is not None for body in bodies) != (0 if table.materialization.makes_rows else 1):
        raise table.error("needs exactly one of sql, source, rows and events")
    columns = {column.spec.name: column for column in table.columns}
    for name, column in columns.items():
        checked_identifier(name, f"column name in {table.name}")
        target = column.role.references
        if target in unloaded:
            continue
        if target is not None and target not in named:
            raise table.error(f"column {name} refers to {target}, which does not exist",
                              f"{name}:", did_you_mean(target, named))  # fmt: skip
        if target is not None and name not in named[target].key:
            raise table.error(
                f"column {name} refers to {target}, whose key is {', '.join(named[target].key)}",
                f"{name}:",
            )
    for name in table.sort_by:
        if name not in columns:
            raise table.error(f"sort_by names {name}, which is no column", name,
                              did_you_mean(name, columns))  # fmt: skip
    for name in table.dropped:
        if name in columns:
            raise table.error(f"column {name} is declared and dropped at once", name)
    check_change_log(table)
    table.materialization.check(table, named)
    _check_closing(table)
    _check_source_columns(table)
    _check_reads(table, named)
    check_json_events(table, named)
    check_serving(table, named)


def check_value_types(statement: Statement, named: Mapping[str, Table]) -> None:
    """Raise LoadError where the SQL takes an instant, or a date, for something else."""
    tables = {
        name: {column.spec.name: column.spec.type for column in named[name].columns}
        for name in statement.tables
    }
    for refusal in ValueTypes(statement.tree, tables, functions.sql_functions()).refusals():
        raise statement.refused(refusal)


def _check_closing(table: Table) -> None:
    """Raise LoadError where closed business dates of the table could not be kept."""
    if not table.closes_with_books:
        return
    text = "closes_with_books"
    if table.partition_column is None or table.sql is None:
        raise table.error("closes with the books, and is no table of SQL with a partition for each "
                          "business date", text)  # fmt: skip
    posts = isinstance(table.materialization, AppendOnly) and table.materialization.corrects
    if table.materialization != REPLACE and not posts:
        raise table.error(
            "closes with the books, and has no column for the closed date that a row corrects",
            text,
            "Write append_only(adjusting=..., corrects=...), or replace its partitions.",
        )


def _check_source_columns(table: Table) -> None:
    """Raise LoadError where a source names a column that the contract does not have."""
    if table.source is None:
        return
    columns = {column.spec.name for column in table.columns if not column.role.delivered}
    for part in table.source.parts:
        split = (part.split.column,) if part.split else ()
        for name in (*part.columns_given, *part.columns, *split):
            if name not in columns or name == table.partition_column:
                raise table.error(
                    f"the source {part.path} names {name}, which is no column of the contract "
                    "that it could give a value to",
                    name,
                    did_you_mean(name, columns),
                )


def _check_reads(table: Table, named: Mapping[str, Table]) -> None:
    for name, window in table.reads.items():
        if name not in named:
            raise table.error(f"reads {name}, which does not exist", f'"{name}"',
                              did_you_mean(name, named))  # fmt: skip
        order = list(LAYERS)
        if order.index(named[name].layer) > order.index(table.layer):
            raise table.error(f"is in {table.layer}/ and reads {name} in {named[name].layer}/, "
                              "which is made of it or of its like", f'"{name}"',
                              f"Layers read downwards: {' <- '.join(order)}.")  # fmt: skip
        if not window.whole and not named[name].partition_column:
            raise table.error(f"reads {name} by {window.name}, but {name} has no partition column",
                              f'"{name}"', f'Write "{name}": whole_table().')  # fmt: skip
        if not window.whole and not table.partition_column:
            raise table.error(
                f"reads {name} by {window.name}, but {table.name} has no partition column",
                f"class {table.contract.__name__}",
                "Add dt: Day = partition(...) to the contract; or read all of it, with "
                "whole_table().",
            )
    statement = statement_of(table)
    if statement is None:
        return
    for name, position in statement.tables.items():
        if name not in named:
            others = [each for each in named if each != table.name]
            alike = [each for each in others if each.partition("_")[0] == name.partition("_")[0]]
            step = did_you_mean(name, alike) or did_you_mean(name, others)
            raise statement.error(
                f"there is no table {name}", position, step or "`ledgerlake tables` shows all."
            )
        if name not in table.inputs:
            step = f'Add "{name}": same_day() to reads.'
            raise statement.error(f"{name} is missing from reads", position, step)
    for name in table.reads:
        if name not in statement.tables:
            raise table.error(f"{name} is in reads and the SQL does not use it", f'"{name}"',
                              f'Use it in FROM or a JOIN, or remove "{name}".')  # fmt: skip
    if table.partition_column and not statement.uses_window:
        raise statement.error(
            "the SQL uses neither :start nor :end, so it ignores its partition",
            statement.projection(),
            "Add WHERE dt >= :start AND dt < :end, of the input that decides which rows there are.",
        )
    check_asked_days(statement, table.inputs, named)


def check_key(table: Table) -> None:
    """Raise LoadError where nothing tells a table's rows apart, and it may have several."""
    statement = statement_of(table)
    if not table.is_keyless or statement is None:
        return
    if may_give_one_row(statement.tree, table.partition_column):
        return
    raise table.error("has no key", f"class {table.contract.__name__}",
                      "Say what tells its rows apart: order_no: Text = key(...).")  # fmt: skip


def may_give_one_row(query: exp.Query, partition: str | None) -> bool:
    """Whether the SQL looks as if it gave one row a partition: a total, or the first of several."""
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
    found = inner.get(source.name) if isinstance(source, exp.Table) else source.unnest()
    return isinstance(found, exp.Query) and may_give_one_row(found, partition)


def _team(owner: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", owner.removeprefix("team:").lower()).strip("_") or "finance"
