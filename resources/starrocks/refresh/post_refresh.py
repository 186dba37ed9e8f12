"""The steps after a table was verified: its warm-up, then the refresh of its view.

The ledger records the snapshot up to which they are complete (`AfterRefresh.is_complete`), and
`changed` is what changed since. So a step that failed, or whose outcome is unknown, is repeated
the next time, with the partitions published meanwhile.
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
    """The outcome of a step. UNKNOWN: it was sent, and StarRocks may still be working on it."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """A "warm-up", or the refresh of a "view"; `partitions` None: of the whole table."""

    name: str
    outcome: Outcome
    seconds: float
    partitions: tuple[date, ...] | None = None
    error: LedgerlakeError | None = None


@dataclass(frozen=True)
class AfterRefresh:
    """The steps that a table declares, in order; none for most tables."""

    steps: tuple[Step, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether no step has to be repeated."""
        return all(step.outcome is Outcome.DONE for step in self.steps)


def has_steps(served: ServedTable) -> bool:
    """Whether the table declares a step."""
    return served.view is not None or served.warm_up is not None


def after_verified(
    client: StarRocks, settings: Settings, served: ServedTable, changed: Set[date] | None
) -> AfterRefresh:
    """Warm up a verified table and refresh its view, each within `starrocks_view_seconds`.

    A step that fails stops no other, and raises nothing: the table stays verified. `changed` are
    the partitions that changed since the steps were last complete; None: all. Without any changed
    partition no step is taken.
    """
    if changed is not None and not changed:
        return AfterRefresh()
    wanted = None if changed is None else tuple(sorted(changed))

    def taken(name: str, action: _Action) -> Step:
        began = time.perf_counter()
        try:
            partitions = action(client, settings, served, changed)
        except OutcomeUnknown as error:
            return Step(name, Outcome.UNKNOWN, time.perf_counter() - began, wanted, error)
        except LedgerlakeError as error:
            return Step(name, Outcome.FAILED, time.perf_counter() - began, wanted, error)
        return Step(name, Outcome.DONE, time.perf_counter() - began, partitions)

    steps: list[Step] = []
    if served.warm_up is not None:
        steps.append(taken("warm-up", warm_up))
    if served.view is not None:
        steps.append(taken("view", refresh_view))
    return AfterRefresh(tuple(steps))


def warm_up(
    client: StarRocks, settings: Settings, served: ServedTable, changed: Set[date] | None
) -> tuple[date, ...] | None:
    """Read the declared columns of the changed ones of the latest partitions into the cache.

    An overwritten partition has new files, of which nothing is cached yet. `changed` None: all.
    Returns the partitions that were read; None: a table without partitions.

    Raises:
        StarRocksError: If StarRocks refuses, or does not answer.
        StorageError: If the lake cannot be read.
    """
    spec = served.spec
    if served.warm_up is None:
        return ()
    columns = ", ".join(
        backticked(checked_identifier(name, "column name")) for name in served.warm_up.columns
    )
    table = TableName.of(settings, spec)
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
