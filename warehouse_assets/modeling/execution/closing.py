"""Closing the books through a business date, and reopening them: who may, and what is on record."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from resources.errors import InputMissing, PublishConflict, SettingsError
from resources.lake.closing.book_closing import Action, BookClosing, Books
from resources.lake.closing.closing_record import add_closing, new_closing, read_books
from resources.lake.model.window import Window, named_days
from warehouse_assets.modeling.execution.finality import Awaited, Finality
from warehouse_assets.modeling.execution.stale_partitions import MADE_AGAIN, stale_partitions
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.execution.taken_back import TakenBack, take_back_supplements

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.model.publication_record import Partition
    from resources.settings import Settings
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

_PROBLEMS_NAMED = 5


def close_books(
    warehouse: Warehouse,
    lake: Lake,
    settings: Settings,
    through: date,
    decided_by: str,
    reason: str | None = None,
    force: bool = False,
) -> tuple[Books, bool]:
    """Close the books through a business date; nothing, where they are closed that far already.

    Every table that closes with the books must be published, final and up to date on every day
    that is closed, and so must be all it is made of.

    Args:
        warehouse: The tables.
        lake: The lake.
        settings: Where the lake begins, and where deliveries lie.
        through: The last business date to close.
        decided_by: Who closes.
        reason: Why; needed with `force`.
        force: Close although something is missing, which goes on record with the reason.

    Returns:
        The books as they are then, and whether this call closed them.

    Raises:
        InputMissing: If a day is not final, not published or not up to date; names what is missing.
        PublishConflict: If somebody reopened earlier days meanwhile.
        SettingsError: If the day is not over, a reason is missing, or no table closes.
    """
    tables = closing_tables(warehouse)
    latest = settings.last_complete_date()
    if through > latest:
        raise SettingsError(
            f"{through} is not over yet in {settings.time_zone}, where this lake counts days",
            f"Close through {latest} at the latest.",
        )
    if through < settings.first_date:
        raise SettingsError(
            f"{through} is before the first date of this lake, {settings.first_date}",
            f"Close through {settings.first_date} or later.",
        )
    if force and not (reason or "").strip():
        raise SettingsError("closing days that are not final needs a reason", "Add --reason.")
    books = read_books(lake)
    if books.is_closed(through):
        return books, False
    window = Window.of_days(books.first_open_day or settings.first_date, through)
    problems = _not_final(warehouse, tables, lake, settings, window)
    if problems and not force:
        names = " ".join(f"+{table.name}" for table in tables)
        raise InputMissing(
            f"the books cannot be closed through {through}:\n" + "\n".join(_shown(problems)),
            "Wait for what is to be delivered, and make what is not up to date: ledgerlake "
            f"materialize {names} --from {window.start} --to {window.last} --stale. To close all "
            "the same: --force --reason.",
        )

    added: list[BookClosing] = []

    def decide(now: Books) -> BookClosing | None:
        if now.is_closed(through):
            return None
        if (now.first_open_day or settings.first_date) < window.start:
            raise PublishConflict(
                f"{now.closings[-1].decided_by} reopened the books before {window.start} while "
                "it was looked whether the days are final; nothing is closed",
                "Close again.",
            )
        not_final = "; ".join(problems) or None
        added.append(
            new_closing(now, Action.CLOSE, through, through, decided_by, reason, not_final)
        )
        return added[-1]

    return add_closing(lake, [table.spec for table in tables], decide), bool(added)


def reopen_books(
    warehouse: Warehouse,
    lake: Lake,
    settings: Settings,
    first: date,
    decided_by: str,
    reason: str,
) -> tuple[Books, list[TakenBack]]:
    """Reopen the books from a closed business date on.

    What was posted in later days, for closed ones, is taken back there before; the days that it
    was for are stale then, and are made again.

    Returns:
        The books as they are then, and what was taken back.

    Raises:
        SettingsError: If the day is open, or there is no reason.
        PublishConflict: If a run published one of the days meanwhile; the books stay closed.
    """
    if not reason.strip():
        raise SettingsError("reopening the books needs a reason", "Add --reason.")

    def decide(books: Books) -> BookClosing:
        _require_closed(books, first)
        through = first - timedelta(days=1) if first > settings.first_date else None
        return new_closing(books, Action.REOPEN, first, through, decided_by, reason)

    tables, books = closing_tables(warehouse), read_books(lake)
    _require_closed(books, first)
    run_id = f"reopening-{uuid.uuid4()}"
    taken = _taken_back(tables, lake, books, first, run_id)
    books = add_closing(lake, [table.spec for table in tables], decide)
    # Once more, for a run may have posted between the two; from now on none does.
    return books, [*taken, *_taken_back(tables, lake, books, first, run_id)]


def _taken_back(
    tables: Sequence[Table], lake: Lake, books: Books, first: date, run_id: str
) -> list[TakenBack]:
    return [
        each
        for table in tables
        for each in take_back_supplements(table, lake, books, first, run_id)
    ]


def _require_closed(books: Books, first: date) -> None:
    if books.is_closed(first):
        return
    through = books.closed_through
    closed = f"closed through {through}" if through else "not closed"
    raise SettingsError(
        f"the books of {first} are open", f"They are {closed}: ledgerlake close --list."
    )


def closing_tables(warehouse: Warehouse) -> list[Table]:
    """The tables that close with the books.

    Raises:
        SettingsError: If there is none.
    """
    tables = [table for table in warehouse.tables.values() if table.closes_with_books]
    if not tables:
        raise SettingsError(
            "no table closes with the books", "Declare it with closes_with_books=True."
        )
    return tables


def _not_final(
    warehouse: Warehouse, tables: Sequence[Table], lake: Lake, settings: Settings, window: Window
) -> list[str]:
    """What keeps the days from being closed, a line each."""
    staleness = Staleness(warehouse, lake, settings)
    finality = Finality(warehouse, lake, staleness.snapshot)
    lines: list[str] = []
    for day in window:
        awaited = Awaited.of_all(finality.awaited(table, day) for table in tables)
        if awaited:
            lines.append(f"{day}: provisional, waits for {awaited}")
    made_of = list(warehouse.made_of(*(table.name for table in tables)).tables.values())
    for name, reasons in stale_partitions(made_of, window, staleness).items():
        stale: dict[str, list[Partition]] = {}
        for day, reason in reasons.items():
            # What is only made again after another table follows from that table's line.
            if not reason.endswith(MADE_AGAIN):
                stale.setdefault(reason, []).append(day)
        for reason, found in stale.items():
            on = named_days(day for day in found if day is not None)
            lines.append(f"{name} {on}: {reason}" if on else f"{name}: {reason}")
    return lines


def _shown(problems: Sequence[str]) -> list[str]:
    more = len(problems) - _PROBLEMS_NAMED
    return [*problems[:_PROBLEMS_NAMED], *([f"and {more} more"] if more > 0 else [])]
