"""What the subcommands of `ledgerlake reconcile` have in common."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from warehouse_assets.command_line.completion import beginning
from warehouse_assets.command_line.options import parsed_day

if TYPE_CHECKING:
    from warehouse_assets.reporting.day_report import DayReport
    from warehouse_assets.reporting.read_report import ReportReader


def _names() -> Iterable[str]:
    from warehouse_assets.modeling.loading.outline_cache import load_outlines
    from warehouse_assets.reporting.read_report import rule_names

    return rule_names(load_outlines())


def _rules(incomplete: str) -> list[str]:
    return beginning(incomplete, _names)


Day = Annotated[
    date | None,
    typer.Option(
        "--partition",
        "-p",
        metavar="DAY",
        parser=parsed_day,
        help="Business date. Default: the latest that has results.",
    ),
]
Rule = Annotated[
    str,
    typer.Argument(
        metavar="RULE",
        help="A reconciliation, such as rec_payment_bill or payment_bill.",
        autocompletion=_rules,
    ),
]
AsReported = Annotated[
    bool,
    typer.Option(
        "--as-reported",
        help="As it was reported then, not as it is known now: the first report on the day.",
    ),
]
ReportNumber = Annotated[
    int | None,
    typer.Option(
        "--report",
        metavar="NUMBER",
        min=1,
        help="As it was reported then, by the report so numbered.",
    ),
]


def report_reader() -> ReportReader:
    """What reads the reports of the lake here."""
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.modeling.loading.outline_cache import load_outlines
    from warehouse_assets.reporting.read_report import ReportReader

    settings = load_settings()
    return ReportReader(ReadOnlyLake(settings), load_outlines(), settings)


def asked_report(
    reader: ReportReader,
    day: date | None,
    as_reported: bool,
    number: int | None,
    rule: str | None = None,
    limit: int = 0,
    only_open: bool = False,
) -> DayReport:
    """The report that the options ask for.

    Args:
        reader: What reads it.
        day: The business date; None: the latest with results, of the rule if one is named.
        as_reported: The first report that was made of the day, in place of what is known now.
        number: The report so numbered.
        rule: One rule only.
        limit: How many items of each rule, at most.
        only_open: Leave out items that people have closed.
    """
    rules = None if rule is None else [rule]
    day = day or reader.latest_day(rules)
    if as_reported or number:
        return reader.as_reported(day, number, rules, limit, only_open)
    return reader.as_known(day, rules, limit, only_open)
