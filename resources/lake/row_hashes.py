"""How many rows there are of each partition and date, and a hash of them in any order.

The hash is a sum of hashes of rows: it does not depend on their order, and rows that differ have
the same one once in 2^64, texts that differ in two bytes some way apart once in 2^43 (measured).
Names and types of the columns are part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted, text_literal
from resources.lake.publication import Partition
from resources.lake.table_spec import TableSpec

# No zone in use has an offset that is no multiple of a quarter of an hour; it is checked all the
# same. Turning each instant into a date would cost ten times as much.
_QUARTER_HOUR = 900_000_000


@dataclass(frozen=True)
class HashedRows:
    """How many rows, and the sum of their hashes; None where they were only counted."""

    count: int
    hashes: int | None


RowsByDate = Mapping[Partition, HashedRows]
"""Rows by business date; by None where there is no event time, in the table or in the row."""


def rows_by_date(
    connection: DuckDBPyConnection, spec: TableSpec, relation: str, partition: str, hashed: bool
) -> dict[Partition, RowsByDate]:
    """The relation's rows by partition and, for a spec with an event time, by its date.

    Args:
        connection: The engine; it knows business_date() if the spec has an event time.
        spec: The table whose columns the relation has.
        relation: What to read, for a FROM clause.
        partition: SQL for a row's partition.
        hashed: Whether the rows are hashed, or only counted.
    """
    names = ", ".join(quoted(column.name) for column in spec.columns)
    types = text_literal(", ".join(f"{column.name} {column.type}" for column in spec.columns))
    # Hashed once more, because the engine combines the hashes of columns in a simple way.
    hashes = f"sum(hash(hash({names}), {types}))" if hashed else "NULL"
    if spec.event_time is None:
        found = connection.execute(
            f"SELECT {partition}, NULL, count(*), {hashes}, false FROM {relation} GROUP BY ALL"
        ).fetchall()
    else:
        query = _dates_query(spec.event_time, relation, partition, hashes)
        found = connection.execute(query, [_QUARTER_HOUR]).fetchall()
        if any(row[4] for row in found):
            found = connection.execute(query, [1]).fetchall()
    by_date: dict[Partition, dict[Partition, HashedRows]] = {}
    for day, event_date, count, total, _ in found:
        by_date.setdefault(day, {})[event_date] = HashedRows(count, total)
    return dict(by_date)


def _dates_query(event_time: str, relation: str, partition: str, hashes: str) -> str:
    at = quoted(event_time)
    return (
        "SELECT day, business_date(first), CAST(sum(rows) AS BIGINT), sum(hashes), "
        "bool_or(business_date(first) <> business_date(last)) FROM ("
        f"SELECT {partition} AS day, epoch_us({at}) // ? AS step, min({at}) AS first, "
        f"max({at}) AS last, count(*) AS rows, {hashes} AS hashes FROM {relation} GROUP BY ALL"
        ") GROUP BY ALL"
    )
