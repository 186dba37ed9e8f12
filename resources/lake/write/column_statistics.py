"""What Parquet's statistics know of a staged file, and which rules they prove without a scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
from duckdb import DuckDBPyConnection

from resources.identifiers import text_literal
from resources.lake.model.table_spec import Rule, TableSpec


@dataclass(frozen=True)
class ColumnStatistics:
    """One column of one file. Bounds as text that CAST understands; None means not known."""

    minimum: str | None
    maximum: str | None
    null_count: int | None


FileStatistics = Mapping[str, ColumnStatistics]


def parse_statistics(returned: Mapping[str, Mapping[str, str]]) -> dict[str, ColumnStatistics]:
    """The statistics by column name, from what COPY gives for RETURN_STATS."""
    return {
        quoted_name[1:-1].replace('""', '"'): ColumnStatistics(
            minimum=values.get("min"),
            maximum=values.get("max"),
            null_count=int(values["null_count"]) if "null_count" in values else None,
        )
        for quoted_name, values in returned.items()
    }


def proven_rules(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    rules: Iterable[Rule],
    files: Sequence[FileStatistics],
) -> frozenset[Rule]:
    """The rules that the statistics of all files prove to hold for every row.

    A rule that is not in the result may hold or not: only a scan can tell.
    """
    found = {rule: _condition(spec, rule, files) for rule in rules}
    conditions = {rule: condition for rule, condition in found.items() if condition is not None}
    if not conditions:
        return frozenset()
    try:
        row = connection.execute(f"SELECT {', '.join(conditions.values())}").fetchall()[0]
    except duckdb.Error:
        # A bound that is no valid literal: the scan will say what is wrong with the rule.
        return frozenset()
    return frozenset(rule for rule, holds in zip(conditions, row, strict=True) if holds is True)


def _bounds(
    spec: TableSpec, column: str, files: Sequence[FileStatistics]
) -> tuple[list[str], list[str]] | None:
    """Minimum and maximum of each file, as typed SQL; None if one of them is not known."""
    if not spec.column(column).column_type.has_exact_bounds:
        return None
    type_ = spec.column(column).type
    minima: list[str] = []
    maxima: list[str] = []
    for statistics in files:
        known = statistics.get(column)
        if known is None or known.minimum is None or known.maximum is None:
            return None
        minima.append(f"CAST({text_literal(known.minimum)} AS {type_})")
        maxima.append(f"CAST({text_literal(known.maximum)} AS {type_})")
    return minima, maxima


def _condition(spec: TableSpec, rule: Rule, files: Sequence[FileStatistics]) -> str | None:
    """SQL over constants that is TRUE if the rule is proven; None if it can never be."""
    states_nothing = not rule.not_null and rule.minimum is None and rule.maximum is None
    if rule.column is None or states_nothing:
        return None
    known = [each.get(rule.column) for each in files]
    if rule.not_null and not all(each is not None and each.null_count == 0 for each in known):
        return None
    if rule.minimum is None and rule.maximum is None:
        return "TRUE"
    found = _bounds(spec, rule.column, files)
    if found is None:
        return None
    minima, maxima = found
    conditions: list[str] = []
    if rule.minimum is not None:
        conditions.append(f"list_min([{', '.join(minima)}]) >= ({rule.minimum})")
    if rule.maximum is not None:
        conditions.append(f"list_max([{', '.join(maxima)}]) <= ({rule.maximum})")
    return " AND ".join(conditions)
