"""Declarations that were found to fit, known again by the next process that loads them.

Checking them takes as long as everything else of loading them. What is kept in the user's cache
folder is only that there was nothing to say, under a digest of everything that the checks look at:
the declarations as they are in this process, every module they may call, and the libraries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from resources.user_cache import code_digest, read_cached, write_cached
from warehouse_assets.modeling.functions import sql_functions

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
    from warehouse_assets.modeling.declaration.table import Table

_KEPT = 8
_FITS = b"fits"


def are_known_to_fit(tables: Iterable[Table], metrics: MetricLibrary) -> bool:
    """Whether the same declarations were checked before, by the same code, and all was well."""
    return read_cached(_name(tables, metrics)) == _FITS


def remember_that_they_fit(tables: Iterable[Table], metrics: MetricLibrary) -> None:
    """Keep that these declarations were checked and fit."""
    write_cached(_name(tables, metrics), _FITS, _KEPT)


def _name(tables: Iterable[Table], metrics: MetricLibrary) -> str:
    digest = hashlib.sha256(code_digest().encode())
    for table in tables:
        # A function that makes rows is part of the code; where it lies in memory is of no interest.
        made_by = table.rows and (table.rows.__module__, table.rows.__qualname__)
        declared = (replace(table, rows=None), made_by, table.contract.__module__, table.columns)
        digest.update(repr(declared).encode())
    digest.update(repr((metrics, sql_functions())).encode())
    return f"{digest.hexdigest()[:40]}.fits"
