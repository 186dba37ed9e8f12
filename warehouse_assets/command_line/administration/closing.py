"""ledgerlake close and reopen: the books of business dates, and the record of both."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse_assets.command_line.options import AsJson, parsed_day
from warehouse_assets.command_line.output.console import errors, note, output
from warehouse_assets.command_line.output.formatting import counted, moment
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.output.listing import Listing

if TYPE_CHECKING:
    from resources.lake.closing.book_closing import Books
    from resources.settings import Settings
    from warehouse_assets.modeling.execution.taken_back import TakenBack

Through = Annotated[
    date | None,
    typer.Option(
        "--through", metavar="DAY", parser=parsed_day, help="Last business date to close."
    ),
]
From = Annotated[
    date,
    typer.Option("--from", metavar="DAY", parser=parsed_day, help="First business date to reopen."),
]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides. Default: the user.")
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why.")]
NeededReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")]
Force = Annotated[
    bool,
    typer.Option("--force", help="Although days are not final; what is missing goes on record."),
]
List = Annotated[bool, typer.Option("--list", help="Show who closed and reopened what, and why.")]


def close(
    through: Through = None,
    by: By = None,
    reason: Reason = None,
    force: Force = False,
    list_: List = False,
    as_json: AsJson = False,
) -> None:
    """Close the books through a business date: what was reported of it stays as it is.

    From then on a run that would change a closed day of the journal posts the difference in the
    first open day instead, and the tables that finance reports keep their closed days. Days are
    closed once they are final and everything is up to date. Closing further is closing again.

    **Examples**

    `ledgerlake close --through 2026-11-16`

    `ledgerlake close --list`
    """
    from resources.lake.closing.closing_record import read_books
    from resources.lake.lake import Lake
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings

    if list_ and through:
        raise typer.BadParameter("--list goes without --through")
    if not list_ and not through:
        raise typer.BadParameter("give --through DAY, or --list")
    settings = load_settings()
    ReadOnlyLake(settings)  # Where there is no lake, none is made.
    if through is None:
        _show(read_books(ReadOnlyLake(settings)), settings, as_json)
        return
    from warehouse_assets.modeling.execution.closing import close_books
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables

    with errors().status("Looking whether the days are final"):
        books, is_new = close_books(
            load_whole_tables(), Lake(settings), settings, through, _who(by), reason, force
        )
    last = books.closings[-1]
    if as_json:
        _show(books, settings, as_json)
    elif is_new:
        output().print(f"The books are closed through {last.closed_through}.", markup=False)
        note(
            f"What changes in closed days is posted in {books.first_open_day}. "
            "Tables: ledgerlake tables; record: ledgerlake close --list."
        )
    else:
        at = moment(last.decided_at, settings.zone)
        output().print(
            f"The books are closed through {last.closed_through} already, by {last.decided_by} "
            f"at {at}.",
            markup=False,
        )


def reopen(first: From, reason: NeededReason, by: By = None, as_json: AsJson = False) -> None:
    """Reopen the books from a closed business date on. It needs a reason, which goes on record.

    Runs change the reopened days again; `ledgerlake tables` shows which are stale. What was posted
    for them in later days is taken back there, and posted on the days themselves by the next run.

    **Example**

    `ledgerlake reopen --from 2026-11-12 --reason "the bank's statement of the 12th was wrong"`
    """
    from resources.lake.lake import Lake
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.modeling.execution.closing import reopen_books
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables

    settings = load_settings()
    ReadOnlyLake(settings)  # Where there is no lake, none is made.
    warehouse = load_whole_tables()
    books, taken_back = reopen_books(warehouse, Lake(settings), settings, first, _who(by), reason)
    if as_json:
        _show(books, settings, as_json, taken_back)
        return
    through = books.closed_through
    now = f"closed through {through}" if through else "closed for no day"
    output().print(f"The books are open from {first} on, and {now}.", markup=False)
    for each in taken_back:
        note(str(each))
    again = min([first, *(day for each in taken_back for day in each.corrected)])
    note(f"Make the days again: ledgerlake materialize all --from {again} --to DAY --stale.")


def _who(by: str | None) -> str:
    return by or getpass.getuser()


def _show(
    books: Books, settings: Settings, as_json: bool, taken_back: Sequence[TakenBack] | None = None
) -> None:
    if as_json:
        document = {
            "closed_through": books.closed_through,
            "first_open_day": books.first_open_day,
            "closings": [vars(closing) for closing in books.closings],
        }
        if taken_back is not None:
            document["taken_back"] = [vars(each) for each in taken_back]
        print_json(document, settings.zone)
        return
    shown = Listing(
        ["no", "when", "who", "action", "day", "closed through", "reason", "not final"],
        right=["no"],
        long=["reason", "not final"],
    )
    for each in books.closings:
        shown.add(
            str(each.closing_no),
            moment(each.decided_at, settings.zone),
            each.decided_by,
            str(each.action),
            str(each.business_date),
            str(each.closed_through or ""),
            each.reason or "",
            each.not_final or "",
        )
    shown.print()
    through = books.closed_through
    state = f"closed through {through}" if through else "not closed"
    note(f"{counted(len(books.closings), 'decision')}. The books are {state}.")
