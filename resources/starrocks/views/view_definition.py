"""What a materialized view is: the statement that creates it, its digest, what it needs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pyiceberg.table import Table
from pyiceberg.transforms import IdentityTransform

from resources.identifiers import checked_identifier
from resources.settings import Settings
from resources.starrocks.client.client import Run
from resources.starrocks.client.errors import Denied, Refused
from resources.starrocks.client.names import DEFAULT_CATALOG, TableName, backticked
from resources.starrocks.views.served_table import ServedTable

# StarRocks' default, one task run a partition, makes a backfill of years take hours.
_PARTITIONS_A_TASK_RUN = 30

# Columns of SHOW BACKENDS: BackendsProcDir.java, the same from 3.5 to 4.1.
_ALIVE, _DECOMMISSIONED = 8, 9

_DIGEST = re.compile(r"ledgerlake definition ([0-9a-f]{16})")


@dataclass(frozen=True)
class ViewDefinition:
    """A view of one table, with the table's name, in the serving database.

    `digest` is in the view's comment, and differs if the definition has changed. As many back ends
    as `replicas` must be alive to create it.
    """

    name: TableName
    digest: str
    create: str
    replicas: int


def view_name(settings: Settings, served: ServedTable) -> TableName:
    """The view's name in full."""
    return TableName(DEFAULT_CATALOG, settings.starrocks_database, served.name)


def view_definition(settings: Settings, served: ServedTable) -> ViewDefinition:
    """The view that the table's module declares; every column is named, in the contract's order.

    Raises:
        Refused: If the table declares no view, or has no partitions.
    """
    spec, name = served.spec, view_name(settings, served)
    if served.view is None or spec.partition_column is None:
        what = "has no partitions" if served.view else "declares no materialized view"
        raise Refused(
            f"{spec.full_name} {what}, so that there is no view of it",
            "Declare serving=served(view=materialized_view()) of a table with partitions.",
        )
    table = TableName.of(settings, spec)
    columns = _listed([column.name for column in spec.columns])
    sort_by = served.view.sort_by or spec.key
    replicas = served.view.replicas or settings.starrocks_view_replicas
    refreshed = f'"partition_refresh_number" = "{_PARTITIONS_A_TASK_RUN}"'
    body = [
        "REFRESH DEFERRED MANUAL",
        f"PARTITION BY ({_listed([spec.partition_column])})",
        *([f"ORDER BY ({_listed(sort_by)})"] if sort_by else []),
        f'PROPERTIES ({refreshed}, "replication_num" = "{replicas}")',
        f"AS SELECT {columns} FROM {table.sql}",
    ]
    # The statement has no types, and a view keeps those it was created with.
    types = [column.type for column in spec.columns]
    digest = hashlib.sha256(repr((body, types)).encode()).hexdigest()[:16]
    create = f"CREATE MATERIALIZED VIEW IF NOT EXISTS {name.sql}"
    comment = f'COMMENT "ledgerlake definition {digest}"'
    return ViewDefinition(name, digest, "\n".join([create, comment, *body]), replicas)


def digest_in(text: str | None) -> str | None:
    """The digest in the statement that created a view; None: it has none."""
    found = _DIGEST.search(text or "")
    return found and found[1]


def check_partitioning(table: Table) -> None:
    """Raise Refused unless the table has always been partitioned by one column as it is."""
    layouts = [str(each) for each in table.specs().values()]
    fields = table.spec().fields
    if len(layouts) == 1 and [type(each.transform) for each in fields] == [IdentityTransform]:
        return
    raise Refused(
        f"{'.'.join(table.name())} cannot have a view: StarRocks makes none of a table that was "
        "partitioned in more than one way, or otherwise than by a column as it is; it has "
        f"{len(layouts)}: {'; '.join(' '.join(each.split()) for each in layouts)}",
        "Make a new table, fill it from this one, and serve that.",
    )


def check_replicas(run: Run, views: Iterable[ViewDefinition]) -> None:
    """Check that there is a back end for each replica.

    A user who may not list back ends learns it from StarRocks' own refusal. A cluster that keeps
    its data in an object store has none, and keeps one copy whatever is declared.

    Raises:
        Refused: If one asks for more replicas than there are back ends alive; names the view.
    """
    try:
        rows = run("SHOW BACKENDS")
    except Denied:
        return
    alive = sum(is_true(row[_ALIVE]) and not is_true(row[_DECOMMISSIONED]) for row in rows)
    for view in views:
        if rows and view.replicas > alive:
            raise Refused(
                f"The view {view.name} is to have {view.replicas} replicas, and "
                f"{alive} of {len(rows)} back ends can take one",
                "Set LEDGERLAKE_STARROCKS_VIEW_REPLICAS, or replicas= of the table's "
                "materialized_view(), to no more than that; or bring back ends up (SHOW BACKENDS).",
            )


def is_true(value: object) -> bool:
    """Whether StarRocks says yes: `true`, or `1`."""
    return str(value).lower() in ("true", "1")


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(backticked(checked_identifier(name, "column name")) for name in names)
