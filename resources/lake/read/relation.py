"""What reads a table: a SELECT, and the files that it opens."""

from __future__ import annotations

from typing import NamedTuple


class Relation(NamedTuple):
    """A SELECT, and every file that it opens."""

    sql: str
    files: tuple[str, ...]
