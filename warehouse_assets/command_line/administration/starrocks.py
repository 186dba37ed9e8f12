"""ledgerlake starrocks: let StarRocks serve the lake, and compare what it shows with the lake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from warehouse_assets.command_line.command import HelpCommand, HelpGroup, own_command, with_panels
from warehouse_assets.command_line.output.console import errors, note, output
from warehouse_assets.command_line.output.formatting import counted, duration
from warehouse_assets.command_line.output.listing import data_table

if TYPE_CHECKING:
    from resources.starrocks.refresh.status import TableStatus
    from resources.starrocks.views.served_table import ServedTable

starrocks = typer.Typer(
    cls=HelpGroup,
    name="starrocks",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Let StarRocks serve the lake: `setup` it once, see its `status`.",
)

_OPENLY = (
    "Passwords go to another host over a connection that is not proven to be StarRocks': set "
    "LEDGERLAKE_STARROCKS_TLS_AUTHORITY unless the network is your own."
)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the statements, send none.")]
Replace = Annotated[
    bool, typer.Option("--replace", help="Drop the external catalog there, and create it anew.")
]
CatalogName = Annotated[
    str | None,
    typer.Option(
        "--catalog", metavar="NAME", help="The external catalog's name: only the lake's own."
    ),
]


@starrocks.command(cls=HelpCommand)
@with_panels
def setup(dry_run: DryRun = False, replace: Replace = False, catalog: CatalogName = None) -> None:
    """Create the external catalog, the service user with its grants, the database and the views.

    First it gives StarRocks a role in the catalog's PostgreSQL that reads the catalog's tables and
    no more, and sees that StarRocks' key to the S3 only reads.

    Can be run again: it sends what is missing. It logs in as LEDGERLAKE_STARROCKS_ADMIN_USER.
    Printed statements have placeholders for passwords.
    """
    from resources.settings import load_settings
    from resources.starrocks.setup.setup import Setup, create_views, version_for_printing
    from resources.starrocks.views.view_definition import view_definition

    settings, served = load_settings(), _served()
    planned = Setup.of(settings, catalog)
    if dry_run:
        version, guessed = version_for_printing(settings)
        for statement in planned.in_the_database():
            _print_statement(statement)
        for statement in planned.statements(version):
            _print_statement(str(statement))
        for each in served:
            if each.view is not None:
                _print_statement(view_definition(settings, each).create)
        if guessed:
            errors().print(Text(guessed, style="yellow"))
        return
    if planned.sends_openly:
        errors().print(Text(_OPENLY, style="yellow"))
    version = planned.run(_print_statement, [each.spec for each in served], replace)
    create_views(settings, served, _print_statement)
    note(
        f"StarRocks {version} shows the lake's catalog {settings.catalog_name} to "
        f"{settings.starrocks_user}; {counted(len(served), 'table')} served."
    )


@starrocks.command(cls=HelpCommand)
@with_panels
def policy() -> None:
    """Print the policy of StarRocks' key to the S3, as AWS's IAM and MinIO take it."""
    from resources.settings import load_settings
    from resources.starrocks.setup.reader_key import read_policy

    output().print(Text(read_policy(load_settings())), soft_wrap=True)


@starrocks.command(cls=HelpCommand)
@with_panels
def status() -> None:
    """Compare each served table's snapshot in the lake with the one that StarRocks shows.

    Ends with code 1 if StarRocks does not show, of any table, what is published.
    """
    from resources.settings import load_settings
    from resources.starrocks.refresh.status import statuses

    settings = load_settings()
    found = statuses(settings, [each.spec for each in _served()])
    _print_statuses(found)
    ill = [each for each in found if not each.is_well]
    if ill:
        note(
            f"{counted(len(ill), 'table')} not verified. The daemon corrects this by itself; what "
            f"it cannot correct needs {own_command('starrocks setup')}."
        )
        raise typer.Exit(1)


def _served() -> Sequence[ServedTable]:
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

    return load_warehouse().served


def _print_statement(statement: str) -> None:
    """Print it as a MySQL client accepts it."""
    output().print(Text(f"{statement};"), soft_wrap=True)


def _print_statuses(found: Sequence[TableStatus]) -> None:
    shown = data_table(["table"], ["lake's snapshot", "StarRocks' snapshot"], no_wrap=True)
    shown.add_column("state", no_wrap=True)
    shown.add_column("behind", justify="right", no_wrap=True)
    shown.add_column("last error", overflow="fold", ratio=1)
    for each in found:
        shown.add_row(
            each.table.name,
            str(each.lake_snapshot or ""),
            str(each.shown_snapshot or ""),
            Text(each.state or "not published", style="" if each.is_well else "red"),
            "" if each.lag_seconds is None else duration(each.lag_seconds),
            (each.error or "").partition("\nNext step:")[0],
        )
    output().print(shown)
