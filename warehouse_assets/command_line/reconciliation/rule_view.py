"""One rule's day on the screen: its totals, and the items that do not agree."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import number, visible
from warehouse_assets.command_line.output.listing import Listing
from warehouse_assets.command_line.reconciliation.overview import (
    kind_of,
    print_totals,
    rule_document,
)
from warehouse_assets.reporting.day_report import unit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from warehouse_assets.reporting.day_report import DayReport, Item, Origin

_AMOUNTS = ("left", "right", "open")
_STYLES = {"open": "", "carried": "yellow", "overdue": "red", "closed": "green"}


def print_rule(report: DayReport, zone: ZoneInfo, only_open: bool) -> None:
    """Print the day of the one rule that the report is about."""
    [rule] = report.rules
    heading = Text.assemble((rule.rule, "bold"), f"  {rule.title}\n")
    sides = f"left: {rule.left[1]} ({rule.left[0]})   right: {rule.right[1]} ({rule.right[0]})"
    heading.append(f"{sides}   {rule.owner}\n", style="dim")
    if rule.origin is not None:
        heading.append(_made_from(rule.origin), style="dim")
    output().print(heading)
    print_totals(report, zone)
    if rule.items:
        _print_items(rule.items, f"{'Open items' if only_open else 'What does not agree'}, "
                     f"{report.day}, {kind_of(report)}")  # fmt: skip
    if rule.item_count > len(rule.items):
        note(f"{len(rule.items):,} of {rule.item_count:,} items; --limit shows more.")
    if rule.items:
        item = shlex.quote(visible(str(rule.items[0]["line_id"])))
        note(f"Both sides' rows: ledgerlake reconcile {rule.rule} {item}")


def rule_view_document(report: DayReport) -> dict[str, object]:
    """A rule's day with its items, for JSON."""
    [rule] = report.rules
    return {
        "day": report.day,
        "as_reported": report.past and vars(report.past),
        **rule_document(rule),
        "item_count": rule.item_count,
        "items": [item_document(each) for each in rule.items],
    }


def item_document(item: Item) -> dict[str, object]:
    """A line that stands for one item, for JSON."""
    left_out = ("rule", "kind", "item_count", "earlier_count", "dt", "line_id")
    return {"item_id": item["line_id"]} | {
        name: value for name, value in item.items() if name not in left_out
    }


def _made_from(origin: Origin) -> str:
    def known(text: str | None) -> str:
        return text or "not known"

    return (
        f"rule version {known(origin.rule_version)}, snapshots: {origin.left_table} "
        f"{known(origin.left_snapshot_id)}, {origin.right_table} {known(origin.right_snapshot_id)}"
    )


def _print_items(items: Sequence[Item], title: str) -> None:
    listing = Listing(
        ("item", "state", "", *_AMOUNTS, "", "since", "days", "in words"),
        right=(*_AMOUNTS, "days"),
        long=("in words",),
        title=title,
    )
    for item in items:
        standing = str(item["standing"])
        listing.add(
            Text(visible(str(item["line_id"]))),
            str(item["state"]),
            Text(standing, style=_STYLES.get(standing, "")),
            f"{item['left_amount']:,f}" if item["left_count"] else "",
            f"{item['right_amount']:,f}" if item["right_count"] else "",
            f"{item['open_amount']:,f}",
            unit(str(item["currency"])),
            str(item["first_date"]),
            number(item["age_days"]),
            Text(visible(str(item["explanation"]))),
        )
    listing.print()
