"""Writes the landing folder: one folder for each source and day, each complete or absent."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from examples.olist.report import Delivered
from examples.olist.shop_rows import DELIVERIES, Delivery
from resources.errors import SettingsError, StorageError
from resources.identifiers import text_literal
from resources.lake.model.window import Window

DONE_MARKER = "_SUCCESS"
OWNER_MARKER = "_olist"


def claim(landing: Path) -> None:
    """Make the landing folder this mapping's own.

    Raises:
        SettingsError: If something else delivers into it.
        StorageError: If it cannot be made.
    """
    for delivery in DELIVERIES:
        folder = landing / delivery.source
        if not (landing / OWNER_MARKER).exists() and folder.is_dir() and any(folder.iterdir()):
            raise SettingsError(
                f"{folder} holds deliveries that are not Olist's",
                "Name an empty folder as the landing folder.",
            )
    try:
        landing.mkdir(parents=True, exist_ok=True)
        (landing / OWNER_MARKER).touch()
    except OSError as error:
        raise StorageError(f"{landing} cannot be written: {error}", "Grant access.") from error


def deliver(
    connection: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    landing: Path,
    window: Window,
    folders: Sequence[str] = (),
) -> Delivered:
    """Write every day of the window; a day without rows is a folder with the marker alone.

    `folders` are there on every day, also where nothing lies in them. A day that is there already
    with the same bytes is left alone, and days outside the window go.

    Raises:
        StorageError: If a file cannot be written; the days before are complete.
    """
    try:
        connection.execute(
            f"CREATE TABLE {delivery.table} AS "
            f"{delivery.select} ORDER BY delivery_date, {delivery.order_by}"
        )
        rows: dict[date, int] = dict(
            connection.execute(
                f"SELECT delivery_date, count(*) FROM {delivery.table} GROUP BY ALL"
            ).fetchall()
        )
        folder = landing / delivery.source
        folder.mkdir(parents=True, exist_ok=True)
        changed = _remove_outside(folder, window)
        for day in window:
            _make_folders(folder / day.isoformat(), folders)
            changed += _deliver_day(connection, delivery, folder, day, rows.get(day, 0))
        connection.execute(f"DROP TABLE {delivery.table}")
    except (OSError, duckdb.IOException) as error:
        raise StorageError(
            f"{delivery.source} could not be delivered into {landing}: {error}",
            "Make room or grant access there, then map the export again.",
        ) from error
    inside = sum(count for day, count in rows.items() if day in window)
    return Delivered(delivery.source, inside, sum(rows.values()) - inside, changed)


def deliver_nothing(
    source: str, landing: Path, window: Window, folders: Sequence[str] = ()
) -> None:
    """Deliver every day of a source as complete and without rows, with these folders.

    Raises:
        StorageError: If a folder cannot be made.
    """
    folder = landing / source
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_outside(folder, window)
        for day in window:
            _make_folders(folder / day.isoformat(), folders)
            (folder / day.isoformat() / DONE_MARKER).touch()
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error}", "Grant access.") from error


def _make_folders(day: Path, folders: Sequence[str]) -> None:
    for place in ("", *folders):
        (day / place).mkdir(parents=True, exist_ok=True)


def _deliver_day(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, folder: Path, day: date, rows: int
) -> bool:
    """Make the day's folder hold its rows; the marker goes first and comes last."""
    part, target = folder / f".part.{delivery.suffix}", folder / day.isoformat()
    name = f"{delivery.folder}part-00000.{delivery.suffix}"
    if rows:
        connection.execute(
            f"COPY (SELECT * EXCLUDE (delivery_date) FROM {delivery.table} "
            f"WHERE delivery_date = DATE '{day}' ORDER BY {delivery.order_by}) "
            f"TO {text_literal(str(part))} ({delivery.copy_options})"
        )
    wanted = {DONE_MARKER, name} if rows else {DONE_MARKER}
    found = {entry.relative_to(target).as_posix() for entry in target.rglob("*") if entry.is_file()}
    if found == wanted and (not rows or filecmp.cmp(part, target / name, shallow=False)):
        part.unlink(missing_ok=True)
        return False
    (target / DONE_MARKER).unlink(missing_ok=True)
    for stale in found - {DONE_MARKER}:
        (target / stale).unlink()
    target.mkdir(exist_ok=True)
    if rows:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        part.rename(target / name)
    (target / DONE_MARKER).touch()
    return True


def _remove_outside(folder: Path, window: Window) -> int:
    wanted = {day.isoformat() for day in window}
    removed = [entry for entry in folder.iterdir() if entry.is_dir() and entry.name not in wanted]
    for entry in removed:
        shutil.rmtree(entry)
    return len(removed)
