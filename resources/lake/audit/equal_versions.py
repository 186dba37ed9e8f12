"""Versions of one thing with one sequence: is it evident which of them is the newer one?

It is where their values are the same, where they stand in one file, or where the names of their
files first differ in a number. Anything else would be a guess.
"""

from __future__ import annotations

from dataclasses import replace

from duckdb import DuckDBPyConnection

from resources.duckdb.memory import memory_at_most
from resources.identifiers import quoted, quoted_list
from resources.lake.audit.unique_key import Duplicates, find_duplicates
from resources.lake.model.table_spec import TableSpec, VersionSpec
from resources.lake.write.staged_rows import fetch_sample, partition_of_rows, staged_relation
from resources.lake.write.staging import Staged

_SORTING_MEMORY = "256MiB"
_DIGITS = 20


def counted_name(path: str) -> str:
    """SQL of a file's name with 20 digits for each number in it, so that texts sort as numbers."""
    zeros = "0" * _DIGITS
    padded = f"regexp_replace(parse_filename({path}), '[0-9]+', '{zeros}\\0', 'g')"
    return f"regexp_replace({padded}, '[0-9]*([0-9]{{{_DIGITS}}})', '\\1', 'g')"


def find_unordered(connection: DuckDBPyConnection, spec: TableSpec, staged: Staged) -> Duplicates:
    """Find the rows that nothing orders behind another version of the same thing and sequence.

    Where each partition came in one file, this costs a look at the column of its name; where no
    sequence of a thing is there twice, as much as a check of a key.
    """
    versions = spec.versions
    assert versions is not None
    file = quoted(versions.file)
    in_several_files = connection.execute(
        f"SELECT 1 FROM {staged_relation(staged.files)} GROUP BY {partition_of_rows(spec)} "
        f"HAVING min({file}) <> max({file}) LIMIT 1"
    ).fetchall()
    if not in_several_files:
        return Duplicates({}, ())
    repeated = find_duplicates(connection, replace(spec, key=versions.columns), staged)
    if not repeated.rows:
        return repeated
    unordered = _unordered(versions, partition_of_rows(spec), staged_relation(staged.files))
    with memory_at_most(connection, _SORTING_MEMORY):
        found = connection.execute(
            f"SELECT partition, count(*) FROM ({unordered}) GROUP BY partition"
        ).fetchall()
    if not found:
        return Duplicates({}, ())
    shown = quoted_list([*versions.columns, versions.file, versions.line])
    sample = fetch_sample(connection, f"SELECT {shown}, other_file FROM ({unordered})")
    return Duplicates(dict(found), sample)


def _unordered(versions: VersionSpec, partition: str, relation: str) -> str:
    """A SELECT of the rows with other values than the version before, and no order between them."""
    file, line = quoted(versions.file), quoted(versions.line)
    shown = quoted_list([*versions.columns, versions.file, versions.line])
    hashed = (
        f"SELECT {shown}, {partition} AS partition, "
        f"{counted_name(file)} AS counted, hash({quoted_list(versions.values)}) AS content "
        f"FROM {relation}"
    )
    before = (
        f"SELECT *, lag({file}) OVER same AS other_file, lag(content) OVER same AS other "
        f"FROM ({hashed}) WINDOW same AS (PARTITION BY {quoted_list(versions.columns)}, partition "
        f"ORDER BY counted, {file}, {line})"
    )
    return (
        f"SELECT * FROM ({before}) WHERE other_file IS NOT NULL AND content <> other "
        f"AND {file} <> other_file AND NOT {_differs_in_number(file, 'other_file')}"
    )


def _differs_in_number(path: str, other: str) -> str:
    """SQL: the first difference between the names of two files is one between two numbers."""
    parts = [
        f"regexp_extract_all(parse_filename({each}), '[0-9]+|[^0-9]+')" for each in (path, other)
    ]
    pairs = f"list_zip({parts[0]}, {parts[1]})"
    first = f"list_filter({pairs}, lambda each: each[1] IS DISTINCT FROM each[2])[1]"
    number = "regexp_full_match({}, '[0-9]+')"
    both = [number.format(f"{first}[{at}]") for at in (1, 2)]
    other_value = f"ltrim({first}[1], '0') <> ltrim({first}[2], '0')"
    return f"coalesce({both[0]} AND {both[1]} AND {other_value}, false)"
