"""Do the columns that a side names fit its table? Each mistake with its line and the next step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from resources.lake.model.column_type import column_type
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.rule import Rule, Side, SideName

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.contract import ContractColumn
    from warehouse_assets.modeling.declaration.table import Table

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_PLACES = 2
"""Decimals that are compared."""


def check_columns(rule: Rule, name: SideName, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError where a side names a column that its table lacks, or that does not fit.

    Args:
        rule: The rule.
        name: The side.
        table: The table of the rule's results.
        named: All tables by name.
    """
    side = rule.side(name)
    source = named.get(side.table)
    # What a SELECT of its own gives is for the binder to say; a missing table for `reads`.
    if source is None or side.rows:
        return
    columns = {column.spec.name: column for column in source.columns}
    for text in _names(rule, name, side):
        if _NAME.fullmatch(text) and text not in columns:
            raise table.error(
                f"the {name} names {text}, which is no column of {source.name}",
                f'"{text}"',
                did_you_mean(text, columns) or f"`ledgerlake show {source.name}` shows them.",
            )
    for text in filter(columns.get, _compared(side)):
        _check_type(name, columns[text], source, table)
    for argument in ("row", "amount", "date"):
        _check_known(argument, side, name, columns.get(getattr(side, argument)), table)


def _names(rule: Rule, name: SideName, side: Side) -> Iterator[str]:
    """What may be the plain name of a column, in the order of the declaration."""
    yield from (side.row, side.amount, side.date)
    for each in rule.passes:
        yield from each.left if name == "left" else each.right
    yield from (text for text in (side.currency, side.fee, side.status_column) if text)
    yield from (figure.sql for figure in side.figures.values())


def _compared(side: Side) -> Iterator[str]:
    """What is compared as a number."""
    yield side.amount
    yield from [side.fee] if side.fee else []
    yield from (figure.sql for figure in side.figures.values())


def _check_type(name: SideName, column: ContractColumn, source: Table, table: Table) -> None:
    """Raise LoadError where the column is no number, or one that would be rounded to the cent."""
    spec = column.spec
    scale = column_type(spec.type).scale
    if scale is not None and scale <= _PLACES:
        return
    raise table.error(
        f"the {name} compares {source.name}.{spec.name}, which is {spec.type}",
        f'"{spec.name}"',
        "Name a column of numbers."
        if scale is None
        else f"Numbers are compared to two decimals. Compare more of them as a larger number: "
        f"CAST({spec.name} * {10 ** (scale - _PLACES)} AS DECIMAL(18, 2)).",
    )


def _check_known(
    argument: str, side: Side, name: SideName, column: ContractColumn | None, table: Table
) -> None:
    """Raise LoadError where a row could be without its name, amount or date.

    It would be in no result, or its amount would count as 0.
    """
    if column is None or not column.spec.nullable:
        return
    text = column.spec.name
    if re.search(rf"\b{text}\s+IS\s+NOT\s+NULL\b", side.where, re.IGNORECASE):
        return
    step = f'Leave such rows out, with where="{text} IS NOT NULL"'
    step += f", or say what they count: COALESCE({text}, 0)." if argument == "amount" else "."
    raise table.error(
        f"the {argument} of the {name} is {side.table}.{text}, which may be null", f'"{text}"', step
    )
