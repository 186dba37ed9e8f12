"""ledgerlake reconcile report: the page and the workbook of a day, made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from warehouse_assets.command_line.options import AsJson
from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.reconciliation.options import (
    AsReported,
    Day,
    ReportNumber,
    asked_report,
    report_reader,
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        "-f",
        metavar="FOLDER",
        help="Where to put them. Default: LEDGERLAKE_REPORT_FOLDER, or reports in the lake's home.",
    ),
]


def report(
    partition: Day = None,
    folder: Folder = None,
    as_reported: AsReported = False,
    number: ReportNumber = None,
    as_json: AsJson = False,
) -> None:
    """Write the day's report as a page (HTML) and a workbook (Excel); send it to nobody.

    What is there of the same day is replaced; a past report has its number in its name.

    **Example**

    `ledgerlake reconcile report --partition 2026-11-19 --folder /srv/finance`
    """
    from warehouse_assets.command_line.reconciliation.overview import (
        print_standing,
        standing_document,
    )
    from warehouse_assets.reporting.report_files import (
        ITEMS_OF_A_RULE,
        report_folder,
        write_files,
    )

    reader = report_reader()
    found = asked_report(reader, partition, as_reported, number, limit=ITEMS_OF_A_RULE)
    files = write_files(found, folder or report_folder(reader.settings), reader.settings.zone)
    if as_json:
        standing = standing_document(found.date_standing)
        print_json({"day": found.day, **standing, "page": files.page, "workbook": files.workbook})
        return
    output().print(f"{files.page}\n{files.workbook}", soft_wrap=True, markup=False)
    print_standing(found.day, found.date_standing)
