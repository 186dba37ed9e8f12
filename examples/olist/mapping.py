"""Maps a folder of the public Olist CSVs onto the landing folder that the ODS tables read."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from examples.olist import shop_rows
from examples.olist.delivering import claim, deliver, deliver_nothing
from examples.olist.lake_home import declared_folders, sources_without_rows
from examples.olist.reading.exports import EXPORTS, ITEMS, PAYMENTS, Export, Kind
from examples.olist.reading.lines import count_rows
from examples.olist.reading.rows import PREPARE, read_export
from examples.olist.report import (
    REJECTED_FILE,
    REJECTED_SHOWN,
    Delivered,
    FileRead,
    MappingReport,
    RejectedRow,
)
from resources.duckdb.engine import duckdb_session
from resources.errors import InputMissing, SourceError, StorageError
from resources.identifiers import quoted, text_literal
from resources.lake.model.window import Window
from resources.settings import Settings


@contextmanager
def mapping_session(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """A database that knows the mapping's macros and holds no rows yet."""
    with duckdb_session(settings) as connection:
        # Lines are numbered as they come.
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"SET VARIABLE zone = {text_literal(settings.time_zone)}")
        connection.execute(PREPARE)
        connection.execute(shop_rows.MACROS)
        yield connection


def read_nothing(connection: duckdb.DuckDBPyConnection, export: Export) -> None:
    """Make an export's table without rows."""
    columns = ", ".join(
        f"{quoted(column.name)} {'BIGINT' if column.kind is Kind.COUNT else 'VARCHAR'}"
        for column in export.columns
    )
    connection.execute(f"CREATE TABLE {export.name} (line BIGINT, text VARCHAR, {columns})")


def reject_orphans(connection: duckdb.DuckDBPyConnection, files: list[FileRead]) -> list[FileRead]:
    """Reject items and payments whose order is not there: they have no buyer and no date."""
    judged: list[FileRead] = []
    for file in files:
        orphans = 0
        if table := {ITEMS.file: ITEMS.name, PAYMENTS.file: PAYMENTS.name}.get(file.file):
            of_orphans = f"FROM {table} WHERE order_id NOT IN (SELECT order_id FROM orders)"
            connection.execute(
                f"INSERT INTO rejected SELECT {text_literal(file.file)}, line, "
                f"'order ' || order_id || ' is not among the orders accepted', text {of_orphans}"
            )
            orphans = count_rows(connection, f"DELETE {of_orphans}")
        accepted, rejected = file.accepted - orphans, file.rejected + orphans
        judged.append(replace(file, accepted=accepted, rejected=rejected))
    return judged


def refuse_collisions(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise SourceError if two ids would become the same number."""
    for column, identifiers in shop_rows.NUMBERED.items():
        twin = connection.execute(
            "SELECT min(id), max(id) FROM (SELECT DISTINCT id FROM "
            f"({identifiers}) AS ids(id)) GROUP BY number_of(id) HAVING count(*) > 1 LIMIT 1"
        ).fetchone()
        if twin is not None:
            raise SourceError(
                f"{column}: {twin[0]} and {twin[1]} begin with the same 15 digits, so they would "
                "become one number",
                "Correct the ids in the export: in the public data set all differ.",
            )


def traded_window(connection: duckdb.DuckDBPyConnection, orders: Path) -> Window:
    """From the first day on which anything was ordered or paid to the last.

    Raises:
        SourceError: If nothing was.
    """
    first, last = connection.execute(
        "SELECT min(least(ordered_date, paid_date)), max(greatest(ordered_date, paid_date)) "
        "FROM placed_orders"
    ).fetchall()[0]
    if not isinstance(first, date) or not isinstance(last, date):
        raise SourceError(f"{orders} holds no orders", "Name the folder of a whole export.")
    return Window.of_days(first, last)


_REMARKS = {
    "Orders whose customer the customers file does not name; their customer_id stands for the "
    "buyer": "SELECT count(*) FROM placed_orders WHERE NOT is_known",
    "Customers without an order, which are not delivered": (
        "SELECT count(*) FROM customers ANTI JOIN orders USING (customer_id)"
    ),
    "Orders paid and never approved; their payments count when they were placed": (
        "SELECT count(*) FROM placed_orders SEMI JOIN payments USING (order_id) "
        "WHERE order_approved_at IS NULL"
    ),
    "Products without a category": (
        "SELECT count(*) FROM products WHERE product_category_name IS NULL"
    ),
}
_UNTRANSLATED = "SELECT string_agg(name, ', ' ORDER BY name) FROM categories WHERE english IS NULL"


def remarks(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """What is unusual about the rows read, one sentence each."""
    counted = [(text, count_rows(connection, query)) for text, query in _REMARKS.items()]
    said = [f"{text}: {number:,}." for text, number in counted if number]
    untranslated = connection.execute(_UNTRANSLATED).fetchone()
    if untranslated and untranslated[0]:
        said.append(f"Categories without a translation keep their name: {untranslated[0]}.")
    return said


def ignore(*_: object) -> None:
    """Ignore what a mapping or a run tells."""


def map_olist(
    folder: Path,
    landing: Path,
    settings: Settings,
    reference: Path | None = None,
    window: Window | None = None,
    on_step: Callable[[str], object] = ignore,
    on_window: Callable[[Window], object] = ignore,
) -> MappingReport:
    """Deliver the export in `folder` into `landing`, once a business date, for every source.

    Args:
        folder: Holds the CSVs under their public names.
        landing: Root of the delivered files; a mapping before this one may have filled it.
        settings: The business time zone, and what memory and threads the engine may use.
        reference: Where files that are not in `folder` are looked for.
        window: The days to deliver; None is all, from the first event to the last. Whoever and
            whatever is known before them is delivered on the first of them.
        on_step: Called with what is being read or delivered.
        on_window: Called with the days before anything is delivered; may raise to stop that.

    Raises:
        InputMissing: If a file that the figures need is not there.
        SourceError: If a file cannot be read, lacks a column, or its dates are ambiguous.
        SettingsError: If something else delivers into `landing`.
        StorageError: If a file cannot be written.
    """
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
            on_step(f"reading {path.name}")
            read, said = read_export(connection, export, path)
            files.append(read)
            notes += said
        files = reject_orphans(connection, files)
        connection.execute(shop_rows.PLACED_ORDERS)
        connection.execute(shop_rows.CATEGORIES)
        refuse_collisions(connection)
        window = window or traded_window(connection, paths["orders"])
        on_window(window)
        connection.execute(f"SET VARIABLE first_date = DATE '{window.start}'")
        notes += remarks(connection)
        deliveries: list[Delivered] = []
        for delivery in shop_rows.DELIVERIES:
            on_step(f"delivering {delivery.source}")
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
