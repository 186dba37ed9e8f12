"""What a run on Olist's data did and found, and the tables that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.text import Text

from examples.olist.differences import CLASSES, Differences, Month
from examples.olist.reconciled import ReconciledClass
from resources.lake.model.window import Window
from warehouse_assets.command_line.output.formatting import number
from warehouse_assets.command_line.output.listing import data_table

REJECTED_FILE = "_olist_rejected.csv"
REJECTED_SHOWN = 1_000


@dataclass(frozen=True)
class RejectedRow:
    """A line that was not delivered. `file` is the file's name, `line` counts from 1."""

    file: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class FileRead:
    """One file of the export. Every line is the header, blank, accepted or rejected."""

    file: str
    path: Path
    lines: int
    blank: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class Delivered:
    """One source, as `<system>/<source>`.

    Args:
        source: Its folder in the landing folder.
        rows: Rows delivered.
        outside: Rows of days that were not asked for, and were not delivered.
        changed_days: Days that were written; the others were there with the same rows.
    """

    source: str
    rows: int
    outside: int
    changed_days: int


@dataclass(frozen=True)
class MappingReport:
    """What a mapping did.

    Args:
        window: The business dates delivered: every date has a folder for every source.
        files: What was read.
        deliveries: What was delivered, by source.
        rejected: The first 1,000 rows that were not delivered; `rejections_file` has all.
        rejected_count: Number of all of them.
        rejections_file: CSV of file, line, reason and the line's text.
        notes: What the reader should know about the data, one sentence each.
    """

    window: Window
    files: tuple[FileRead, ...]
    deliveries: tuple[Delivered, ...]
    rejected: tuple[RejectedRow, ...]
    rejected_count: int
    rejections_file: Path
    notes: tuple[str, ...]

    @property
    def delivered(self) -> Mapping[str, int]:
        """Rows delivered by source."""
        return {delivery.source: delivery.rows for delivery in self.deliveries}


_SHOWN = 15


def print_mapping(console: Console, report: MappingReport) -> None:
    """Print what was read, what was delivered, what was rejected and what is worth knowing."""
    counts = ("lines", "blank", "accepted", "rejected")
    read = data_table(["file"], counts, "Read", no_wrap=True)
    for file in report.files:
        read.add_row(file.file, *(number(getattr(file, count)) for count in counts))
    console.print(read)
    days = f"{len(report.window):,} business dates, {report.window}"
    headings = ("rows", "of other days", "days written")
    delivered = data_table(["source"], headings, f"Delivered: {days}", no_wrap=True)
    for each in report.deliveries:
        numbers = (each.rows, each.outside, each.changed_days)
        delivered.add_row(each.source, *map(number, numbers))
    console.print(delivered)
    for row in report.rejected[:_SHOWN]:
        console.print(Text(f"rejected  {row.file}, line {row.line}: {row.reason}", "yellow"))
    if report.rejected_count:
        console.print(f"All {report.rejected_count:,} rejected rows: {report.rejections_file}")
    for note in report.notes:
        console.print(Text(note, style="dim"))


def print_finance(console: Console, months: Sequence[Month]) -> None:
    """Print each month's orders and money."""
    headings = ("orders", "ordered", "paid", "unpaid at its end")
    table = data_table(["month"], headings, "Finance (BRL)", no_wrap=True)
    for each in months:
        unpaid = "" if each.unpaid_amount is None else _money(each.unpaid_amount)
        amounts = (_money(each.ordered_amount), _money(each.paid_amount), unpaid)
        table.add_row(each.month, f"{each.orders:,}", *amounts)
    table.add_section()
    ordered = sum((each.ordered_amount for each in months), Decimal(0))
    paid = sum((each.paid_amount for each in months), Decimal(0))
    orders = sum(each.orders for each in months)
    table.add_row("all", f"{orders:,}", _money(ordered), _money(paid), "", style="bold")
    console.print(table)


def print_differences(console: Console, found: Differences) -> None:
    """Print the classes, the orders that differ, and the contradictions."""
    headings = ("orders", "items", "paid", "difference")
    classes = data_table(["class"], headings, "Items against payments (BRL)", no_wrap=True)
    classes.add_column("meaning", style="dim")
    for each in found.classes:
        amounts = (each.item_amount, each.paid_amount, each.difference_amount)
        meaning = CLASSES[each.name][1]
        classes.add_row(each.name, f"{each.orders:,}", *map(_money, amounts), meaning)
    classes.add_section()
    sums = [
        sum((getattr(each, name) for each in found.classes), Decimal(0))
        for name in ("item_amount", "paid_amount", "difference_amount")
    ]
    classes.add_row("all orders", f"{found.order_count:,}", *map(_money, sums), style="bold")
    console.print(classes)
    if found.orders:
        _print_orders(console, found)
    title = "Times that contradict each other"
    errors = data_table(["contradiction"], ["orders"], title, no_wrap=True)
    for name, count in found.time_errors.items():
        errors.add_row(name.replace("_", " "), f"{count:,}")
    console.print(errors)
    console.print(
        f"Orders without items: {found.orders_without_items:,}. "
        f"Payments without their order: {found.payments_without_order:,}, "
        f"{_money(found.payments_without_order_amount)} BRL."
    )


def print_reconciled(console: Console, found: Sequence[ReconciledClass]) -> None:
    """Print what the rule says of the orders of each class."""
    headings = ("orders", "ordered", "paid", "difference")
    table = data_table(["class", "result"], headings, "Orders reconciled (BRL)", no_wrap=True)
    for each in found:
        amounts = (each.ordered_amount, each.paid_amount, each.difference_amount)
        state = each.state or "not due"
        table.add_row(each.name, state, f"{each.orders:,}", *map(_money, amounts))
    console.print(table)


def _print_orders(console: Console, found: Differences) -> None:
    differing = found.order_count - found.by_class["equal"].orders
    shown = min(_SHOWN, len(found.orders))
    texts, amounts = ("order", "day", "class"), ("items", "paid", "difference")
    title = f"Orders that differ: {shown} of {differing:,}"
    orders = data_table(texts, amounts, title, no_wrap=True)
    for each in found.orders[:_SHOWN]:
        orders.add_row(
            each.order_no,
            each.ordered_date.isoformat(),
            each.class_name,
            *map(_money, (each.item_amount, each.paid_amount, each.difference_amount)),
        )
    console.print(orders)


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
