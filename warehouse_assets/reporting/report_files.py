"""The files of a report: a page and a workbook, put into a folder whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resources.errors import SettingsError
from resources.shared_files import make_shared_folder, share
from warehouse_assets.reporting.page import page
from warehouse_assets.reporting.workbook import write_workbook

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from resources.settings import Settings
    from warehouse_assets.reporting.day_report import DayReport

ITEMS_OF_A_RULE = 100_000
"""Items of a rule that a report lists at most; the page shows fewer and says so."""
_FILE_MODE = 0o644


@dataclass(frozen=True)
class ReportFiles:
    """A report's page (HTML) and workbook (.xlsx)."""

    page: Path
    workbook: Path


def report_folder(settings: Settings) -> Path:
    """Where reports are put: LEDGERLAKE_REPORT_FOLDER, or reports in the lake's home."""
    return settings.report_folder or settings.home / "reports"


def write_files(report: DayReport, folder: Path, zone: ZoneInfo) -> ReportFiles:
    """Write the report's page and workbook; a reader never sees one that is half written.

    Args:
        report: The report, with its items.
        folder: Where to put them; made if it is not there.
        zone: The business time zone, for instants.

    Raises:
        SettingsError: If the folder cannot be written to, or a workbook cannot hold the report.
    """
    name = f"reconciliation-{report.day}"
    if report.past is not None:
        name += f"-report-{report.past.number}"
    files = ReportFiles(folder / f"{name}.html", folder / f"{name}.xlsx")
    text = page(report, zone)
    try:
        make_shared_folder(folder)
        _put(files.workbook, lambda path: _write_book(report, path, zone))
        _put(files.page, lambda path: path.write_text(text, encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"the report cannot be written to {folder}: {error.strerror}",
            "Set LEDGERLAKE_REPORT_FOLDER to a folder that can be written to, or give --folder.",
        ) from error
    return files


def _write_book(report: DayReport, path: Path, zone: ZoneInfo) -> None:
    """Write the workbook; what its library says of a full disk in errors of its own is OSError."""
    from xlsxwriter.exceptions import FileCreateError, FileSizeError

    try:
        write_workbook(report, path, zone)
    except FileCreateError as error:
        [cause] = error.args
        raise cause from error
    except FileSizeError as error:
        raise SettingsError(
            f"the report on {report.day} is too large for a workbook",
            "Look at it by rule: ledgerlake reconcile RULE --open.",
        ) from error


def _put(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside the target, and put it there at the end."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=target.suffix)
    os.close(descriptor)
    partial = Path(name)
    try:
        write(partial)
        partial.chmod(_FILE_MODE)
        share(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
