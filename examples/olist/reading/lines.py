"""A CSV file as numbered lines and their fields, also where its end is cut.

The file is read line by line and each line split by itself, so that a quote that is never closed
costs its own line and none after it. (No field of the export holds a line break.)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from resources.errors import SourceError, said_by
from resources.identifiers import text_literal

_DELIMITERS = ",;\t"
_BAD_LINES = "undecodable_lines"
_READ = """
CREATE OR REPLACE TEMP TABLE file_lines AS
SELECT row_number() OVER () AS line, text
FROM read_csv(
    {path}, columns = {{'text': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '',
    header = false, auto_detect = false, strict_mode = false,
    store_rejects = true, rejects_table = '{bad}', rejects_scan = '{bad}_scan'
)
"""
_SPLIT = """
CREATE OR REPLACE TEMP TABLE split_lines AS
SELECT
    line,
    text,
    CASE
        WHEN NOT contains(text, '"') THEN string_split(text, {delimiter})
        WHEN regexp_full_match(text || {delimiter}, '(("([^"]|"")*"|[^"{inside}]*){inside})*')
            THEN list_transform(
                regexp_extract_all(
                    text || {delimiter}, '("(?:[^"]|"")*"|[^"{inside}]*){inside}', 1
                ),
                lambda field: CASE
                    WHEN starts_with(field, '"') THEN replace(field[2:-2], '""', '"')
                    ELSE field
                END
            )
    END AS fields
FROM file_lines
WHERE text IS NOT NULL AND NOT regexp_full_match(text, '[\\s"{inside}]*')
ORDER BY line
"""


@dataclass(frozen=True)
class Lines:
    """What `split_lines` holds of a file: (line BIGINT, text, fields VARCHAR[] or NULL).

    `fields` is NULL where a quoted field is not closed. The header is among the lines.

    Args:
        path: The file.
        count: Its lines, blank ones and the header included.
        blank: Lines without any value.
        header: Names of the columns, in order.
        header_line: Number of the header's line, from 1.
        unended: Number of the last line if the file ends without ending it: it may be cut.
        undecodable: Number of the last line if it is cut inside a character.
    """

    path: Path
    count: int
    blank: int
    header: tuple[str, ...]
    header_line: int
    unended: int | None
    undecodable: int | None


def read_lines(connection: duckdb.DuckDBPyConnection, path: Path) -> Lines:
    """Read a file into `split_lines`.

    Raises:
        SourceError: If it cannot be opened, is no UTF-8 text, or holds no header.
    """
    try:
        connection.execute(_READ.format(path=text_literal(str(path)), bad=_BAD_LINES))
        bad = connection.execute(f"SELECT line FROM {_BAD_LINES} ORDER BY line LIMIT 2").fetchall()
        connection.execute(f"DROP TABLE {_BAD_LINES}; DROP TABLE {_BAD_LINES}_scan")
    except duckdb.Error as error:
        raise SourceError(
            f"{path} cannot be read: {said_by(error)[:300]}",
            "Export it again as comma-separated UTF-8 text.",
        ) from error
    last = count_rows(connection, "SELECT coalesce(max(line), 0) FROM file_lines")
    ended = _ends_with_line(path)
    if bad and (len(bad) > 1 or ended or bad[0][0] <= last):
        raise SourceError(f"{path}, line {bad[0][0]}: not UTF-8", "Export it as UTF-8 text.")
    found = connection.execute(
        "SELECT line, text FROM file_lines "
        "WHERE NOT regexp_full_match(text, '[\\s\",;]*') ORDER BY line LIMIT 1"
    ).fetchone()
    if found is None:
        raise SourceError(f"{path} is empty", "Export it again, with its header.")
    delimiter = max(_DELIMITERS, key=found[1].count)
    inside = "\\t" if delimiter == "\t" else delimiter
    connection.execute(_SPLIT.format(delimiter=text_literal(delimiter), inside=inside))
    connection.execute("DROP TABLE file_lines")
    header = connection.execute(
        "SELECT fields FROM split_lines WHERE line = ?", [found[0]]
    ).fetchone()
    if header is None or header[0] is None:
        raise SourceError(f"{path}, line {found[0]}: the header is cut", "Export the file again.")
    undecodable = int(bad[0][0]) if bad else None
    count = last + len(bad)
    filled = count_rows(connection, "SELECT count(*) FROM split_lines") + len(bad)
    return Lines(
        path=path,
        count=count,
        blank=count - filled,
        header=tuple(name.strip("\ufeff \t").lower() for name in header[0]),
        header_line=int(found[0]),
        unended=None if ended else count,
        undecodable=undecodable,
    )


def count_rows(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """The one number that a statement gives: a count, or how many rows it changed."""
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _ends_with_line(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 1))
        return file.read(1) in (b"\n", b"\r", b"")
