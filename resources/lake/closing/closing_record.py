"""Reading the record of closed books, adding to it, and holding a publish to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from resources.errors import PublishConflict
from resources.identifiers import quoted_list, text_literal
from resources.lake.closing.book_closing import BOOK_CLOSING, Action, BookClosing, Books
from resources.lake.model.publication_record import PublishContext

if TYPE_CHECKING:
    from resources.lake.lake import Lake
    from resources.lake.model.table_spec import TableSpec

Decide = Callable[[Books], BookClosing | None]
"""Says what is to be added to the books as they are; None: nothing."""


def read_books(lake: Lake) -> Books:
    """The books as they are closed now; without a record nothing is closed.

    Raises:
        StorageError: If the record cannot be read.
    """
    snapshot = lake.snapshot(BOOK_CLOSING)
    if not snapshot.published:
        return Books()
    from resources.duckdb.engine import lake_session

    names = [column.name for column in BOOK_CLOSING.columns]
    locations = [snapshot.location] if snapshot.location else []
    with lake_session(lake.settings, locations) as connection:
        rows = connection.execute(
            f"SELECT {quoted_list(names)} FROM ({lake.relation_sql(snapshot, None)}) "
            "ORDER BY closing_no"
        ).fetchall()
    closings = tuple(BookClosing(no, Action(action), *rest) for no, action, *rest in rows)
    return Books(closings, snapshot.published[None])


def require_as_closed(lake: Lake, books: Books, days: Collection[date]) -> None:
    """Check, while a publish of the days holds its lock, that the books are as its run read them.

    Raises:
        PublishConflict: If one of the days was closed or reopened since, or one of them is closed
            and another day takes its supplements.
    """
    if lake.snapshot(BOOK_CLOSING).published.get(None) == books.publication_id:
        return
    now = read_books(lake)
    closed = books.closed(days)
    moved = bool(closed) and now.first_open_day != books.first_open_day
    if now.closed(days) == closed and not moved:
        return
    last = now.closings[-1]
    done = "closed" if last.action is Action.CLOSE else "reopened"
    raise PublishConflict(
        f"{last.decided_by} {done} the books ({last.business_date}) while rows were staged; "
        "nothing of this run is published",
        "Run again.",
    )


def add_closing(lake: Lake, closed_tables: Iterable[TableSpec], decide: Decide) -> Books:
    """Add what `decide` says to the record, with nothing published meanwhile to the closed tables.

    Of several who close at once, each decides by what those before it have added. A run that was
    under way is refused when it comes to publish, see `require_as_closed`.

    Returns:
        The books as they are afterwards.

    Raises:
        PublishConflict: If somebody else, with other tables, added to the record at once.
        StorageError: If the record cannot be written.
    """
    from resources.duckdb.engine import lake_session
    from resources.lake.catalog.locks.locks import commit_lock
    from resources.lake.publish.merge import Merge, merge

    with ExitStack() as locks:
        # In one order: two who wait for each other's locks would wait for ever.
        for spec in sorted(closed_tables, key=lambda each: each.full_name):
            locks.enter_context(commit_lock(lake.settings, spec))
        run_id = f"closing-{uuid.uuid4()}"
        with lake.write(BOOK_CLOSING, None, run_id) as write:
            books = read_books(lake)
            closing = decide(books)
            if closing is None:
                return books
            locations = [write.base.location] if write.base.location else []
            with lake_session(lake.settings, locations) as connection:
                context = PublishContext(run_id, code_version="")
                merge(write, Merge(_row(closing)), connection, context)
    return read_books(lake)


def new_closing(
    books: Books,
    action: Action,
    business_date: date,
    closed_through: date | None,
    decided_by: str,
    reason: str | None,
    not_final: str | None = None,
) -> BookClosing:
    """The next closing, decided now."""
    return BookClosing(
        closing_no=len(books.closings) + 1,
        action=action,
        business_date=business_date,
        closed_through=closed_through,
        decided_by=decided_by,
        decided_at=datetime.now(UTC),
        reason=reason,
        not_final=not_final,
    )


def _row(closing: BookClosing) -> str:
    values = (
        column.cast(_literal(getattr(closing, column.name))) for column in BOOK_CLOSING.columns
    )
    return f"SELECT {', '.join(values)}"


def _literal(value: object) -> str:
    return "NULL" if value is None else text_literal(str(value))
