"""Optimizers of the pinned DuckDB that are known to give wrong rows, and are therefore off.

From DuckDB's issue tracker and from the tests it added after the pinned version, each seen to fail
in the pinned version. tests/duckdb/test_known_faults.py holds one query for each and fails
once a fault is gone: with a new pin, remove what no longer fails. docs/engine_faults.md has the
reasons and the cost.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class KnownFault(NamedTuple):
    """An optimizer that is wrong, the reports that say so (duckdb/duckdb), and what goes wrong."""

    optimizer: str
    reports: tuple[int, ...]
    goes_wrong: str


KNOWN_FAULTS = (
    KnownFault(
        "top_n_window_elimination",
        (24363, 23677, 23675, 25888, 23588, 24711),
        "Ranking by NULL loses rows, no rows become a row of NULLs, equal rows become one.",
    ),
    KnownFault(
        "window_self_join",
        (24780,),
        "Windows over different partitions are computed over one of them.",
    ),
    KnownFault(
        "common_subplan",
        (25819,),
        "Two arms of a UNION that share a join read one another's columns.",
    ),
    KnownFault(
        "deliminator",
        (22267,),
        "EXISTS that compares columns of the outer query is true, or false, where it is not.",
    ),
    KnownFault(
        "join_elimination",
        (25213,),
        "A LEFT JOIN that multiplies rows is left out: UNNEST above DISTINCT.",
    ),
)

# Only a person's query can hold these; what helps is switched off for that query alone.
# ANTI JOIN on nothing but an inequality that statistics find always true gives no rows.
_ANTI_JOIN = re.compile(r"\bANTI\s+JOIN\b", re.IGNORECASE)
# Row groups in which a column is NULL throughout are skipped where OR combines these comparisons
# with a constant (25884). Without pushing filters down they are not; but then nothing is skipped.
_LOSES_NULLS = re.compile(r"\bDISTINCT\s+FROM\b|\bIS\s+(NOT\s+)?(TRUE|FALSE)\b", re.IGNORECASE)


def disabled_optimizers(query: str = "") -> str:
    """The setting `disabled_optimizers` of a session, or of one that runs a person's query only.

    A table's SQL needs no look: the portable subset has no comparison that needs more switched off.
    """
    names = [fault.optimizer for fault in KNOWN_FAULTS]
    if _LOSES_NULLS.search(query):
        names.append("filter_pushdown")
    if _ANTI_JOIN.search(query):
        names.append("statistics_propagation")
    return ",".join(names)
