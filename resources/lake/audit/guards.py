"""Guards: conditions on a whole partition, such as how many rows it has or what they sum to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted
from resources.lake.audit.retained_rows import RetainedRows
from resources.lake.model.table_spec import Rule, TableSpec, no_rows
from resources.lake.write.staged_rows import only_partition, staged_relation
from resources.lake.write.staging import StagedFile


def broken_guards(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    files: Sequence[StagedFile],
    guards: Sequence[Rule],
    rows: Mapping[date | None, int],
    retained: RetainedRows | None = None,
) -> dict[Rule, dict[date | None, int]]:
    """The guards that are not true, with the rows of each partition in which they are not.

    `rows` names every partition to judge, those without rows included; such a one counts as one
    broken row. A guard that is NULL, as a comparison with a sum of no rows is, says nothing of the
    partition: it is broken, too. Retained rows of the table are judged together with those in
    `files`.
    """
    if not guards:
        return {}
    conditions = ", ".join(f"({guard.expression})" for guard in guards)
    answers: dict[date | None, tuple[object, ...]] = {}
    if retained is not None and retained.rows.files:
        partition = None if spec.partition_column else "NULL"
        relation = retained.together_with(files)
        answers = _of_filled(connection, spec, relation, partition, conditions)
    elif files:
        partition = only_partition(spec, files)
        answers = _of_filled(connection, spec, staged_relation(files), partition, conditions)
    if any(partition not in answers for partition in rows):
        nothing = f"({no_rows(spec.columns)}) AS nothing"
        of_none = connection.execute(f"SELECT {conditions} FROM {nothing}").fetchall()[0]
        answers = dict.fromkeys(rows, of_none) | answers
    return {
        guard: {
            partition: max(rows.get(partition, 0), 1)
            for partition, answer in answers.items()
            if answer[number] is not True
        }
        for number, guard in enumerate(guards)
    }


def _of_filled(
    connection: DuckDBPyConnection,
    spec: TableSpec,
    relation: str,
    only: str | None,
    conditions: str,
) -> dict[date | None, tuple[object, ...]]:
    """By partition; `only` is SQL of the one that all rows are of, if they are."""
    # Grouping by a constant would cost as much as grouping by a column: one group needs none.
    partition = only or quoted(spec.partition_column or "")
    found = connection.execute(
        f"SELECT {partition} AS partition, {conditions} FROM {relation}"
        + ("" if only else " GROUP BY 1")
    ).fetchall()
    return {row[0]: row[1:] for row in found}
