"""ledgerlake reconcile confirm, reject, write-off: what people decide of open items."""

from __future__ import annotations

import getpass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from warehouse_assets.command_line.options import AsJson, parsed_day
from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import visible
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.reconciliation.options import Rule
from warehouse_assets.reporting.day_report import unit

if TYPE_CHECKING:
    from resources.settings import Settings
    from warehouse_assets.reporting.decisions import Recorded, Verdict

Left = Annotated[str, typer.Argument(metavar="LEFT", help="Row of the left, such as P1.")]
Right = Annotated[str, typer.Argument(metavar="RIGHT", help="Row of the right.")]
ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="The open item, such as left:P1.")]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who decides. Default: the name of the user."),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
NeededReason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why; it is needed.", show_default=False)
]
On = Annotated[
    date | None,
    typer.Option(
        "--on",
        metavar="DAY",
        parser=parsed_day,
        help="Business date on which it counts: the rule's run of that day hears it. Default: "
        "today.",
    ),
]


def confirm(
    rule: Rule,
    left: Left,
    right: Right,
    by: By = None,
    reason: Reason = "",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Confirm that two rows belong together: the next run matches them.

    The rows are of an item that is suggested, or stand alone, or have several candidates.

    **Example**

    `ledgerlake reconcile confirm payment_bill P3 channel/alipay/2026-03-01/bill.csv:13`
    """
    _decide(rule, "confirm", by, reason, on, as_json, pair=(left, right))


def reject(
    rule: Rule,
    left: Left,
    right: Right,
    by: By = None,
    reason: Reason = "",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Reject a suggested pair: it is never suggested again, and its rows stay open.

    **Example**

    `ledgerlake reconcile reject payment_bill P3 B3 --reason "another buyer"`
    """
    _decide(rule, "reject", by, reason, on, as_json, pair=(left, right))


def write_off(
    rule: Rule,
    item: ItemId,
    reason: NeededReason,
    by: By = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Write an open item off: the next run closes it, and it stays on record.

    The books are not changed by it: to book the difference, enter a manual adjustment that names
    the rule and the item.

    **Example**

    `ledgerlake reconcile write-off payment_bill left:P2 --reason "below the cost of asking"`
    """
    _decide(rule, "write_off", by, reason, on, as_json, item=item)


def _decide(
    rule: str,
    verdict: Verdict,
    by: str | None,
    reason: str,
    on: date | None,
    as_json: bool,
    pair: tuple[str, str] | None = None,
    item: str | None = None,
) -> None:
    from resources.lake.lake import Lake
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.modeling.loading.outline_cache import load_outlines
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
    from warehouse_assets.reporting.decisions import Decision, DecisionRecorder
    from warehouse_assets.reporting.read_report import rule_named

    settings = load_settings()
    name = rule_named(load_outlines(), rule).name
    # Who only looks, and who decides of what is not there, makes no lake.
    ReadOnlyLake(settings)
    left, right = pair or (None, None)
    decision = Decision(
        rule=name,
        verdict=verdict,
        by=by or getpass.getuser(),
        reason=reason,
        day=on or datetime.now(settings.zone).date(),
        left_id=left,
        right_id=right,
        item_id=item,
    )
    recorded = DecisionRecorder(load_whole_tables(), Lake(settings), settings).record(decision)
    next_run = _next_run(name, verdict, decision.day, recorded, settings)
    if as_json:
        print_json(
            {
                "decision_no": recorded.number,
                "rule": name,
                "item_id": recorded.item["item_id"],
                "decision": verdict,
                "decided_by": decision.by,
                "reason": reason,
                "counts_on": decision.day,
                "next_run": next_run,
                "recorded_before": [dict(each) for each in recorded.others],
            },
            settings.zone,
        )
        return
    done = {"confirm": "Confirmed", "reject": "Rejected", "write_off": "Written off"}[verdict]
    what = visible(" and ".join(pair) if pair else str(item))
    output().print(Text.assemble(("✓ ", "green"), f"{done}: {what}, by {visible(decision.by)}"))
    for each in recorded.others:
        note(f"Recorded before: {each['decision']} by {each['decided_by']}: {each['reason']}")
    note(next_run)


def _next_run(
    name: str, verdict: Verdict, day: date, recorded: Recorded, settings: Settings
) -> str:
    """What the rule's next run makes of the decision."""
    item = recorded.item
    amount = f"{abs(item['open_amount']):,f} {unit(str(item['currency']))}".strip()
    will = {
        "confirm": "matches the two rows, whatever their keys",
        "reject": "suggests the two rows together no more; each is looked for anew",
        "write_off": f"closes the item as written_off: {amount} are open no longer",
    }[verdict]
    if recorded.is_published:
        command = f"ledgerlake materialize {name}+ --from {day} --to {_last(settings)} --stale"
        return f"{name} of {day} is published already. Made again it {will}: {command}"
    return f"The run of {name} for {day} {will}, if the item is still open then."


def _last(settings: Settings) -> date:
    return settings.last_complete_date()
