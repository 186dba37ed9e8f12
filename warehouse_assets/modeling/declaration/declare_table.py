"""The declaration of a table, in the module that has its name."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse_assets.modeling.declaration.checks import RowCheck, delivered_in_time
from warehouse_assets.modeling.declaration.conventions import (
    BY_CONVENTION,
    ByConvention,
    convention_of,
)
from warehouse_assets.modeling.declaration.table import (
    REPLACE,
    GeneratedSql,
    Materialization,
    Rows,
    Table,
)
from warehouse_assets.modeling.declaration.windows import ReadWindow, whole_table

if TYPE_CHECKING:
    from resources.sources.declaration.files import Source
    from warehouse_assets.modeling.declaration.change_log import ChangeLog
    from warehouse_assets.modeling.declaration.contract import Contract
    from warehouse_assets.modeling.declaration.freshness import Deadline
    from warehouse_assets.modeling.declaration.json_events import JsonEvents
    from warehouse_assets.modeling.declaration.serving import Serving


def table(
    contract: type[Contract],
    *,
    owner: str,
    reads: Mapping[str, ReadWindow] | None = None,
    sql: str | GeneratedSql | None = None,
    source: Source | None = None,
    rows: Rows | None = None,
    events: JsonEvents | None = None,
    freshness: Deadline | ByConvention | None = BY_CONVENTION,
    checks: Sequence[RowCheck] = (),
    sort_by: Sequence[str] = (),
    dropped: Sequence[str] = (),
    change_log: ChangeLog | None = None,
    materialization: Materialization = REPLACE,
    serving: Serving | ByConvention | None = BY_CONVENTION,
    closes_with_books: bool = False,
) -> Table:
    """Declare the table of the calling module: its file name is the table's name everywhere.

    Args:
        contract: The table's columns.
        owner: A team ("team:finance") or an e-mail address, shown in the UI.
        reads: Each input and the window of its partitions that a run may see.
        sql: One SELECT in the portable subset; `:start` and `:end` are the window's dates. Or
            select_from(...) or metric_rollup(...), which make it.
        source: What delivers the rows, in place of SQL (ODS tables).
        rows: A function that streams the rows, where SQL is the wrong tool.
        events: Which events become the rows, and how the fields of their payloads do.
        freshness: By when yesterday's partition is there, where `conventions.py` does not say so;
            None: at no particular time.
        checks: Conditions over several columns of a row.
        sort_by: Columns by which files are sorted, for readers that filter by them.
        dropped: Columns the table once had and shall lose.
        change_log: How versions of one thing are told apart, where the table delivers versions:
            what latest(...) of its readers goes by.
        materialization: How the table takes new rows: append_only(...), upsert(...) or scd2(...).
            By default the window, or the whole table, is replaced.
        serving: How StarRocks serves the table, where `conventions.py` does not say so:
            served(...); None: not at all.
        closes_with_books: Whether partitions of closed business dates are kept as they were
            published. Of a table with append_only(adjusting=..., corrects=...) what is different
            since is posted in the first open day.
    """
    module = _declaring_module()
    *packages, layer, name = module["__name__"].split(".")
    convention = convention_of(".".join(packages), name.partition("_")[0])
    if freshness == BY_CONVENTION:
        freshness = None if rows else convention.freshness
    if serving == BY_CONVENTION:
        serving = convention.serving if materialization.replaces else None
    if source and change_log and change_log.event_time and convention.late_days is not None:
        in_time = delivered_in_time(change_log.event_time, days=convention.late_days)
        checks = [in_time, *checks]
    declared = Table(
        name=name,
        layer=layer,
        path=Path(module["__file__"]),
        doc=(module["__doc__"] or "").strip(),
        contract=contract,
        owner=owner,
        reads={**(reads or {}), **{name: whole_table() for name in materialization.logs}},
        source=source,
        rows=rows,
        events=events,
        freshness=freshness,
        checks=tuple(checks),
        sort_by=tuple(sort_by),
        dropped=tuple(dropped),
        change_log=change_log,
        materialization=materialization,
        serving=serving,
        closes_with_books=closes_with_books,
    )
    if sql is None:
        return declared
    return replace(declared, sql=sql if isinstance(sql, str) else sql(declared))


def _declaring_module() -> dict[str, Any]:
    """The globals of the first module below that is not of the library."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    library = __name__.rpartition(".declaration.")[0]
    while frame.f_back and frame.f_globals["__name__"].startswith(f"{library}."):
        frame = frame.f_back
    return frame.f_globals
