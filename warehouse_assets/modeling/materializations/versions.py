"""The versions of a log, and rows of a table merged from it, as relations of the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.identifiers import quoted
from warehouse_assets.modeling.sql.latest_versions import order_terms, version_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from warehouse_assets.modeling.declaration.change_log import ChangeLog
    from warehouse_assets.modeling.declaration.table import Table

DELIVERED_DATE = "delivered_date"

# No column of a contract has a name with a space.
IS_DELETED = quoted("is deleted")
PRESENT = quoted("columns present")


def versions_of_log(
    table: Table, source: Table, relation: str, deleted: str | None, present: str | None = None
) -> str:
    """A SELECT of the log's rows as versions of the table's: its columns, and what else matters.

    `IS_DELETED` says that the version takes the thing away, `PRESENT` which columns it states
    (NULL: all).
    """
    known = {column.spec.name for column in source.columns}
    columns = [name for name in version_columns(table) if name in known]
    selected = [
        *(quoted(name) for name in columns),
        f"{quoted(str(source.partition_column))} AS {quoted(DELIVERED_DATE)}",
        f"{quoted(deleted) if deleted else 'false'} AS {IS_DELETED}",
        f"{quoted(present) if present else 'NULL'} AS {PRESENT}",
    ]
    return f"SELECT {', '.join(selected)} FROM {relation}"


def version_columns(table: Table) -> list[str]:
    """The table's columns but for the date of delivery, which is called otherwise in the log."""
    return [c.spec.name for c in table.columns if c.spec.name != DELIVERED_DATE]


def order_columns(source: Table, log: ChangeLog) -> list[str]:
    """The columns by which versions follow one another, under the table's names."""
    return [
        DELIVERED_DATE if name == source.partition_column else name
        for name in version_order(source, log)
    ]


def ordered(names: Sequence[str], direction: str) -> str:
    """ORDER BY terms over those columns."""
    return ", ".join(f"{term} {direction}" for term in order_terms(names, quoted))


def as_row(names: Sequence[str], alias: str) -> str:
    """The columns as one value, which compares as they do one after the other."""
    return f"({', '.join(order_terms(names, lambda name: f'{alias}.{quoted(name)}'))})"
