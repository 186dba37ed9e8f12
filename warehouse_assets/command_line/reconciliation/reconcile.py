"""ledgerlake reconcile: the reconciliations of a day, one of them, one item of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from warehouse_assets.command_line.command import HelpCommand, HelpGroup, with_panels
from warehouse_assets.command_line.options import AsJson
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.reconciliation.decide import confirm, reject, write_off
from warehouse_assets.command_line.reconciliation.options import (
    AsReported,
    Day,
    ReportNumber,
    Rule,
    asked_report,
    report_reader,
)
from warehouse_assets.command_line.reconciliation.report import report

_SHOW = "show"


class _RuleOrCommand(HelpGroup):
    """A group whose first argument may be a rule: `reconcile RULE` is `reconcile show RULE`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments ask for, and the arguments that are left for it."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            return _SHOW, self.get_command(ctx, _SHOW), args
        return super().resolve_command(ctx, args)


reconcile = typer.Typer(
    cls=_RuleOrCommand,
    name="reconcile",
    invoke_without_command=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Item = Annotated[
    str | None,
    typer.Argument(
        metavar="[ITEM]",
        help="An item, such as left:P1; or a row of it, or its key.",
        show_default=False,
    ),
]
OnlyOpen = Annotated[
    bool, typer.Option("--open", help="Only what is open; else what people closed, too.")
]
Limit = Annotated[int, typer.Option("--limit", "-n", metavar="ITEMS", min=1, help="Items at most.")]


@reconcile.callback(invoke_without_command=True)
@with_panels
def overview(
    context: typer.Context,
    partition: Day = None,
    as_reported: AsReported = False,
    number: ReportNumber = None,
    as_json: AsJson = False,
) -> None:
    """Show what agreed on a day and what did not: all reconciliations, or one, or one item.

    Items are matched, open since the day, carried from earlier days, overdue, or closed by people.
    Amounts of items are summed up without their signs, so that a surplus hides no lack; net is
    left less right. The bars are the open items of the last 14 days.

    **Examples**

    `ledgerlake reconcile`

    `ledgerlake reconcile payment_bill --open`

    `ledgerlake reconcile payment_bill left:P1`

    `ledgerlake reconcile --partition 2026-11-19 --as-reported`
    """
    if context.invoked_subcommand is not None:
        if partition or as_reported or number or as_json:
            raise typer.BadParameter("write the options behind the rule, or behind the command")
        return
    from warehouse_assets.command_line.reconciliation.overview import (
        print_overview,
        report_document,
    )

    reader = report_reader()
    found = asked_report(reader, partition, as_reported, number)
    if as_json:
        print_json(report_document(found), reader.settings.zone)
    else:
        print_overview(found, reader.settings.zone)


@reconcile.command(_SHOW, cls=HelpCommand)
@with_panels
def show(
    rule: Rule,
    item: Item = None,
    only_open: OnlyOpen = False,
    partition: Day = None,
    as_reported: AsReported = False,
    number: ReportNumber = None,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show one reconciliation, or one item of it; `show` may be left out.

    Overdue items come first, then the largest. An item is shown with the rows of both sides, the
    delivered lines they came from, and its history.

    **Examples**

    `ledgerlake reconcile payment_bill --open --limit 50`

    `ledgerlake reconcile show payment_bill left:P1 --json`
    """
    from warehouse_assets.reporting.read_report import rule_named

    reader = report_reader()
    name = rule_named(reader.outlines, rule).name
    if item is not None:
        if only_open or as_reported or number:
            raise typer.BadParameter("--open, --as-reported and --report are about a rule's items")
        _show_item(name, item, partition, as_json)
        return
    from warehouse_assets.command_line.reconciliation.rule_view import (
        print_rule,
        rule_view_document,
    )

    found = asked_report(reader, partition, as_reported, number, name, limit, only_open)
    if as_json:
        print_json(rule_view_document(found), reader.settings.zone)
    else:
        print_rule(found, reader.settings.zone, only_open)


def _show_item(name: str, item: str, partition: Day, as_json: bool) -> None:
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.command_line.reconciliation.item_view import item_document, print_item
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
    from warehouse_assets.reporting.item import ItemFinder

    settings = load_settings()
    lake = ReadOnlyLake(settings)
    story = ItemFinder(load_whole_tables(), lake, settings, name).find(item, partition)
    if as_json:
        print_json(item_document(story), settings.zone)
    else:
        print_item(story, settings.zone)


reconcile.command("confirm", cls=HelpCommand)(with_panels(confirm))
reconcile.command("reject", cls=HelpCommand)(with_panels(reject))
reconcile.command("write-off", cls=HelpCommand)(with_panels(write_off))
reconcile.command("report", cls=HelpCommand)(with_panels(report))
