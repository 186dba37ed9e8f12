"""A report as one HTML page that needs nothing beside itself: no script, no font, no address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

from warehouse_assets.modeling.execution.finality import Standing
from warehouse_assets.reporting.day_report import (
    DayReport,
    Item,
    Origin,
    RuleReport,
    Totals,
    known_in_words,
    standing_in_words,
    unit,
)
from warehouse_assets.reporting.page_style import STYLE

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ITEMS_SHOWN = 500
"""Items of a rule on the page; the workbook has more of them."""
_BAR, _GAP, _HEIGHT = 6, 2, 22
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_FIGURES = ("matched", "new", "open", "overdue", "closed", "open amount", "net")
_ITEM_HEADINGS = (
    ("item", ""),
    ("state", ""),
    ("left", "number"),
    ("right", "number"),
    ("open", "number"),
    ("", ""),
    ("left row", ""),
    ("right row", ""),
    ("since", ""),
    ("days", "number"),
    ("in words", ""),
)


def page(report: DayReport, zone: ZoneInfo) -> str:
    """The report as HTML. Whatever comes from the data is escaped.

    Args:
        report: The report, with its items.
        zone: The business time zone, for instants.
    """
    title = f"Reconciliations of {report.day}"
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        f"<header><h1>{escape(title)}</h1>{_standing(report)}"
        f"<p>{escape(known_in_words(report, zone))}</p>{_cards(report.rules)}</header>",
        _summary(report.rules),
        *(_rule(each) for each in report.rules),
        "<footer>Amounts of items are summed up without their signs, so that a surplus hides no "
        "lack; net is left less right. Points and units have no currency.</footer>",
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _standing(report: DayReport) -> str:
    """Whether the day is provisional, final or closed: what a reader must know first."""
    found = report.date_standing
    kind = "warn" if found.standing is Standing.PROVISIONAL else "good"
    words = escape(standing_in_words(report.day, found))
    return f'<p class="standing {kind}"><b>{escape(found.standing)}</b> {words}</p>'


def _cards(rules: Sequence[RuleReport]) -> str:
    totals = [each for rule in rules for each in rule.totals]
    open_items = sum(each.open for each in totals)
    overdue = sum(each.overdue for each in totals)
    clean = sum(each.has_results and not each.open_count for each in rules)
    missing = sum(not each.has_results for each in rules)
    cards = [
        (f"{clean} of {len(rules)}", "rules with nothing open", "good" if clean else ""),
        (f"{sum(each.matched for each in totals):,}", "matched items", ""),
        (f"{open_items:,}", "open items", "warn" if open_items else "good"),
        (f"{overdue:,}", "overdue items", "bad" if overdue else "good"),
    ]
    if missing:
        cards.append((f"{missing}", "rules without results of the day", "bad"))
    return "<ul class=cards>" + "".join(
        f'<li class="{kind}"><b>{escape(figure)}</b> {escape(what)}</li>'
        for figure, what, kind in cards
    ) + "</ul>"  # fmt: skip


def _summary(rules: Sequence[RuleReport]) -> str:
    heads = "".join(f"<th class=number>{escape(name)}</th>" for name in _FIGURES)
    rows = "".join(_summary_rows(each) for each in rules)
    return (
        f"<section><table><thead><tr><th>rule</th><th></th>{heads}<th>14 days</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


def _summary_rows(each: RuleReport) -> str:
    name = f'<a href="#{escape(each.rule)}">{escape(each.rule)}</a>'
    if not each.totals:
        latest = f"; the latest are of {each.latest_day}" if each.latest_day else ""
        what = "no rows" if each.has_results else f"no results of the day{latest}"
        kind = "" if each.has_results else " class=bad"
        return (
            f"<tr><td>{name}</td><td colspan={1 + len(_FIGURES)}{kind}>{escape(what)}</td>"
            f"<td>{_bars(each.trend)}</td></tr>"
        )
    rows: list[str] = []
    for place, totals in enumerate(each.totals):
        last = f"<td>{_bars(each.trend)}</td>" if place == 0 else "<td></td>"
        currency = escape(unit(totals.currency) or "units")
        rows.append(
            f"<tr><td>{name if place == 0 else ''}</td><td>{currency}</td>"
            f"{_figures(totals)}{last}</tr>"
        )
    return "".join(rows)


def _figures(totals: Totals) -> str:
    cells = [
        (f"{totals.matched:,}", ""),
        (f"{totals.new:,}", ""),
        (f"{totals.open:,}", "warn" if totals.open else ""),
        (f"{totals.overdue:,}", "bad" if totals.overdue else ""),
        (f"{totals.closed:,}", ""),
        (_amount(totals.open_amount), ""),
        (_amount(totals.net_open_amount), ""),
    ]
    return "".join(f'<td class="number {kind}">{text}</td>' for text, kind in cells)


def _rule(each: RuleReport) -> str:
    left, right = each.left, each.right
    sides = (
        f"left: {left[1]} ({left[0]}), right: {right[1]} ({right[0]}), {each.owner}, "
        f"the day is {each.date_standing.standing}"
    )
    shown = each.items[:ITEMS_SHOWN]
    more = each.item_count - len(shown)
    rest = f"<p>{len(shown):,} of {each.item_count:,} items; the workbook has more.</p>"
    nothing = "<p class=good>Nothing differs.</p>" if each.has_results else ""
    return (
        f'<section id="{escape(each.rule)}"><h2>{escape(each.rule)}</h2>'
        f"<p>{escape(each.title)}<br><small>{escape(sides)}</small></p>"
        f"{_items(shown) if shown else nothing}"
        f"{rest if more else ''}{_made_from(each.origin)}</section>"
    )


def _items(items: Iterable[Item]) -> str:
    heads = "".join(f'<th class="{kind}">{escape(name)}</th>' for name, kind in _ITEM_HEADINGS)
    rows = "".join(_item(each) for each in items)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _item(item: Item) -> str:
    standing = str(item["standing"])
    kind = {"overdue": "bad", "closed": "good", "carried": "warn"}.get(standing, "")
    cells = [
        ("id", item["line_id"]),
        (kind, f"{item['state']}, {standing}"),
        ("number", item["left_amount"] if item["left_count"] else None),
        ("number", item["right_amount"] if item["right_count"] else None),
        ("number", item["open_amount"]),
        ("", unit(str(item["currency"]))),
        ("id", _row(item, "left")),
        ("id", _row(item, "right")),
        ("", item["first_date"]),
        ("number", item["age_days"]),
        ("words", item["explanation"]),
    ]
    return (
        "<tr>"
        + "".join(
            f'<td class="{kind}">{_breakable(_text(value)) if kind == "id" else _text(value)}</td>'
            for kind, value in cells
        )
        + "</tr>"
    )


def _breakable(escaped: str) -> str:
    """The text of an id, which is broken between its parts and not within a number."""
    return re.sub(r"([/|·]|:(?=\d))", r"\1<wbr>", escaped)


def _row(item: Item, side: str) -> str | None:
    """A side of an item: its row, unless the item is named by it; and its key."""
    row, key, count = item[f"{side}_id"], item[f"{side}_key"], item[f"{side}_count"]
    if row is None:
        return None
    parts = [] if item["line_id"] == f"{side}:{row}" else [str(row)]
    if count > 1:
        parts.append(f"and {count - 1:,} more")
    if key not in (None, row):
        parts.append(f"· {key}" if parts else str(key))
    return " ".join(parts) or str(row)


def _made_from(origin: Origin | None) -> str:
    if origin is None:
        return ""
    text = (
        f"Rule version {origin.rule_version or 'not known'}; snapshots: {origin.left_table} "
        f"{origin.left_snapshot_id or 'not known'}, {origin.right_table} "
        f"{origin.right_snapshot_id or 'not known'}; publication "
        f"{origin.publication_id or 'not known'}."
    )
    return f"<p><small>{escape(text)}</small></p>"


def _bars(trend: Sequence[int | None]) -> str:
    """The trend as a small picture, which says its figures where one points at it."""
    most = max((value for value in trend if value), default=0) or 1
    bars: list[str] = []
    for place, value in enumerate(trend):
        if value is None:
            continue
        height = max(1, round(value / most * _HEIGHT)) if value else 1
        x = place * (_BAR + _GAP)
        bars.append(f'<rect x="{x}" y="{_HEIGHT - height}" width="{_BAR}" height="{height}"/>')
    width = len(trend) * (_BAR + _GAP)
    said = ", ".join("none" if value is None else str(value) for value in trend)
    return (
        f'<svg width="{width}" height="{_HEIGHT}" role="img"><title>open items on the last '
        f"14 days: {said}</title>{''.join(bars)}</svg>"
    )


def _amount(value: Decimal) -> str:
    return f"{value:,f}"


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return _amount(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return escape(value.isoformat(" ", "seconds"))
    return escape(str(value))
