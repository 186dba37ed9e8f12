"""Result sets that are made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from mysql_mimic.results import ResultColumn
from mysql_mimic.types import ColumnType

from tests.starrocks_stand_in.engine import Rows


def texts(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Rows:
    """A result set whose columns are all text."""
    columns = [ResultColumn(name, ColumnType.VAR_STRING) for name in names]
    shown = [tuple(None if value is None else str(value) for value in row) for row in rows]
    return Rows(columns, shown)


def is_like(name: str, pattern: str | None) -> bool:
    """Whether a name fits a LIKE pattern; no pattern: it does."""
    import re

    if pattern is None:
        return True
    expression = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return re.fullmatch(expression, name, re.IGNORECASE) is not None
