"""Maps a folder of the public Olist CSVs onto the landing folder that the ODS tables read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from examples.olist import shop_rows
from examples.olist.delivering import claim, deliver
from examples.olist.exports import EXPORTS, Export
from examples.olist.report import (
    REJECTED_FILE,
    REJECTED_SHOWN,
    FileRead,
    MappingReport,
    RejectedRow,
)
from examples.olist.rows import PREPARE, read_export
from resources.engines.duckdb_engine import duckdb_session
from resources.errors import InputMissing, SourceError, StorageError
from resources.identifiers import quoted, text_literal
from resources.lake.window import Window
from resources.settings import Settings

OnStep = Callable[[str], None]


def map_olist(
    folder: Path,
    landing: Path,
    settings: Settings,
    reference: Path | None = None,
    on_step: OnStep | None = None,
) -> MappingReport:
    """Deliver the export in `folder` into `landing`, once a business date, for every source.

    Args:
        folder: Holds the CSVs under their public names.
        landing: Root of the delivered files; a mapping before this one may have filled it.
        settings: The business time zone, and what memory and threads the engine may use.
        reference: Where files that are not in `folder` are looked for.
        on_step: Told what is being read or delivered.

    Raises:
        InputMissing: If a file that the figures need is not there.
        SourceError: If a file cannot be read, lacks a column, or its dates are ambiguous.
        SettingsError: If something else delivers into `landing`.
        StorageError: If a file cannot be written.
    """
    tell = on_step or (lambda _: None)
    paths = find_files(folder, reference)
    claim(landing)
    with _session(settings) as connection:
        files: list[FileRead] = []
        notes: list[str] = []
        for export in EXPORTS:
            tell(f"reading {export.file}")
            path = paths.get(export.name)
            if path is None:
                _read_nothing(connection, export)
                notes.append(f"{export.file} is not there: nothing is known of its {export.name}.")
                continue
            read, remarks = read_export(connection, export, path)
            files.append(read)
            notes += remarks
        files = _reject_orphans(connection, files)
        connection.execute(shop_rows.PLACED_ORDERS)
        connection.execute(shop_rows.CATEGORIES)
        _refuse_collisions(connection)
        window = _window(connection, paths["orders"])
        connection.execute(f"SET VARIABLE first_date = DATE '{window.start}'")
        notes += _remarks(connection)
        delivered: dict[str, int] = {}
        changed_days = 0
        for delivery in shop_rows.DELIVERIES:
            tell(f"delivering {delivery.source}")
            delivered[delivery.source], changed = deliver(connection, delivery, landing, window)
            changed_days += changed
        return MappingReport(
            window=window,
            files=tuple(files),
            delivered=delivered,
            rejected=_rejected(connection, landing / REJECTED_FILE),
            rejected_count=sum(file.rejected for file in files),
            rejections_file=landing / REJECTED_FILE,
            changed_days=changed_days,
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


@contextmanager
def _session(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb_session(settings) as connection:
        # Lines are numbered as they come.
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"SET VARIABLE zone = {text_literal(settings.time_zone)}")
        connection.execute(PREPARE)
        connection.execute(shop_rows.MACROS)
        yield connection


def _read_nothing(connection: duckdb.DuckDBPyConnection, export: Export) -> None:
    columns = ", ".join(
        f"{quoted(column.name)} {'BIGINT' if column.kind == 'count' else 'VARCHAR'}"
        for column in export.columns
    )
    connection.execute(f"CREATE TABLE {export.name} (line BIGINT, text VARCHAR, {columns})")


def _reject_orphans(connection: duckdb.DuckDBPyConnection, files: list[FileRead]) -> list[FileRead]:
    """Reject items and payments whose order is not there: they have no buyer and no date."""
    result: list[FileRead] = []
    for file in files:
        export = next(export for export in EXPORTS if export.file == file.file)
        orphans = 0
        if export.name in ("items", "payments"):
            is_orphan = f"{export.name}.order_id NOT IN (SELECT order_id FROM orders)"
            connection.execute(
                f"INSERT INTO rejected SELECT {text_literal(file.file)}, line, "
                "'order ' || order_id || ' is not among the orders accepted', text "
                f"FROM {export.name} WHERE {is_orphan}"
            )
            orphans = _number(connection, f"DELETE FROM {export.name} WHERE {is_orphan}")
        result.append(
            FileRead(
                file=file.file,
                path=file.path,
                lines=file.lines,
                blank=file.blank,
                accepted=file.accepted - orphans,
                rejected=file.rejected + orphans,
            )
        )
    return result


def _refuse_collisions(connection: duckdb.DuckDBPyConnection) -> None:
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


def _window(connection: duckdb.DuckDBPyConnection, orders: Path) -> Window:
    first, last = connection.execute(
        "SELECT min(least(ordered_date, paid_date)), max(greatest(ordered_date, paid_date)) "
        "FROM placed_orders"
    ).fetchall()[0]
    if not isinstance(first, date) or not isinstance(last, date):
        raise SourceError(f"{orders} holds no orders", "Name the folder of a whole export.")
    return Window.of_days(first, last)


_REMARKS = {
    "SELECT count(*) FROM placed_orders WHERE NOT is_known": (
        "{} orders have a customer that the customers file does not name: "
        "the order's customer_id stands for the buyer."
    ),
    "SELECT count(*) FROM customers ANTI JOIN orders USING (customer_id)": (
        "{} customers have no order and are not delivered."
    ),
    "SELECT count(*) FROM placed_orders WHERE order_approved_at IS NULL "
    "AND order_id IN (SELECT order_id FROM payments)": (
        "{} orders were paid and never approved: their payments count when they were placed."
    ),
    "SELECT count(*) FROM products WHERE product_category_name IS NULL": (
        "{} products have no category."
    ),
}
_UNTRANSLATED = "SELECT string_agg(name, ', ' ORDER BY name) FROM categories WHERE english IS NULL"


def _remarks(connection: duckdb.DuckDBPyConnection) -> list[str]:
    counted = [(text, _number(connection, query)) for query, text in _REMARKS.items()]
    remarks = [text.format(f"{number:,}") for text, number in counted if number]
    untranslated = connection.execute(_UNTRANSLATED).fetchone()
    if untranslated and untranslated[0]:
        remarks.append(f"Categories without a translation keep their name: {untranslated[0]}.")
    return remarks


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


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
