"""Does a rule fit the tables that it names? Each mistake with its line and the next step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.result import FIGURES, PASSES
from warehouse_assets.modeling.reconciliation.rule import (
    SIDES,
    Rule,
    Side,
    SideName,
    StatusWords,
    Tolerance,
)

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")


def check_rule(rule: Rule, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError for the first thing of the rule that does not fit.

    Args:
        rule: The rule.
        table: The table of its results.
        named: All tables by name.
    """
    _check_passes(rule, table)
    _check_figures(rule, table)
    for name in SIDES:
        _check_names(rule, name, table, named)
    for each in (rule.tolerance, rule.fee_tolerance, *rule.figure_tolerances.values()):
        _check_currencies(each, table)
    if rule.open_days < 0 or rule.days_apart < 0:
        raise table.error("open_days and days_apart are numbers of days, 0 or more", "open_days=")
    if not 0 <= rule.diff_rate <= 1:
        raise table.error(f"diff_rate is {rule.diff_rate}", "diff_rate=", "Give a share, 0 to 1.")


def _check_passes(rule: Rule, table: Table) -> None:
    kinds = [each.kind for each in rule.passes]
    if not kinds or kinds[0] != "key" or "key" in kinds[1:] or len(kinds) > PASSES:
        raise table.error(
            f"has the passes {', '.join(kinds) or 'none'}",
            "passes=",
            f"Begin with match_key(...), then at most {PASSES - 1} looser ones: match_alike(...), "
            "match_sum(...).",
        )
    for each in rule.passes:
        place = f'"{each.name}"'
        if len(each.left) != len(each.right) or not each.left:
            raise table.error(
                f"pass {each.name} has {len(each.left)} parts of a key on the left and "
                f"{len(each.right)} on the right",
                place,
                "Give both sides the same parts, in the same order.",
            )
        if each.days < 0:
            raise table.error(f"pass {each.name}: days is {each.days}", place)
        if each.kind == "sum" and not 1 <= each.members <= 4:
            raise table.error(f"pass {each.name}: members is {each.members}", place, "Give 1 to 4.")
        if each.kind == "sum" and rule.match not in ("n:1", "1:n"):
            step = 'Say which side is summed up: match="n:1" or "1:n".'
            raise table.error(
                f"pass {each.name} looks for sums, and match is {rule.match}", place, step
            )


def _check_figures(rule: Rule, table: Table) -> None:
    left, right = rule.left.figures, rule.right.figures
    if left.keys() != right.keys():
        name = sorted(left.keys() ^ right.keys())[0]
        raise table.error(f"only one side has the figure {name}", f'"{name}"',
                          "Give both sides the same figures.")  # fmt: skip
    if len(left) > FIGURES:
        raise table.error(f"compares {len(left)} further figures", "figures=",
                          f"Give at most {FIGURES}.")  # fmt: skip
    for name in rule.figure_tolerances:
        if name not in left:
            raise table.error(f"figure_tolerances names {name}, which is no figure", f'"{name}"',
                              did_you_mean(name, left))  # fmt: skip
    if (rule.left.fee is None) != (rule.right.fee is None):
        raise table.error("only one side has a fee", "fee=")
    if (rule.left.status is None) != (rule.right.status is None):
        raise table.error("only one side has a status", "status=")


def _check_names(rule: Rule, name: SideName, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError where a column or status of a side is not there."""
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
    if isinstance(side.status, StatusWords):
        checks = columns[side.status.column].checks
        known: tuple[str, ...] = next(
            (check.value for check in checks if check.name == "isin"), tuple(side.status.words)
        )
        for value in side.status.words:
            if value not in known:
                raise table.error(
                    f"the {name} names the status {value}, which {source.name}."
                    f"{side.status.column} never has",
                    f'"{value}"',
                    did_you_mean(value, known) or f"It has {', '.join(known)}.",
                )


def _names(rule: Rule, name: SideName, side: Side) -> Iterator[str]:
    """What may be the plain name of a column, in the order of the declaration."""
    yield from (side.row, side.amount, side.date)
    for each in rule.passes:
        yield from each.left if name == "left" else each.right
    status = side.status.column if isinstance(side.status, StatusWords) else side.status
    yield from (text for text in (side.currency, side.fee, status) if text)
    yield from (figure.sql for figure in side.figures.values())


def _check_currencies(tolerance: Tolerance, table: Table) -> None:
    if not isinstance(tolerance.absolute, Mapping):
        return
    for currency in tolerance.absolute:
        if not _CURRENCY.fullmatch(currency):
            raise table.error(f"tolerance names {currency}, which is no currency", f'"{currency}"',
                              "Write its code of ISO 4217, such as CNY.")  # fmt: skip
