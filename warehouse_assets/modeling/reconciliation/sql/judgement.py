"""The SQL that judges what was matched: `pairs` become items with a state.

In the order of judgement: a duplicate, one-sided, the status, the currency, the amount, the fee;
the first that applies is the state. Then people are heard: adjustments and decisions of the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.result import IS_AGREEMENT
from warehouse_assets.modeling.reconciliation.rule import (
    OTHER,
    SIDES,
    Rule,
    Tolerance,
)
from warehouse_assets.modeling.reconciliation.sql.columns import MIXED, Cte, item_columns
from warehouse_assets.modeling.reconciliation.sql.people import people_ctes

_OF_LEFT = "right_id IS NULL OR left_first_day <= right_first_day"
ITEM_ID = (
    f"CASE WHEN {_OF_LEFT} THEN CONCAT('left:', left_id) "
    "ELSE CONCAT('right:', right_id) END AS item_id"
)
FIRST_DATE = f"CASE WHEN {_OF_LEFT} THEN left_first_day ELSE right_first_day END AS first_date"
"""Of a pair: what its item is called, and its first day, as SQL."""
_FEE_GAP = "COALESCE(left_fee, 0) - COALESCE(right_fee, 0)"
_NOTHING = "CAST(0 AS DECIMAL(18, 2))"


class Judgement:
    """The CTEs from `pairs` to `settled`: each item with its state, and what of it is open."""

    def __init__(self, rule: Rule, name: str) -> None:
        self._rule, self._name = rule, name
        self._kept = list(item_columns(rule))
        self._figures = list(enumerate(rule.figures, 1))

    def ctes(self) -> list[Cte]:
        """The CTEs, in order."""
        return [
            ("compared", self._compared()),
            ("judged", self._judged()),
            ("weighed", self._weighed()),
            *people_ctes(self._rule, self._name),
            ("settled", self._settled()),
        ]

    def _compared(self) -> str:
        """What the two sides of each pair come to."""
        rule = self._rule
        figures = [
            part
            for n, figure in self._figures
            for part in (
                f"COALESCE(left_figure_{n}, 0) - COALESCE(right_figure_{n}, 0) AS gap_{n}",
                f"{self._allowed_figure(n, figure)} AS allowed_{n}",
            )
        ]
        columns = [
            *self._kept,
            "match_pass",
            "candidates",
            "is_suggested",
            "is_ambiguous",
            "again",
            ITEM_ID,
            FIRST_DATE,
            "COALESCE(left_currency, right_currency) AS currency",
            "COALESCE(left_amount, 0) - COALESCE(right_amount, 0) AS gap",
            f"{_FEE_GAP if rule.left.fee else _NOTHING} AS fee_gap",
            f"{allowed_amount(rule)} AS allowed",
            f"{_allowed(rule, rule.fee_tolerance, 'fee') if rule.left.fee else _NOTHING}"
            " AS fee_allowed",
            *figures,
        ]
        return _select(columns, "pairs")

    def _allowed_figure(self, number: int, figure: str) -> str:
        allowed = self._rule.figure_tolerances.get(figure, self._rule.tolerance)
        return _allowed(self._rule, allowed, f"figure_{number}")

    def _judged(self) -> str:
        """The state of each pair, and the figure that made it so."""
        amount = self._is_beyond("gap", "allowed")
        figures = [
            (n, f"{self._is_beyond(f'gap_{n}', f'allowed_{n}')} OR {is_unknown(f'figure_{n}')}")
            for n, _ in self._figures
        ]
        differs = " OR ".join([amount, *(beyond for _, beyond in figures)])
        gaps = ["gap", *(f"gap_{n}" for n, _ in self._figures)]
        small = [self._is_beyond(gap, "0") for gap in gaps] + ["fee_gap <> 0"]
        is_fee = "ABS(fee_gap) > fee_allowed"
        is_fee += f" OR {is_unknown('fee')}" if self._rule.left.fee else ""
        # One that is not known is not the same as one that is.
        status = "COALESCE(left_status, '') <> COALESCE(right_status, '')"
        status += f" OR left_status = '{MIXED}'" if self._rule.match == "n:m" else ""
        status = f"WHEN {status} THEN 'status_mismatch'" if self._rule.left.status else ""
        state = f"""CASE
            WHEN again > 0 AND left_id IS NOT NULL THEN 'duplicate_left'
            WHEN again > 0 THEN 'duplicate_right'
            WHEN is_ambiguous = 1 THEN 'ambiguous'
            {self._nothing_left()}
            WHEN right_id IS NULL THEN 'left_only'
            WHEN left_id IS NULL THEN 'right_only'
            WHEN is_suggested = 1 THEN 'suggested'
            {status}
            WHEN left_currency <> right_currency THEN 'currency_mismatch'
            WHEN {differs} THEN 'amount_mismatch'
            WHEN {is_fee} THEN 'fee_mismatch'
            WHEN left_day <> right_day THEN 'timing'
            WHEN {" OR ".join(small)} THEN 'matched_within_tolerance'
            ELSE 'matched'
        END AS state"""
        figure = "".join(
            f" WHEN {beyond} THEN {text_literal(self._rule.figures[n - 1])}"
            for n, beyond in figures
        )
        names = ("amount", *self._rule.figures, "fee")
        tolerated = "".join(
            f" WHEN {differs} THEN {text_literal(name)}"
            for name, differs in zip(names, small, strict=True)
        )
        columns = [
            *self._passed_on(),
            state,
            f"CASE WHEN left_id IS NULL OR right_id IS NULL THEN NULL "
            f"WHEN {amount} THEN 'amount'{figure} WHEN {is_fee} THEN 'fee'{tolerated} "
            "END AS figure",
        ]
        return _select(columns, "compared")

    def _nothing_left(self) -> str:
        """Where both sides are sums: rows that make up for each other need no other side."""
        if self._rule.match != "n:m":
            return ""
        figures = ["amount", *(f"figure_{n}" for n, _ in self._figures)]
        figures += ["fee"] if self._rule.left.fee else []
        sums = [
            f"{OTHER[side]}_id IS NULL AND {side}_lines > 1 AND "
            + " AND ".join(f"{side}_{figure} = 0" for figure in figures)
            for side in SIDES
        ]
        return f"WHEN {' OR '.join(sums)} THEN 'matched'"

    def _weighed(self) -> str:
        """What of each item is to be explained, left less right: money, or what is compared."""
        gaps = {
            figure: f" WHEN figure = {text_literal(figure)} THEN gap_{n}"
            for n, figure in self._figures
        }
        money = "".join(gap for figure, gap in gaps.items() if self._is_money(figure))
        figures = "".join(gaps.values())
        base = f"""CASE
            WHEN {IS_AGREEMENT} THEN 0
            WHEN left_id IS NULL OR right_id IS NULL THEN gap
            WHEN state IN ('status_mismatch', 'currency_mismatch') THEN left_amount
            WHEN state = 'fee_mismatch' THEN fee_gap
            WHEN state = 'suggested' OR figure = 'amount' THEN gap{money}
            ELSE gap
        END AS unexplained"""
        shown = f"""CASE
            WHEN state = 'suggested' OR figure = 'amount' THEN gap{figures}
            WHEN figure = 'fee' THEN fee_gap
            ELSE gap
        END AS shown_gap"""
        columns = [
            *self._passed_on(),
            "state",
            "CASE WHEN state IN ('matched', 'timing', 'status_mismatch', 'currency_mismatch') "
            "THEN NULL ELSE figure END AS figure",
            base,
            shown,
        ]
        return _select(columns, "judged")

    def _settled(self) -> str:
        """The items after the day's adjustments and decisions."""
        names = [*self._kept, "match_pass", "candidates", "item_id", "first_date", "currency"]
        names += ["gap", "allowed", "state", "figure", "unexplained", "shown_gap"]
        columns = [f"w.{name}" for name in names]
        # What was said of either side, which may have been an item by itself, is said of both.
        said = [
            "COALESCE(left_a.amount, 0) + COALESCE(right_a.amount, 0) AS explained_amount",
            "CASE WHEN left_o.item_id IS NULL AND right_o.item_id IS NULL THEN 0 ELSE 1 END "
            "AS is_written_off",
        ]
        source = "weighed AS w" + "".join(
            f" LEFT JOIN {name} AS {side}_{alias} "
            f"ON {side}_{alias}.item_id = CONCAT('{side}:', w.{side}_id)"
            for name, alias in (("adjusted", "a"), ("written_off", "o"))
            for side in SIDES
        )
        return _select([*columns, *said], source)

    def _is_money(self, figure: str) -> bool:
        """Whether a figure is an amount in the item's currency, and not a count or a rate."""
        return self._rule.left.figures[figure].unit is None

    def _is_beyond(self, gap: str, allowed: str) -> str:
        compared = gap if self._rule.compare == "at most" else f"ABS({gap})"
        return f"{compared} > {allowed}"

    def _passed_on(self) -> list[str]:
        names = ["match_pass", "candidates", "item_id", "first_date", "currency", "gap", "fee_gap"]
        names += [f"gap_{n}" for n, _ in self._figures]
        return [*self._kept, *names, "allowed"]


