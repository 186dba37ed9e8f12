"""A few bad rows of each broken rule, in few queries over the staged files.

A query reads a row group or more, with all the columns to show. One for all rules is enough where
they have many bad rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted
from resources.lake.model.table_spec import Rule, TableSpec
from resources.lake.write.staged_rows import (
    SAMPLE_ROWS,
    Sample,
    sample_columns,
    shown_row,
    staged_relation,
)
from resources.lake.write.staging import StagedFile

BrokenRules = Mapping[Rule, Mapping[date | None, int]]
"""The rules that rows broke, with the number of those rows in each partition."""


def sample_broken_rows(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    files: Sequence[StagedFile],
    broken: BrokenRules,
) -> dict[Rule, Sample]:
    """At most 5 bad rows of each broken rule, plain Python values by column."""
    samples: dict[Rule, Sample] = {}
    # Each query gives at least one rule its sample: every row found breaks one of them.
    for _ in broken:
        wanted = [rule for rule in broken if rule not in samples]
        if wanted:
            samples |= _sample_some(connection, spec, files, broken, wanted)
    return samples


def _sample_some(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    files: Sequence[StagedFile],
    broken: BrokenRules,
    wanted: Sequence[Rule],
) -> dict[Rule, Sample]:
    """The samples of those rules of which the first bad rows give enough."""
    shown = {rule: sample_columns(spec, rule.column) for rule in wanted}
    names = list(dict.fromkeys(name for columns in shown.values() for name in columns))
    breaks = [f"NOT ({rule.expression})" for rule in wanted]
    days = {day for rule in wanted for day in broken[rule]}
    # Of a file whose partition is not known, any row may be a bad one.
    read = [file for file in files if file.partition is None or file.partition in days]
    found = connection.execute(
        f"SELECT {', '.join([*map(quoted, names), *breaks])} FROM {staged_relation(read)} "
        f"WHERE {' OR '.join(breaks)} LIMIT {SAMPLE_ROWS * len(wanted)}"
    ).fetchall()
    samples: dict[Rule, Sample] = {}
    for number, rule in enumerate(wanted, start=len(names)):
        rows = [shown_row(names, values) for values in found if values[number]][:SAMPLE_ROWS]
        if len(rows) == min(SAMPLE_ROWS, sum(broken[rule].values())):
            samples[rule] = tuple({name: row[name] for name in shown[rule]} for row in rows)
    return samples
