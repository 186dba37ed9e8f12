"""How many back ends there are for the copies of a view's rows."""

from __future__ import annotations

from collections.abc import Iterable

from resources.starrocks.client.client import Run
from resources.starrocks.client.errors import Denied, Refused
from resources.starrocks.views.view_definition import ViewDefinition

_SHOW = "SHOW BACKENDS"
# BackendsProcDir.java, the same from 3.5 to 4.1.
_ALIVE, _DECOMMISSIONED = 8, 9


def check_replicas(run: Run, views: Iterable[ViewDefinition]) -> None:
    """Let views pass that have a back end for each of their replicas.

    Who may not ask for back ends cannot know: then StarRocks itself says it. A cluster that keeps
    its data in an object store has none, and keeps one copy whatever is said.

    Raises:
        Refused: If one asks for more replicas than there are back ends alive; names the view.
        StarRocksError: As `run`.
    """
    try:
        rows = run(_SHOW)
    except Denied:
        return
    alive = sum(_is_true(row[_ALIVE]) and not _is_true(row[_DECOMMISSIONED]) for row in rows)
    for view in views:
        if rows and view.replicas > alive:
            raise Refused(
                f"The view {view.name} is to have {view.replicas} replicas, and "
                f"{alive} of {len(rows)} back ends can take one",
                "Set LEDGERLAKE_STARROCKS_VIEW_REPLICAS, or replicas= of the table's "
                "materialized_view(), to no more than that; or bring back ends up (SHOW BACKENDS).",
            )


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1")
