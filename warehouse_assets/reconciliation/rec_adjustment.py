"""One row per approved manual adjustment that names a reconciliation: whether there is such a one.

An adjustment that names an item is heard by the rule that it names: it closes the item, or is an
item of that rule. One whose rule does not exist is heard by none, though it is posted: it is an
item here, until an adjustment takes it back or a person writes it off.
"""

from warehouse_assets import modeling as m

RULES = ", ".join(f"'{name}'" for name in m.every_rule(__name__).names)

rec_adjustment = m.reconciliation(
    owner="team:finance",
    left=m.side(
        "dwd_manual_adjustment",
        where="is_approved AND reconciliation_rule IS NOT NULL",
        row="adjustment_no",
        amount="amount",
        word="adjusted",
    ),
    right=m.side(
        "dwd_manual_adjustment",
        where=f"is_approved AND reconciliation_rule IN ({RULES})",
        row="adjustment_no",
        amount="amount",
        word="assigned to a rule",
    ),
    match="1:1",
    passes=[m.match_key("adjustment", left=("adjustment_no",), right=("adjustment_no",))],
    open_days=3,
)
