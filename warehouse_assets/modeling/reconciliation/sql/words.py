"""The SQL that says in words how an item stands: "billed 0.02 CNY more than paid"."""

from __future__ import annotations

from collections.abc import Mapping

from resources.identifiers import text_literal as _text
from warehouse_assets.modeling.reconciliation.rule import (
    NO_CURRENCY,
    SIDES,
    Rule,
    Side,
    SideName,
)

_DAYS = "ABS(days_between(left_day, right_day))"


def explanation(rule: Rule) -> str:
    """A text, as SQL over an item with its state; empty where the sides agree."""
    sentences = _sentences(rule)
    adjusted = _money("ABS(explained_amount)", "currency")
    cases = "\n".join(
        f"    WHEN {_text(state)} THEN CONCAT({', '.join(parts)})"
        for state, parts in sentences.items()
    )
    difference = ", ".join(_difference(rule))
    # It was adjusted, then the other side came: what was booked for it is too much.
    too_much = "state = 'amount_mismatch' AND unexplained = 0 AND explained_amount <> 0"
    return (
        f"CASE{_not_known(rule)} "
        f"WHEN {too_much} THEN CONCAT('agrees, and was adjusted: ', {adjusted}) ELSE "
        f"CASE state\n    WHEN 'matched' THEN ''\n{cases}\n    ELSE CONCAT({difference})\nEND END"
    )


def _not_known(rule: Rule) -> str:
    """What is said of a fee or figure that is not known of a side, as branches of a CASE."""
    columns = [(name, f"figure_{n}") for n, name in enumerate(rule.figures, 1)]
    columns += [("fee", "fee")] if rule.left.fee else []
    return "".join(
        f" WHEN state IN ('amount_mismatch', 'fee_mismatch') AND figure = {_text(name)} "
        f"AND {side}_{column} IS NULL THEN "
        + _text(f"{name} of what was {rule.side(side).word} is not known")
        for name, column in columns
        for side in SIDES
    )


def explanation_of_days(rule: Rule) -> str:
    """How many days the sides of a pair lie apart, as SQL."""
    return f"CONCAT({', '.join(_sentences(rule)['timing'])})"


def _sentences(rule: Rule) -> Mapping[str, list[str]]:
    """The parts of what is said of each state; of the others the difference is told."""
    left, right = rule.left.word, rule.right.word
    first, second = _money("left_amount", "left_currency"), _money("right_amount", "right_currency")
    one_sided = f"CASE WHEN left_id IS NULL THEN {_text(f'{right} ')} ELSE {_text(f'{left} ')} END"
    its_amount = f"CASE WHEN left_id IS NULL THEN {second} ELSE {first} END"
    return {
        "timing": [
            _text(f"{right} "),
            f"CAST({_DAYS} AS VARCHAR)",
            f"CASE WHEN {_DAYS} = 1 THEN ' day' ELSE ' days' END",
            "CASE WHEN left_day < right_day THEN ' later than ' ELSE ' earlier than ' END",
            _text(left),
        ],
        "left_only": [_text(f"{left} "), first, _text(f", not {right}")],
        "right_only": [_text(f"{right} "), second, _text(f", not {left}")],
        "duplicate_left": [_text(f"{left} again: "), first],
        "duplicate_right": [_text(f"{right} again: "), second],
        "ambiguous": [
            one_sided,
            its_amount,
            _text(", and several rows fit equally well: "),
            "candidates",
        ],
        "suggested": [
            _text(f"{left} and {right} may be the same: "),
            first,
            _text("; confirm or reject it"),
        ],
        "status_mismatch": [
            _text(f"{left}: "),
            _status("left") if rule.left.status else "''",
            _text(f"; {right}: "),
            _status("right") if rule.left.status else "''",
        ],
        "currency_mismatch": [_text(f"{left} "), first, _text(f", {right} "), second],
        "adjustment_refused": [
            _text("adjusts "),
            "COALESCE(candidates, 'no item')",
            _text(", of which so much is not open"),
        ],
        "written_off": [
            _text("written off: "),
            _money("ABS(unexplained - explained_amount)", "currency"),
        ],
        "adjusted": [_text("adjusted: "), _money("ABS(explained_amount)", "currency")],
    }


def _difference(rule: Rule) -> list[str]:
    left, right = rule.left, rule.right
    said = [name for name in rule.figures if left.figures[name].word or right.figures[name].word]
    plain = ", ".join(map(_text, ["amount", *said]))
    units = {
        name: _text(f" {unit}" if unit else "")
        for name in rule.figures
        if (unit := left.figures[name].unit) is not None
    }
    # A count without decimals: 1, not 1.00.
    whole = "CAST(ROUND(ABS(shown_gap)) AS BIGINT)"
    amount = (
        f"CASE WHEN ABS(shown_gap) = {whole} THEN CAST({whole} AS VARCHAR) "
        "ELSE CAST(ABS(shown_gap) AS VARCHAR) END"
    )
    return [
        f"CASE WHEN figure NOT IN ({plain}) THEN CONCAT(figure, ': ') ELSE '' END",
        _word(right),
        "' '",
        _by_figure(
            {name: f"CONCAT({amount}, {unit})" for name, unit in units.items()},
            _money("ABS(shown_gap)", "currency"),
        ),
        "CASE WHEN shown_gap < 0 THEN ' more than ' ELSE ' less than ' END",
        _word(left),
        "CASE WHEN state = 'matched_within_tolerance' THEN ', which is tolerated' ELSE '' END",
    ]


def _status(side: SideName) -> str:
    return f"COALESCE({side}_status, 'not known')"


def _word(side: Side) -> str:
    """What a side did with the amount, or with the figure that differs."""
    words = {name: _text(each.word) for name, each in side.figures.items() if each.word}
    return _by_figure(words, _text(side.word))


def _by_figure(cases: Mapping[str, str], otherwise: str) -> str:
    if not cases:
        return otherwise
    listed = " ".join(f"WHEN {_text(name)} THEN {sql}" for name, sql in cases.items())
    return f"CASE figure {listed} ELSE {otherwise} END"


def _money(amount: str, currency: str) -> str:
    """An amount with its currency; units and points have none."""
    unit = f"CASE WHEN {currency} = '{NO_CURRENCY}' THEN '' ELSE CONCAT(' ', {currency}) END"
    return f"CONCAT(CAST({amount} AS VARCHAR), {unit})"
