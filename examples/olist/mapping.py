"""Maps a folder of the public Olist CSVs onto the landing folder that the ODS tables read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from examples.olist import shop_rows
from examples.olist.delivering import claim, deliver, deliver_nothing
from examples.olist.preparing import (
    mapping_session,
    read_nothing,
    refuse_collisions,
    reject_orphans,
    remarks,
    traded_window,
)
from examples.olist.reading.exports import EXPORTS
from examples.olist.reading.rows import read_export
from examples.olist.report import (
    REJECTED_FILE,
    REJECTED_SHOWN,
    Delivered,
    FileRead,
    MappingReport,
    RejectedRow,
)
from examples.olist.tables import declared_folders, sources_without_rows
from resources.errors import InputMissing, StorageError
from resources.identifiers import text_literal
from resources.lake.model.window import Window
from resources.settings import Settings

OnStep = Callable[[str], None]
OnWindow = Callable[[Window], object]


def map_olist(
    folder: Path,
    landing: Path,
    settings: Settings,
    reference: Path | None = None,
    window: Window | None = None,
    on_step: OnStep | None = None,
    on_window: OnWindow | None = None,
) -> MappingReport:
    """Deliver the export in `folder` into `landing`, once a business date, for every source.

    Args:
        folder: Holds the CSVs under their public names.
        landing: Root of the delivered files; a mapping before this one may have filled it.
        settings: The business time zone, and what memory and threads the engine may use.
        reference: Where files that are not in `folder` are looked for.
        window: The days to deliver; None is all, from the first event to the last. Whoever and
            whatever is known before them is delivered on the first of them.
        on_step: Told what is being read or delivered.
        on_window: Told the days before anything is delivered; may raise to stop that.

    Raises:
        InputMissing: If a file that the figures need is not there.
        SourceError: If a file cannot be read, lacks a column, or its dates are ambiguous.
        SettingsError: If something else delivers into `landing`.
        StorageError: If a file cannot be written.
    """
    tell = on_step or (lambda _: None)
    paths = find_files(folder, reference)
    claim(landing)
    with mapping_session(settings) as connection:
        files: list[FileRead] = []
        notes: list[str] = []
        for export in EXPORTS:
            path = paths.get(export.name)
            if path is None:
                read_nothing(connection, export)
                notes.append(f"{export.file} is not there: nothing is known of its {export.name}.")
                continue
            tell(f"reading {path.name}")
            read, said = read_export(connection, export, path)
            files.append(read)
            notes += said
        files = reject_orphans(connection, files)
        connection.execute(shop_rows.PLACED_ORDERS)
        connection.execute(shop_rows.CATEGORIES)
        refuse_collisions(connection)
        window = window or traded_window(connection, paths["orders"])
        if on_window:
            on_window(window)
        connection.execute(f"SET VARIABLE first_date = DATE '{window.start}'")
        notes += remarks(connection)
        deliveries: list[Delivered] = []
        for delivery in shop_rows.DELIVERIES:
            tell(f"delivering {delivery.source}")
            folders = declared_folders(delivery.source)
            deliveries.append(deliver(connection, delivery, landing, window, folders))
        for source in sources_without_rows():
            deliver_nothing(source, landing, window, declared_folders(source))
        return MappingReport(
            window=window,
            files=tuple(files),
            deliveries=tuple(deliveries),
            rejected=_rejected(connection, landing / REJECTED_FILE),
            rejected_count=sum(file.rejected for file in files),
            rejections_file=landing / REJECTED_FILE,
            notes=tuple(notes),
        )


def find_files(folder: Path, reference: Path | None = None) -> dict[str, Path]:
    """Where each file of the export is; those that may be missing are left out.

    Raises:
        InputMissing: If one that may not be missing is in neither folder.
    """
    folders = [folder] if reference is None else [folder, reference]
    found: dict[str, Path] = {}
    for export in EXPORTS:
        places = [place / export.file for place in folders if (place / export.file).is_file()]
        if places:
            found[export.name] = places[0]
    missing = [e.file for e in EXPORTS if e.name not in found and not e.optional]
    if missing:
        raise InputMissing(
            f"{' and '.join(str(place) for place in folders)}: no {', '.join(missing)}",
            "Name the folder that holds the CSVs of the public Olist data set.",
        )
    return found


def _rejected(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[RejectedRow, ...]:
    try:
        connection.execute(
            f"COPY (FROM rejected ORDER BY file, line) TO {text_literal(str(path))} "
            "(FORMAT csv, HEADER)"
        )
    except duckdb.IOException as error:
        raise StorageError(f"{path} cannot be written: {error}", "Make room there.") from error
    rows = connection.execute(
        "SELECT file, line, reason, text FROM rejected ORDER BY file, line LIMIT ?",
        [REJECTED_SHOWN],
    ).fetchall()
    return tuple(RejectedRow(*row) for row in rows)
