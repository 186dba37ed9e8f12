"""Values of Parquet files that are not what the statistics in their footer say of them.

A changed byte inside a page that has no checksum shows where it makes a value less than the least
of its column, greater than the greatest, or changes how many are NULL. A value that stays between
them is not known to be another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted, text_literal
from resources.lake.model.column_type import column_type
from resources.sources.formats.parquet_damage.footer import DamagedParquet


@dataclass(frozen=True)
class _Told:
    """What a footer says of a column; None where it says nothing."""

    name: str
    kind: str
    least: str | None
    greatest: str | None
    nulls: int | None


def check_statistics(
    connection: DuckDBPyConnection, path: Path, columns: Sequence[tuple[str, str]]
) -> None:
    """Compare the values of columns with their statistics, each for the file as a whole.

    Args:
        connection: The engine.
        path: The file, under a name that is no pattern to the engine.
        columns: Names, and types as DuckDB spells them; types without an order are passed over.

    Raises:
        DamagedParquet: Names the column, and what is wrong.
    """
    told = list(_told(connection, path, columns))
    if not told:
        return
    facts = ", ".join(
        f"count(*) - count({name}), CAST(min({name}) AS VARCHAR), CAST(max({name}) AS VARCHAR), "
        f"min({name}) < CAST({_literal(each.least)} AS {each.kind}) "
        f"OR max({name}) > CAST({_literal(each.greatest)} AS {each.kind})"
        for each in told
        for name in [quoted(each.name)]
    )
    names = ", ".join(quoted(each.name) for each in told)
    nulls = ", ".join(f"CAST(NULL AS {each.kind})" for each in told)
    # Of a file alone the engine would answer from the very statistics: it need not read a value.
    found = connection.execute(
        f"SELECT {facts} FROM (SELECT {names} FROM read_parquet({text_literal(str(path))}, "
        f"hive_partitioning = false) UNION ALL SELECT {nulls})"
    ).fetchall()[0]
    for at, each in enumerate(told):
        nulls_found, least, greatest, is_outside = found[4 * at : 4 * at + 4]
        if each.nulls is not None and nulls_found - 1 != each.nulls:
            raise DamagedParquet(
                f"column {each.name!r}: {nulls_found - 1:,} NULLs, the footer says {each.nulls:,}"
            )
        if is_outside:
            raise DamagedParquet(
                f"column {each.name!r}: values from {least} to {greatest}, the footer says from "
                f"{each.least} to {each.greatest}"
            )


def _told(
    connection: DuckDBPyConnection, path: Path, columns: Sequence[tuple[str, str]]
) -> Iterator[_Told]:
    compared = [(name, kind) for name, kind in columns if column_type(kind).has_exact_bounds]
    if not compared:
        return
    facts = ", ".join(
        f"count(*) FILTER ({of}), count(stats_min_value) FILTER ({of}), "
        f"count(stats_max_value) FILTER ({of}), count(stats_null_count) FILTER ({of}), "
        f"count(*) FILTER ({of} AND stats_null_count = num_values), "
        f"CAST(min(TRY_CAST(stats_min_value AS {kind})) FILTER ({of}) AS VARCHAR), "
        f"CAST(max(TRY_CAST(stats_max_value AS {kind})) FILTER ({of}) AS VARCHAR), "
        f"CAST(sum(stats_null_count) FILTER ({of}) AS BIGINT)"
        for name, kind in compared
        for of in [f"path_in_schema = {text_literal(name)}"]
    )
    found = connection.execute(
        f"SELECT count(DISTINCT row_group_id), {facts} FROM parquet_metadata(?)", [str(path)]
    ).fetchall()[0]
    groups = found[0]
    for at, (name, kind) in enumerate(compared):
        chunks, least, greatest, nulls, empty, first, last, null_count = found[
            8 * at + 1 : 8 * at + 9
        ]
        # Of nested columns, and of two of one name, the figures are not a column's.
        if chunks != groups:
            continue
        has_edges = least == greatest == groups - empty and least and None not in (first, last)
        yield _Told(
            name,
            kind,
            first if has_edges else None,
            last if has_edges else None,
            null_count if nulls == groups else None,
        )


def _literal(text: str | None) -> str:
    return "NULL" if text is None else text_literal(text)
