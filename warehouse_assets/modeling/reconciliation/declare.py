"""The declaration of a reconciliation: a rule becomes a table of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from warehouse_assets.modeling.declaration.checks import guard
from warehouse_assets.modeling.declaration.conventions import BY_CONVENTION, ByConvention
from warehouse_assets.modeling.declaration.declare_table import table
from warehouse_assets.modeling.declaration.freshness import Deadline
from warehouse_assets.modeling.declaration.serving import Serving
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.reconciliation.reconcile import DIFF_RATE, Reconcile, accounted_for
from warehouse_assets.modeling.reconciliation.result import IS_DIFFERENCE, ReconciliationResult
from warehouse_assets.modeling.reconciliation.rule import (
    EXACT,
    Compare,
    Match,
    Pass,
    Rule,
    Side,
    Tolerance,
)
from warehouse_assets.modeling.reconciliation.rule_checks import checked_rule
from warehouse_assets.modeling.reconciliation.sql.statement import statement


def reconciliation(
    *,
    owner: str,
    left: Side,
    right: Side,
    match: Match,
    passes: Sequence[Pass],
    open_days: int,
    tolerance: Tolerance = EXACT,
    fee_tolerance: Tolerance = EXACT,
    figure_tolerances: Mapping[str, Tolerance] | None = None,
    compare: Compare = "equal",
    days_apart: int = 3,
    diff_rate: Decimal = Decimal("0.01"),
    freshness: Deadline | ByConvention | None = BY_CONVENTION,
    serving: Serving | ByConvention | None = BY_CONVENTION,
) -> Table:
    """Declare that two sides must agree, in a module of warehouse_assets/reconciliation.

    The module's file name is the rule's name and that of its table of results. Of the rule are
    made: the table, its asset, its checks and its page, its rows in
    ads_reconciliation_open_item and ads_reconciliation_diff_rate.

    Args:
        owner: The team, or person, who explains what does not agree.
        left: One side.
        right: The other.
        match: How many rows of the left may meet how many of the right. The rows of a side that
            is "n", or "m", are summed up by the key of the first pass.
        passes: How rows find each other: match_key(...) first, then looser ones, at most three. A
            looser pass sees only what those before it have left over.
        open_days: For how many days after its first an item may be open; then it is overdue.
        tolerance: How far the amounts may lie apart.
        fee_tolerance: How far the fees may.
        figure_tolerances: How far a further figure may, by name, where that differs.
        compare: "at most": the left may be less than the right, not more.
        days_apart: For how many days after a key was settled a row with the same key is a
            duplicate, and not one-sided. 0: a key may come again, as an order that is paid, then
            refunded.
        diff_rate: The share of the items that begin on a day that may differ before the check
            within_diff_rate fails.
        freshness: As of table().
        serving: As of table().
    """
    rule = Rule(
        left,
        right,
        match,
        tuple(passes),
        tolerance,
        fee_tolerance,
        dict(figure_tolerances or {}),
        compare,
        open_days,
        days_apart,
        diff_rate,
    )
    begun = "COALESCE(SUM(CASE WHEN first_date = dt THEN 1 ELSE 0 END), 0)"
    new = f"COALESCE(SUM(CASE WHEN {IS_DIFFERENCE} AND first_date = dt THEN 1 ELSE 0 END), 0)"
    limit = f"{int(diff_rate * 1_000_000)} * {begun}"
    return table(
        ReconciliationResult,
        owner=owner,
        reads=rule.reads,
        sql=lambda declared: statement(checked_rule(rule, declared), declared.name),
        materialization=Reconcile(rule),
        checks=[
            *accounted_for(),
            guard(DIFF_RATE, f"1000000 * {new} <= {limit}", warn=True),
        ],
        freshness=freshness,
        serving=serving,
    )
