"""How a contract states a column: its meaning, its role, and what must hold for each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Role = Literal["key", "reference", "partition", "value"]
ROLE = "ledgerlake"


@dataclass(frozen=True)
class ColumnRole:
    """What a column is for, kept in the pandera field's metadata."""

    role: Role
    references: str | None = None
    was: str | None = None
    delivered: bool = False
    metric: str | None = None
    counted_by: str | None = None

    def __deepcopy__(self, memo: object) -> ColumnRole:
        # pandera copies each column with all it has; what never changes need not be copied.
        return self


def column(doc: str, *, null: bool = False, was: str | None = None, **checks: Any) -> Any:
    """A column that is neither key nor reference.

    Args:
        doc: What a value means, with its unit.
        null: Whether a value may be missing.
        was: The name this column had before; declaring it renames the column in the lake.
        checks: pandera's built-in checks (ge=0, isin=[...], str_matches="..."), and
            `raise_warning=True` to have broken ones shown instead of stopping the publish.
    """
    return _field(doc, ColumnRole("value", was=was), null, checks)


def key(doc: str, *, references: str | None = None, was: str | None = None, **checks: Any) -> Any:
    """A column of the primary key: unique within the partition, all key columns together.

    `references` names the table whose key it holds as well, as ref() does.
    """
    return _field(doc, ColumnRole("key", references=references, was=was), False, checks)


def ref(table: str, doc: str, *, null: bool = False, was: str | None = None, **checks: Any) -> Any:
    """A column that holds the key of a row in `table`, named as it is there."""
    return _field(doc, ColumnRole("reference", references=table, was=was), null, checks)


def measure(name: str, *, by: str | None = None, **checks: Any) -> Any:
    """A column that carries a metric: meaning and unit are the metric's.

    Args:
        name: The metric; the column has the same name.
        by: The date it is counted by, where that is not the metric's default.
        checks: As of column().
    """
    role = ColumnRole("value", metric=name, counted_by=by)
    # What the metric says is filled in when the contract is read: see contract.py.
    return _field(f"The metric {name}", role, False, checks)


def partition(doc: str) -> Any:
    """The business date by which the table is partitioned and replaced."""
    return _field(doc, ColumnRole("partition"), False, {})


def delivered(doc: str, *, key: bool = False) -> Any:
    """A column of a contract's base, which nobody writes in SQL; shown after the others."""
    return _field(doc, ColumnRole("key" if key else "value", delivered=True), False, {})


def _field(doc: str, role: ColumnRole, null: bool, checks: dict[str, Any]) -> Any:
    import pandera.ibis as pandera

    return pandera.Field(description=doc, nullable=null, metadata={ROLE: role}, **checks)
