"""What a reconciliation gives: one contract for the results of all rules."""

from __future__ import annotations

from resources.identifiers import text_literal
from warehouse_assets.modeling.declaration.column_types import (
    Day,
    Flag,
    Integer,
    Money,
    Text,
)
from warehouse_assets.modeling.declaration.columns import column, key, partition
from warehouse_assets.modeling.declaration.contract import Contract
from warehouse_assets.modeling.reconciliation import terms as t

AGREEMENTS = ("matched", "matched_within_tolerance", "timing")
"""Both sides are there and agree."""
RESOLUTIONS = ("adjusted", "written_off")
"""They did not agree, and people have closed the item."""
DIFFERENCES = (
    "duplicate_left",
    "duplicate_right",
    "left_only",
    "right_only",
    "ambiguous",
    "suggested",
    "status_mismatch",
    "currency_mismatch",
    "amount_mismatch",
    "fee_mismatch",
    "adjustment_refused",
)
"""The item is open."""
IS_AGREEMENT, IS_DIFFERENCE = (
    f"state IN ({', '.join(map(text_literal, states))})" for states in (AGREEMENTS, DIFFERENCES)
)
"""Whether a result is one of these, as SQL over its state."""
STATES = (*AGREEMENTS, *DIFFERENCES, *RESOLUTIONS)
STANDINGS = ("closed", "open", "carried", "overdue")
"""Of an item: open on its first day, carried until its last, overdue after it."""

FIGURES = 4
"""How many further figures a rule may compare."""
PASSES = 3
"""How many passes with a key of their own a rule may have."""


class ReconciliationResult(Contract):
    """The two sides of a rule, matched; every row of a side is in exactly one result.

    A result is a row of the left with the row, or rows, of the right that it was matched with; or
    what is there on one side only. The partition of a date holds what the sides have of that date
    and every item that was open when the date began.
    """

    item_id: Text = key(t.item_id)
    state: Text = column(t.state, isin=STATES)
    standing: Text = column(t.standing, isin=STANDINGS)
    is_open: Flag = column(t.is_open)
    match_pass: Text = column(t.match_pass, null=True)
    figure: Text = column(t.figure, null=True)
    left_id: Text = column(t.left_id, null=True)
    right_id: Text = column(t.right_id, null=True)
    left_key: Text = column(t.left_key, null=True)
    right_key: Text = column(t.right_key, null=True)
    left_count: Integer = column(t.left_count, ge=0)
    right_count: Integer = column(t.right_count, ge=0)
    left_amount: Money = column(t.left_amount)
    right_amount: Money = column(t.right_amount)
    difference_amount: Money = column(t.difference_amount)
    open_amount: Money = column(t.open_amount)
    explained_amount: Money = column(t.explained_amount)
    tolerance_amount: Money = column(t.tolerance_amount, ge=0)
    currency: Text = column(t.currency)
    other_currency: Text = column(t.other_currency, null=True)
    left_fee_amount: Money = column(t.left_fee_amount, null=True)
    right_fee_amount: Money = column(t.right_fee_amount, null=True)
    left_status: Text = column(t.left_status, null=True)
    right_status: Text = column(t.right_status, null=True)
    left_date: Day = column(t.left_date, null=True)
    right_date: Day = column(t.right_date, null=True)
    first_date: Day = column(t.first_date)
    due_date: Day = column(t.due_date)
    age_days: Integer = column(t.age_days, ge=0)
    candidates: Text = column(t.candidates, null=True)
    explanation: Text = column(t.explanation)
    left_key_2: Text = column(t.left_key_2, null=True)
    right_key_2: Text = column(t.right_key_2, null=True)
    left_key_3: Text = column(t.left_key_3, null=True)
    right_key_3: Text = column(t.right_key_3, null=True)
    left_figure_1_amount: Money = column(t.left_figure_1_amount, null=True)
    right_figure_1_amount: Money = column(t.right_figure_1_amount, null=True)
    left_figure_2_amount: Money = column(t.left_figure_2_amount, null=True)
    right_figure_2_amount: Money = column(t.right_figure_2_amount, null=True)
    left_figure_3_amount: Money = column(t.left_figure_3_amount, null=True)
    right_figure_3_amount: Money = column(t.right_figure_3_amount, null=True)
    left_figure_4_amount: Money = column(t.left_figure_4_amount, null=True)
    right_figure_4_amount: Money = column(t.right_figure_4_amount, null=True)
    dt: Day = partition("Business date that the result is of")
