"""ledgerlake status: what needs a person, first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.text import Text

from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.json_output import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse_assets.command_line.inspection.findings import Finding
    from warehouse_assets.modeling.loading.outline import Outlines

_STYLES = {"warning": "yellow", "stale": "yellow", "delivery changed": "yellow"}


def status(as_json: AsJson = False) -> None:
    """Say what needs a person: late days, failed runs, refused or changed deliveries, stale days.

    Warnings of checks, which stop nothing, come last. Ends with code 1 if something needs a
    person.

    **Example**

    `ledgerlake status || mail -s "The lake" duty@example.com`
    """
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.command_line.inspection.findings import findings_of
    from warehouse_assets.command_line.inspection.table_state import TableStates
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    settings, outlines = load_settings(), load_outlines()
    lake = ReadOnlyLake(settings)
    look = TableStates(outlines, lake, settings)
    states = [look.of(table) for table in outlines.tables.values()]
    found = findings_of(states, lake, settings)
    needs = [each for each in found if each.needs_person]
    if as_json:
        _print_as_json(found, outlines)
    else:
        _print(found, outlines)
        verdict = (
            f"{len(needs):,} things need a person."
            if len(needs) != 1
            else "1 thing needs a person."
        )
        note(f"{verdict if needs else 'Nothing needs a person.'} Lake: {settings.home}")
    if needs or outlines.problems:
        raise typer.Exit(1)


def _print(found: Sequence[Finding], outlines: Outlines) -> None:
    from warehouse_assets.command_line.inspection.tables import show_problems
    from warehouse_assets.command_line.output.listing import Heading, Listing

    show_problems(outlines)
    if not found:
        output().print("[green]✓[/] Every table is on time and up to date.")
        return
    shown = Listing((Heading("table"), Heading("needs"), Heading("what it is", long=True)))
    for each in found:
        shown.add(each.table, Text(each.kind, style=_STYLES.get(each.kind, "red")), each.text)
    shown.print()


def _print_as_json(found: Sequence[Finding], outlines: Outlines) -> None:
    from warehouse_assets.command_line.output.json_output import print_json

    print_json(
        {
            "needs_person": any(each.needs_person for each in found) or bool(outlines.problems),
            "findings": [
                {
                    "kind": each.kind,
                    "table": each.table,
                    "text": each.text,
                    "days": each.days,
                    "needs_person": each.needs_person,
                }
                for each in found
            ],
            "problems": [message for message, _ in outlines.problems],
        }
    )
