"""The warehouse of this project, checked unless the same declarations are known to fit.

Checking takes as long as everything else of loading. What is kept in the user's cache folder is
the tables' code versions, under a digest of everything that the checks look at: the declarations as
they are in this process, every module they may call, and the libraries. Mistakes are never kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import cast

from resources.collector import without_collector
from resources.user_cache import code_digest, read_cached, write_cached
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary, metric_library
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.functions import sql_functions
from warehouse_assets.modeling.loading.change_log_checks import with_input_logs
from warehouse_assets.modeling.loading.find_tables import find_tables, in_order
from warehouse_assets.modeling.sql.code_version import code_version, take_code_versions

_KEPT = 8


@cache
@without_collector()
def load_warehouse() -> Warehouse:
    """The warehouse of this project, found once a process, and checked unless it is known to fit.

    Raises:
        LoadError: For the first thing that does not fit.
    """
    return known_or_checked_warehouse(find_tables(), metric_library())


def known_or_checked_warehouse(tables: Sequence[Table], metrics: MetricLibrary) -> Warehouse:
    """The warehouse of the tables, without the checks where the same tables passed them before.

    Raises:
        LoadError: For the first thing that does not fit; it names file, line and table.
    """
    file = _file(tables, metrics)
    versions = _kept_versions(file, tables)
    if versions is None:
        # The checks bring sqlglot and DuckDB, which take as long to import as all tables.
        from warehouse_assets.modeling.loading.check_warehouse import checked_warehouse

        warehouse = checked_warehouse(tables, metrics)
        versions = {name: code_version(table) for name, table in warehouse.tables.items()}
        write_cached(file, json.dumps(versions).encode(), _KEPT)
        return warehouse
    named = {table.name: table for table in tables}
    ordered = in_order({name: with_input_logs(table, named) for name, table in named.items()})
    take_code_versions(ordered.values(), versions)
    return Warehouse(ordered, metrics)


def _kept_versions(file: str, tables: Iterable[Table]) -> dict[str, str] | None:
    """The code version of each table; None: nothing whole was kept of these declarations."""
    with suppress(ValueError):
        kept = json.loads(read_cached(file) or b"{}")
        if isinstance(kept, dict) and kept.keys() == {table.name for table in tables}:
            return cast("dict[str, str]", kept)
    return None


def _file(tables: Iterable[Table], metrics: MetricLibrary) -> str:
    """The name of the file that is kept of these declarations."""
    digest = hashlib.sha256(code_digest().encode())
    for table in tables:
        # Of a function that makes rows the text counts, which is in code_digest().
        declared = (replace(table, rows=None), table.contract.__module__, table.columns)
        digest.update(repr(declared).encode())
    digest.update(repr((metrics, sql_functions())).encode())
    return f"{digest.hexdigest()[:40]}.fits"
