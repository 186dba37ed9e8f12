"""What follows once StarRocks shows a table as published: its warm-up, then its view.

The caller remembers, for each table, the snapshot up to which this was done: it is done if
`AfterRefresh.is_complete`, and then only. `changed` is what changed since that snapshot. So what
failed, or whose outcome is unknown, is asked for again the next time, with what came meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from resources.errors import LedgerlakeError
from resources.identifiers import checked_identifier
from resources.lake.lake import Lake
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import OutcomeUnknown
from resources.starrocks.client.names import TableName, backticked
from resources.starrocks.views.served_table import ServedTable
from resources.starrocks.views.views import refresh_view

_Action = Callable[[StarRocks, Settings, ServedTable, Set[date] | None], tuple[date, ...] | None]


class Outcome(StrEnum):
    """What became of a step. UNKNOWN: StarRocks was told, and may still be at it."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """A warm-up ("warm-up") or a refresh of the view ("view"), with the partitions it took.

    `partitions` None: the table as a whole.
    """

    name: str
    outcome: Outcome
    seconds: float
    partitions: tuple[date, ...] | None = None
    error: LedgerlakeError | None = None


@dataclass(frozen=True)
class AfterRefresh:
    """The steps that a table declares, in the order they were taken; none for most tables."""

    steps: tuple[Step, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing has to be asked for again."""
        return all(step.outcome is Outcome.DONE for step in self.steps)


def has_steps(served: ServedTable) -> bool:
    """Whether anything follows for this table at all."""
    return served.view is not None or served.warm_up is not None


def after_verified(
    client: StarRocks, settings: Settings, served: ServedTable, changed: Set[date] | None
) -> AfterRefresh:
    """Warm up and refresh the view of one table, once every due table was verified.

    A step that fails does not keep the others from being taken, and nothing is raised: that the
    table was verified stands.

    Args:
        client: StarRocks.
        settings: The lake's, and how long to wait for each step (`starrocks_view_seconds`).
        served: The table.
        changed: Its partitions that changed since this was last complete; None: unknown, or
            never, or a table without partitions, and then all. An empty set takes no step.
    """
    actions: list[tuple[str, _Action]] = []
    if served.warm_up is not None:
        actions.append(("warm-up", warm_up))
    if served.view is not None:
        actions.append(("view", refresh_view))
    if changed is not None and not changed:
        actions = []
    return AfterRefresh(
        tuple(_taken(name, action, client, settings, served, changed) for name, action in actions)
    )


def _taken(
    name: str,
    action: _Action,
    client: StarRocks,
    settings: Settings,
    served: ServedTable,
    changed: Set[date] | None,
) -> Step:
    began = time.perf_counter()
    wanted = None if changed is None else tuple(sorted(changed))
    try:
        partitions = action(client, settings, served, changed)
    except OutcomeUnknown as error:
        return Step(name, Outcome.UNKNOWN, time.perf_counter() - began, wanted, error)
    except LedgerlakeError as error:
        return Step(name, Outcome.FAILED, time.perf_counter() - began, wanted, error)
    return Step(name, Outcome.DONE, time.perf_counter() - began, partitions)


def warm_up(
    client: StarRocks, settings: Settings, served: ServedTable, changed: Set[date] | None
) -> tuple[date, ...] | None:
    """Read the declared columns of the changed partitions among the latest into the cache.

    An overwritten partition has new files, of which nothing is cached yet.

    Args:
        client: StarRocks.
        settings: The lake's, and `starrocks_view_seconds`: how long to wait for the answer.
        served: The table.
        changed: Its partitions that changed; None: unknown, and then all of the latest.

    Returns:
        The partitions that were read; None: the whole table, which has none.

    Raises:
        StarRocksError: If StarRocks does not do it.
        StorageError: If the lake cannot say which partitions are the latest.
    """
    spec = served.spec
    if served.warm_up is None:
        return ()
    columns = ", ".join(
        backticked(checked_identifier(name, "column name")) for name in served.warm_up.columns
    )
    table = TableName(settings.catalog_name, spec.namespace, spec.name)
    statement = f"CACHE SELECT {columns} FROM {table.sql}"
    if spec.partition_column is None:
        client.run(statement, answer_seconds=settings.starrocks_view_seconds)
        return None
    days = hot_partitions(
        Lake(settings).snapshot(spec).published.keys(), served.warm_up.days, changed
    )
    if days:
        column = backticked(checked_identifier(spec.partition_column, "column name"))
        places = ", ".join(["%s"] * len(days))
        client.run(
            f"{statement} WHERE {column} IN ({places})",
            days,
            answer_seconds=settings.starrocks_view_seconds,
        )
    return days


def hot_partitions(
    published: Set[date | None], latest: int, changed: Set[date] | None
) -> tuple[date, ...]:
    """The changed ones among the latest published partitions, in order."""
    days = sorted(day for day in published if day is not None)[-latest:]
    return tuple(day for day in days if changed is None or day in changed)
