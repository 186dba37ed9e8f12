"""The words that a table's module is written in, as a page made from their own docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

from warehouse_assets import modeling
from warehouse_assets.documentation.markdown import WRITTEN, markdown_table
from warehouse_assets.modeling import (
    AsOfDayContract,
    Contract,
    DeliveredContract,
    HistoryContract,
    ReconciliationResult,
    StateContract,
)
from warehouse_assets.modeling.declaration.contract import contract_columns
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse

_INTRODUCTION = """\
A table is a module, and its contract a class: one attribute a column, in the order of the columns.
A table has one import line, `from warehouse_assets import modeling as m, vocabulary as v`: `m` has
everything below, `v` the columns that several tables have, and `result_terms` of `m` those of
results of reconciliations. What holds for a whole layer, such as deadlines and how late a row may
be, is in `warehouse_assets/conventions.py`. What SQL may be written is in [portable
SQL](portable_sql.md), which metrics there are in [metrics](metrics.md), how files are declared in
[sources](sources.md)."""
_TYPES = {
    "Text": ("VARCHAR", "Text of any length"),
    "Integer": ("BIGINT", "A whole number: an id, a count, a quantity"),
    "Money": ("DECIMAL(18,2)", "An amount to the cent, with the currency in a column beside it"),
    "Rate": ("DECIMAL(9,6)", "A share of one: 0.125000 is 12.5 %"),
    "Flag": ("BOOLEAN", "True or false; the column's name begins with is_ or has_"),
    "Day": ("DATE", "A business date"),
    "Timestamp": ("TIMESTAMP WITH TIME ZONE", "An instant, to the microsecond, kept in UTC"),
}
_SECTIONS = {
    "The columns": ("key", "ref", "column", "measure", "partition", "Term"),
    "The table": ("table", "select_from", "by", "convention"),
    "Delivered files": (
        "files", "sources", "layout", "starts_with", "contains", "number", "complete_day",
    ),
    "What a run sees of an input": (
        "same_day", "trailing", "following", "history", "as_of_day", "whole_table", "latest",
        "first_delivered",
    ),
    "Checks over several columns, or a whole partition": (
        "check", "guard", "delivered_in_time",
    ),
    "Change logs and materializations": (
        "change_log", "upsert", "scd2", "append_only", "carried_on", "recorded",
    ),
    "Reconciliation": (
        "reconciliation", "side", "status", "figure", "match_key", "match_alike", "match_sum",
        "tolerance", "every_rule", "keep_reports", "kept_report_lines",
    ),
    "Metrics and functions": ("metric", "ratio", "metric_rollup", "rollup_source", "sql_function"),
    "Events": ("json_events", "json_path", "element_number"),
    "Serving": ("served", "materialized_view", "warm_up"),
}  # fmt: skip
_BASES = (
    Contract, AsOfDayContract, DeliveredContract, StateContract, HistoryContract,
    ReconciliationResult,
)  # fmt: skip
_ARGUMENT = re.compile(r"^ {0,4}(\w+): ", re.M)


def contract_page(warehouse: Warehouse) -> str:
    """The page; examples are lines of the warehouse's own modules."""
    parts = ["# Contracts", WRITTEN.replace("tables' modules", "modules"), _INTRODUCTION]
    types = [(f"`{name}`", f"`{sql}`", meaning) for name, (sql, meaning) in _TYPES.items()]
    parts += ["## The types", markdown_table(["type", "in SQL", "meaning"], types)]
    parts += ["## The bases", markdown_table(["base", "for", "columns it adds"], _base_rows())]
    tables = list(warehouse.tables.values())
    for title, names in _SECTIONS.items():
        parts.append(f"## {title}")
        for name in names:
            parts += _entry(name, tables)
    return "\n\n".join([*parts, ""])


def _base_rows() -> Iterable[tuple[str, str, str]]:
    for base in _BASES:
        added = ", ".join(f"`{column.spec.name}`" for column in contract_columns(base))
        meaning = (inspect.getdoc(base) or "").splitlines()[0]
        yield f"`{base.__name__}`", meaning, added or "none"


def _entry(name: str, tables: Sequence[Table]) -> list[str]:
    """A heading with the call, what it means, its arguments, and a line that calls it."""
    function = getattr(modeling, name)
    # A value is declared by its constructor: its attributes are the arguments.
    doc = (inspect.getdoc(function) or "").replace("\nAttributes:\n", "\nArgs:\n")
    text, _, rest = doc.partition("\nArgs:\n")
    text = text.partition("\nRaises:\n")[0]
    parts = [f"### `{_call(name, function)}`", text.strip()]
    arguments = rest.partition("\nRaises:\n")[0]
    if arguments:
        parts.append("\n".join(_listed(arguments)))
    example = next((found for table in tables if (found := _line_with(table, name))), None)
    return [*parts, example] if example else parts


def _call(name: str, function: object) -> str:
    """The function's name with its arguments, defaults shown and types left out."""
    assert callable(function)
    shown: list[str] = []
    star = False
    for each in inspect.signature(function).parameters.values():
        if each.kind is each.KEYWORD_ONLY and not star:
            shown.append("*")
            star = True
        mark = "**" if each.kind is each.VAR_KEYWORD else ""
        default = "" if each.default is each.empty else f"={each.default!r}"
        default = default.replace("<factory>", "{}")
        shown.append(f"{mark}{each.name}{default}")
    return f"{name}({', '.join(shown)})"


def _listed(arguments: str) -> Iterable[str]:
    places = [*_ARGUMENT.finditer(arguments)]
    ends = [*(each.start() for each in places[1:]), len(arguments)]
    for place, end in zip(places, ends, strict=True):
        yield f"- `{place[1]}`: {' '.join(arguments[place.end() : end].split())}"


def _line_with(table: Table, name: str) -> str | None:
    """A line of the module that calls the function and is whole by itself."""
    for line in table.path.read_text(encoding="utf-8").splitlines():
        code = line.strip().rstrip(",")
        if re.search(rf"\b{name}\(", code) and code.count("(") == code.count(")"):
            return f"As in `{table.name}`: `{code}`"
    return None
