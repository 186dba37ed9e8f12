"""What StarRocks cannot serve as declared is refused when the code is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from resources.starrocks.views.served_table import MaterializedView, WarmUp
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.load_errors import did_you_mean


def check_serving(table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError where materialization, partition or columns do not go with the serving."""
    if table.serving is None:
        return
    _check_materialization(table, named)
    if table.serving.view is not None:
        _check_view(table, table.serving.view)
    if table.serving.warm_up is not None:
        _check_warm_up(table, table.serving.warm_up)


def _check_materialization(table: Table, named: Mapping[str, Table]) -> None:
    """StarRocks reads delete files and many small files slowly; only replace writes none."""
    if table.materialization.replaces:
        return
    reader = next(
        (other.name for other in named.values() if table.name in other.reads and other.serving),
        None,
    )
    hint = f", as {reader} does" if reader else ""
    raise table.error(
        f"is {table.materialization.title}: its runs write delete files, or many small files, "
        "which StarRocks reads slowly",
        "serving=",
        f"Take serving= away, and serve a table that replaces its partitions from it{hint}.",
    )


def _check_view(table: Table, view: MaterializedView) -> None:
    if table.partition_column is None:
        raise table.error(
            "has no partition, so that its view would be copied whole after each publish",
            "materialized_view(",
            "Serve it from the lake: serving=served().",
        )
    if view.replicas is not None and view.replicas < 1:
        raise table.error(
            f"its view is to have {view.replicas} replicas", "replicas=", "Say 1 or more."
        )
    _check_columns(table, view.sort_by, "the view's sort_by")


def _check_warm_up(table: Table, warm_up: WarmUp) -> None:
    if not warm_up.columns:
        raise table.error(
            "warm_up() names no column",
            "warm_up(",
            "Name the columns that readers filter by and sum up, or take warm_up() away.",
        )
    if warm_up.days < 1:
        raise table.error(f"warm_up() is of {warm_up.days} days", "days=", "Say 1 or more.")
    _check_columns(table, warm_up.columns, "warm_up()")


def _check_columns(table: Table, names: Iterable[str], what: str) -> None:
    columns = [column.spec.name for column in table.columns]
    seen: set[str] = set()
    for name in names:
        if name not in columns:
            raise table.error(
                f"{what} names {name}, which is no column",
                f'"{name}"',
                did_you_mean(name, columns),
            )
        if name in seen:
            raise table.error(f"{what} names {name} twice", f'"{name}"', "Take one of them away.")
        seen.add(name)
