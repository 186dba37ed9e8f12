"""What a rule says, in words: for the page of its table and for its asset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from warehouse_assets.modeling.reconciliation.rule import EXACT

if TYPE_CHECKING:
    from decimal import Decimal

    from warehouse_assets.modeling.reconciliation.rule import Pass, Rule, Side, Tolerance


def rule_in_words(rule: Rule) -> str:
    """The rule as a list in Markdown: sides, passes, tolerances, terms."""
    lines = [_side("left", rule.left), _side("right", rule.right)]
    how = "must equal" if rule.compare == "equal" else "may be at most"
    lines.append(f"**Matched** {rule.match}; the left {how} the right")
    lines += [_pass(number, each) for number, each in enumerate(rule.passes, 1)]
    lines.append(f"**Tolerance** of the amount: {_tolerance(rule.tolerance)}")
    if rule.left.fee is not None:
        lines.append(f"**Tolerance** of the fee: {_tolerance(rule.fee_tolerance)}")
    for name in rule.figures:
        allowed = rule.figure_tolerances.get(name, rule.tolerance)
        lines.append(f"**Tolerance** of the figure {name}: {_tolerance(allowed)}")
    term = _days(rule.open_days) if rule.open_days else "the day it begins on"
    lines.append(f"**Overdue** after {term}")
    lines.append(f"**Expected**: {diff_rate_in_words(rule)}")
    return "\n".join(f"- {line}" for line in lines)


def diff_rate_in_words(rule: Rule) -> str:
    """What share of a day's items may differ before people are warned."""
    return f"Of the items that begin on a day at most {_percent(rule.diff_rate)} differ."


def _side(name: str, side: Side) -> str:
    where = f", where `{' '.join(side.where.split())}`" if side.where else ""
    rows = ", as the rule selects them" if side.rows else ""
    due = f", due on `{side.date}`" if side.date != "dt" else ""
    return f"**{name.capitalize()}**: {side.word}, rows of `{side.table}`{rows}{where}{due}"


def _pass(number: int, each: Pass) -> str:
    pairs = ", ".join(
        left if left == right else f"{left} = {right}"
        for left, right in zip(each.left, each.right, strict=True)
    )
    how = {
        "key": "",
        "alike": f", with the same amount, at most {_days(each.days)} apart",
        "sum": f", of up to {each.members} rows whose sum is the amount, at most "
        f"{_days(each.days)} apart",
    }[each.kind]
    until = "; a person confirms it" if each.suggests else ""
    return f"**Pass {number}**, {each.name}: `{pairs}`{how}{until}"


def _tolerance(found: Tolerance) -> str:
    if found == EXACT:
        return "none, to the cent"
    parts: list[str] = []
    if isinstance(found.absolute, Mapping):
        parts += [f"{amount} {currency}" for currency, amount in found.absolute.items()]
    elif found.absolute:
        parts.append(f"{found.absolute}")
    if found.per_line:
        parts.append(f"{found.per_line} for each line")
    if found.relative:
        parts.append(f"{_percent(found.relative)} of the larger amount")
    several = f", whichever is {found.take}" if len(parts) > 1 else ""
    return ", ".join(parts) + several


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
