"""The reconciliations of a day on the screen: one line for each rule and currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import counted, moment, number
from warehouse_assets.command_line.output.listing import Listing
from warehouse_assets.modeling.execution.finality import Standing
from warehouse_assets.reporting.day_report import sparkline, standing_in_words, unit

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from warehouse_assets.modeling.execution.finality import DateStanding
    from warehouse_assets.reporting.day_report import DayReport, RuleReport, Totals

_FIGURES = ("matched", "new", "open", "overdue", "closed", "open amount", "net")


def print_overview(report: DayReport, zone: ZoneInfo) -> None:
    """Print the totals of each rule, and what to look at next."""
    print_totals(report, zone)
    missing = [each for each in report.rules if not each.has_results]
    with_open = [each.rule for each in report.rules if each.open_count]
    if missing:
        text = f"{counted(len(missing), 'rule')} of {len(report.rules)} without results of the day."
        output().print(Text(text, style="yellow"))
    if with_open:
        note(
            f"{counted(len(with_open), 'rule')} with open items; to see them: "
            f"ledgerlake reconcile {with_open[0]} --open"
        )
    elif not missing:
        output().print(Text("✓ Nothing is open.", style="green"))


def print_totals(report: DayReport, zone: ZoneInfo) -> None:
    """Print the totals of each rule."""
    listing = Listing(("rule", "", *_FIGURES, "14 days"), right=_FIGURES, title=title_of(report))
    for each in report.rules:
        _add(listing, each)
    listing.print()
    print_standing(report.day, report.date_standing)
    if report.past is not None:
        note(past_of(report, zone))


def print_standing(day: date, found: DateStanding) -> None:
    """Print whether the day is provisional, final or closed."""
    style = "yellow" if found.standing is Standing.PROVISIONAL else "green"
    output().print(Text(standing_in_words(day, found), style=style))


def standing_document(found: DateStanding) -> dict[str, object]:
    """Whether a day is provisional, final or closed, for JSON; as `ledgerlake show` says it."""
    return {"standing": found.standing, "awaited": found.awaited.deliveries}


def title_of(report: DayReport) -> str:
    """What the report is on, and whether it is of now or of then."""
    return f"Reconciliations of {report.day}, {kind_of(report)}"


def kind_of(report: DayReport) -> str:
    """Whether the report is of now or of then."""
    if report.past is None:
        return "as known now"
    return f"as reported then: report {report.past.number} of {report.past.count}"


def past_of(report: DayReport, zone: ZoneInfo) -> str:
    """When a past report was made, and by which run."""
    assert report.past is not None
    at = report.past.reported_at
    when = moment(at, zone) if at else "at a time that is not known"
    return f"Reported {when}, run {(report.past.run_id or 'not known')[:8]}."


def totals_document(each: Totals) -> dict[str, object]:
    """Totals with their names, for JSON."""
    return {name: value for name, value in vars(each).items() if name not in ("rule", "day")}


def report_document(report: DayReport) -> dict[str, object]:
    """The report for JSON."""
    return {
        "day": report.day,
        **standing_document(report.date_standing),
        "as_reported": report.past and vars(report.past),
        "rules": [rule_document(each) for each in report.rules],
    }


def rule_document(each: RuleReport) -> dict[str, object]:
    """A rule's day for JSON."""
    return {
        "rule": each.rule,
        "title": each.title,
        "owner": each.owner,
        "has_results": each.has_results,
        "latest_day": each.latest_day,
        **standing_document(each.date_standing),
        "totals": [totals_document(totals) for totals in each.totals],
        "open_items_of_14_days": each.trend,
        "made_from": each.origin and vars(each.origin),
    }


def _add(listing: Listing, each: RuleReport) -> None:
    trend = sparkline(each.trend)
    if not each.has_results:
        latest = f"no results; the latest are of {each.latest_day}"
        listing.add(
            each.rule,
            Text(latest if each.latest_day else "never run", style="yellow"),
            *[""] * len(_FIGURES),
            trend,
        )
    elif not each.totals:
        listing.add(each.rule, Text("no rows", style="dim"), *["0"] * 5, "", "", trend)
    for place, totals in enumerate(each.totals):
        listing.add(
            each.rule if place == 0 else "",
            unit(totals.currency) or "units",
            number(totals.matched),
            number(totals.new),
            Text(number(totals.open), style="yellow" if totals.open else ""),
            Text(number(totals.overdue), style="red" if totals.overdue else ""),
            number(totals.closed),
            f"{totals.open_amount:,f}",
            f"{totals.net_open_amount:,f}",
            trend if place == 0 else "",
        )
