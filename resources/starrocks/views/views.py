"""Materialized views: created as a table's module declares, refreshed where it changed."""

from __future__ import annotations

import time
from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from resources.lake.lake import Lake
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import NotThere, Refused
from resources.starrocks.client.names import TableName
from resources.starrocks.client.task_runs import (
    RefreshFailed,
    wait_for_refresh,
    wait_until_idle,
    was_cut_short,
)
from resources.starrocks.views.served_table import ServedTable
from resources.starrocks.views.view_definition import (
    ViewDefinition,
    check_partitioning,
    check_replicas,
    digest_in,
    is_true,
    view_definition,
)

# Beyond so many ranges, the days between two of them are refreshed too.
MOST_RANGES = 16

_REFRESHED = ("SUCCESS", "SKIPPED", "MERGED")
_DAY = timedelta(days=1)

_VIEWS = (
    "SELECT TABLE_NAME, IS_ACTIVE, INACTIVE_REASON, TASK_NAME, LAST_REFRESH_STATE, "
    "MATERIALIZED_VIEW_DEFINITION "
    "FROM `default_catalog`.`information_schema`.`materialized_views` WHERE TABLE_SCHEMA = %s"
)


class ViewChange(StrEnum):
    """What `create_view` did."""

    NONE = "is as declared"
    CREATED = "created"
    RECREATED = "recreated, its definition has changed"
    WAITS = "waits for its table, which is not published yet"


@dataclass(frozen=True)
class View:
    """A view in StarRocks. `digest` None: not created by this lake."""

    is_active: bool
    inactive_reason: str
    task: str
    last_refresh: str
    digest: str | None


def create_view(client: StarRocks, settings: Settings, served: ServedTable) -> ViewChange:
    """Create the table's view as declared, empty, unless it is there already.

    A view with another definition is replaced. The view of a table that is not published yet is
    created by its first refresh.

    Raises:
        Refused: If a view of that name was not created by this lake, or if StarRocks supports no
            view of a table that is partitioned like this one.
        StarRocksError: If StarRocks refuses.
        StorageError: If the lake cannot be read.
    """
    definition = view_definition(settings, served)
    return _create(client, settings, served, definition, _find(client, definition.name))


def refresh_view(
    client: StarRocks, settings: Settings, served: ServedTable, changed: Set[date] | None
) -> tuple[date, ...] | None:
    """Refresh the `changed` partitions of the view (None: all), and wait; create it if needed.

    A view that is new, was inactive, or whose last refresh failed is refreshed whole. So is one
    whose table was recreated: StarRocks notices that in a refresh, which fails. Returns the
    partitions that were refreshed; None: all.

    Raises:
        RefreshFailed: With what StarRocks says.
        OutcomeUnknown: If it takes longer than `starrocks_view_seconds`; the next call waits for
            the same refresh.
        StarRocksError: As `create_view`.
    """
    deadline = time.monotonic() + settings.starrocks_view_seconds
    definition = view_definition(settings, served)
    view = _find(client, definition.name)
    is_new = _create(client, settings, served, definition, view) is not ViewChange.NONE
    view = _there(client, definition)
    was_inactive = not view.is_active
    if was_inactive:
        _activate(client, definition)
    runs = wait_until_idle(client, view.task, deadline)
    view = _there(client, definition)
    if not view.is_active:
        raise Refused(
            f"The view {definition.name} cannot be made active: {view.inactive_reason}",
            "See to what StarRocks says of it. Dropped, it is made anew.",
        )
    is_filled = view.last_refresh in _REFRESHED and not was_cut_short(runs)
    whole = is_new or was_inactive or not is_filled
    ranges = None if whole or changed is None else ranges_of(changed)
    try:
        _refresh(client, view, definition, ranges, deadline)
    except RefreshFailed:
        if was_inactive or _there(client, definition).is_active:
            raise
        _activate(client, definition)
        ranges = None
        _refresh(client, view, definition, ranges, deadline)
    return None if ranges is None else tuple(sorted(changed or ()))


def _activate(client: StarRocks, definition: ViewDefinition) -> None:
    """Bind the view to the base table as it is now."""
    client.run(f"ALTER MATERIALIZED VIEW {definition.name.sql} ACTIVE")


def _refresh(
    client: StarRocks,
    view: View,
    definition: ViewDefinition,
    ranges: list[tuple[date, date]] | None,
    deadline: float,
) -> None:
    # FORCE, because StarRocks would guess what has changed.
    start = f"REFRESH MATERIALIZED VIEW {definition.name.sql}"
    part = "" if ranges is None else " PARTITION START (%s) END (%s)"
    for bounds in [()] if ranges is None else ranges:
        answer = client.run(f"{start}{part} FORCE WITH ASYNC MODE", bounds)
        wait_for_refresh(client, view.task, str(answer[0][0]), deadline)


def ranges_of(days: Set[date], most: int = MOST_RANGES) -> list[tuple[date, date]]:
    """The days as at most so many ranges (first, end), end excluded; smallest gaps are closed."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(days):
        if ranges and ranges[-1][1] == day:
            ranges[-1] = (ranges[-1][0], day + _DAY)
        else:
            ranges.append((day, day + _DAY))
    while len(ranges) > most:
        gaps = [after[0] - before[1] for before, after in pairwise(ranges)]
        position = gaps.index(min(gaps))
        ranges[position : position + 2] = [(ranges[position][0], ranges[position + 1][1])]
    return ranges


def _create(
    client: StarRocks,
    settings: Settings,
    served: ServedTable,
    definition: ViewDefinition,
    view: View | None,
) -> ViewChange:
    if view is not None and view.digest == definition.digest:
        return ViewChange.NONE
    if view is not None and view.digest is None:
        raise Refused(
            f"There is a view {definition.name} which this lake has not made",
            "Drop or rename it, or set LEDGERLAKE_STARROCKS_DATABASE to another database.",
        )
    table = Lake(settings).snapshot(served.spec).table
    if table is None:
        return ViewChange.WAITS
    check_partitioning(table)
    check_replicas(client.run, [definition])
    if view is not None:
        with suppress(NotThere):
            client.run(f"DROP MATERIALIZED VIEW IF EXISTS {definition.name.sql}")
    client.run(definition.create)
    return ViewChange.CREATED if view is None else ViewChange.RECREATED


def _there(client: StarRocks, definition: ViewDefinition) -> View:
    view = _find(client, definition.name)
    if view is None:
        raise Refused(
            f"StarRocks does not show the view {definition.name}",
            "See that its table is published, and that the service user may SELECT from it: "
            "`ledgerlake starrocks setup` grants that.",
        )
    return view


def _find(client: StarRocks, name: TableName) -> View | None:
    for found, is_active, reason, task, last_refresh, text in client.run(_VIEWS, (name.database,)):
        if found == name.name:
            return View(
                is_active=is_true(is_active),
                inactive_reason=str(reason or ""),
                task=str(task or ""),
                last_refresh=str(last_refresh or "").upper(),
                digest=digest_in(str(text or "")),
            )
    return None
