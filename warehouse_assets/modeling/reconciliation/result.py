"""What a reconciliation gives: one contract for the results of all rules."""

from __future__ import annotations

from warehouse_assets.modeling.declaration.column_types import (
    Day,
    Flag,
    Integer,
    Money,
    Text,
)
from warehouse_assets.modeling.declaration.columns import column, key, partition
from warehouse_assets.modeling.declaration.contract import Contract, contract_columns

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

    item_id: Text = key("Item: side and row that it began with, as left:P1; the same while open")
    state: Text = column("How the sides compare", isin=STATES)
    standing: Text = column("Where the item stands at the end of the day", isin=STANDINGS)
    is_open: Flag = column("Whether the item is still to be explained")
    match_pass: Text = column("Name of the pass that matched the two sides", null=True)
    figure: Text = column("Name of the figure that differs", null=True)
    left_id: Text = column("Row of the left; of several, the first", null=True)
    right_id: Text = column("Row of the right; of several, the first", null=True)
    left_key: Text = column("Key of the left in the first pass, its parts joined by |", null=True)
    right_key: Text = column("Key of the right in the first pass, likewise", null=True)
    left_count: Integer = column("Rows of the left", ge=0)
    right_count: Integer = column("Rows of the right", ge=0)
    left_amount: Money = column("Sum of the left's rows; 0 if it has none")
    right_amount: Money = column("Sum of the right's rows; 0 if it has none")
    difference_amount: Money = column("Left less right")
    open_amount: Money = column("What is still to be explained, left less right; 0 once closed")
    adjusted_amount: Money = column("What approved adjustments have explained, not negative", ge=0)
    tolerance_amount: Money = column("How far the amounts may lie apart", ge=0)
    currency: Text = column("Currency (ISO 4217) of the left, else of the right; XXX of units")
    other_currency: Text = column("Currency of the right, where it is another", null=True)
    left_fee_amount: Money = column("Fee of the left", null=True)
    right_fee_amount: Money = column("Fee of the right", null=True)
    left_status: Text = column("Status of the left, in the rule's words", null=True)
    right_status: Text = column("Status of the right, in the rule's words", null=True)
    left_date: Day = column("Business date of the left; of several rows, the last", null=True)
    right_date: Day = column("Business date of the right; of several rows, the last", null=True)
    first_date: Day = column("Business date on which the item was seen first")
    due_date: Day = column("Last business date on which the item may be open")
    age_days: Integer = column("Days since the item was seen first", ge=0)
    candidates: Text = column("Rows that fit equally well, or that make up a sum", null=True)
    explanation: Text = column("The difference in words; empty where there is none")
    left_key_2: Text = column("Key of the left in the second pass", null=True)
    right_key_2: Text = column("Key of the right in the second pass", null=True)
    left_key_3: Text = column("Key of the left in the third pass", null=True)
    right_key_3: Text = column("Key of the right in the third pass", null=True)
    left_figure_1: Money = column("First further figure of the left", null=True)
    right_figure_1: Money = column("First further figure of the right", null=True)
    left_figure_2: Money = column("Second further figure of the left", null=True)
    right_figure_2: Money = column("Second further figure of the right", null=True)
    left_figure_3: Money = column("Third further figure of the left", null=True)
    right_figure_3: Money = column("Third further figure of the right", null=True)
    left_figure_4: Money = column("Fourth further figure of the left", null=True)
    right_figure_4: Money = column("Fourth further figure of the right", null=True)
    dt: Day = partition("Business date that the result is of")


def result_meaning(name: str) -> str:
    """What a column of ReconciliationResult means, for tables that show it as it is."""
    meanings = {each.spec.name: each.spec.doc for each in contract_columns(ReconciliationResult)}
    return meanings[name]