def is_unknown(name: str) -> str:
    """Whether a fee or figure of a pair is not known of a side, as SQL: it agrees with nothing."""
    return f"left_{name} IS NULL OR right_{name} IS NULL"


def allowed_amount(rule: Rule) -> str:
    """How far the amounts of a pair may lie apart, as SQL."""
    return _allowed(rule, rule.tolerance, "amount")


def _allowed(rule: Rule, tolerance: Tolerance, name: str) -> str:
    """How far two figures may lie apart, as SQL over a row of `pairs`."""
    parts = [_absolute(tolerance.absolute)] if tolerance.absolute else []
    if tolerance.per_line:
        # Of a side that is not there the comparison is NULL: nothing is compared.
        lines = "CASE WHEN left_lines > right_lines THEN left_lines ELSE right_lines END"
        parts.append(f"{tolerance.per_line} * {lines if rule.counts_lines else 1}")
    if tolerance.relative:
        left, right = f"ABS(left_{name})", f"ABS(right_{name})"
        larger = f"CASE WHEN {left} > {right} THEN {left} ELSE {right} END"
        parts.append(f"multiply_money({larger}, {tolerance.relative})")
    cast = [f"COALESCE(CAST({part} AS DECIMAL(18, 2)), 0)" for part in parts]
    if not cast:
        return _NOTHING
    allowed, sign = cast[0], ">" if tolerance.take == "larger" else "<"
    for part in cast[1:]:
        allowed = f"CASE WHEN {allowed} {sign} {part} THEN {allowed} ELSE {part} END"
    return allowed


def _absolute(absolute: Decimal | Mapping[str, Decimal]) -> str:
    if isinstance(absolute, Decimal):
        return str(absolute)
    cases = " ".join(
        f"WHEN {text_literal(currency)} THEN {amount}" for currency, amount in absolute.items()
    )
    return f"CASE COALESCE(left_currency, right_currency) {cases} ELSE 0 END"


def _select(columns: Sequence[str], source: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {source}"
