"""Options that several commands have, and the business dates that they ask for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from resources.errors import SettingsError
from resources.lake.model.window import Window

if TYPE_CHECKING:
    from resources.settings import Settings


def parsed_day(text: str) -> date:
    """A date such as 2026-11-19.

    Raises:
        typer.BadParameter: If it is none; the command ends with exit code 2.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2026-11-19") from None


FIRST = typer.Option("--from", metavar="DAY", parser=parsed_day, help="First business date.")
LAST = typer.Option("--to", metavar="DAY", parser=parsed_day, help="Last business date, included.")

Partition = Annotated[
    date | None,
    typer.Option("--partition", "-p", metavar="DAY", parser=parsed_day, help="One business date."),
]
First = Annotated[date | None, FIRST]
Last = Annotated[date | None, LAST]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def asked_range(
    partition: date | None,
    first: date | None,
    last: date | None,
    one_day: str = "; for one day give --partition",
) -> Window | None:
    """The days that --partition, or --from and --to, ask for; None if none is given.

    `one_day` ends the error about one of two options: a command may have no --partition.

    Raises:
        typer.BadParameter: If they contradict each other.
    """
    if partition and (first or last):
        raise typer.BadParameter("give --partition, or --from and --to, not both")
    if bool(first) != bool(last):
        raise typer.BadParameter(f"--from and --to go together{one_day}")
    first, last = first or partition, last or partition
    if first is None or last is None:
        return None
    if last < first:
        raise typer.BadParameter(f"--from {first} is after --to {last}")
    return Window.of_days(first, last)


def asked_window(
    settings: Settings, partition: date | None, first: date | None, last: date | None
) -> Window | None:
    """The same, of days that the lake has.

    Raises:
        typer.BadParameter: If the options contradict each other.
        SettingsError: If the lake does not have such a day, or not yet.
    """
    window = asked_range(partition, first, last)
    if window is None:
        return None
    latest = settings.last_complete_date()
    if window.start < settings.first_date:
        raise SettingsError(
            f"{window.start} is before the first date of this lake, {settings.first_date}",
            f"Ask for days from {settings.first_date} to {latest}; LEDGERLAKE_FIRST_DATE in "
            f"{settings.home / 'settings.env'} says where the lake begins.",
        )
    if window.last > latest:
        raise SettingsError(
            f"{window.last} is not over yet in {settings.time_zone}, where this lake counts days",
            f"Ask for days up to {latest}.",
        )
    return window
