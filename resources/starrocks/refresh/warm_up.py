"""Warm-up: columns of hot partitions are read into StarRocks' cache before a reader asks."""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from resources.identifiers import checked_identifier
from resources.lake.lake import Lake
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.names import TableName, backticked
from resources.starrocks.views.served_table import ServedTable


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
