"""How a contract states a column: its meaning, its role, and what must hold for each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

Role = Literal["key", "reference", "partition", "value"]
ROLE = "ledgerlake"
TERM = "term"


@dataclass(frozen=True)
class Term:
    """What a column means in every table that has it: its type and its meaning, with the unit.

    `type` is one of column_types.py, such as Money.
    """

    type: Any
    meaning: str

    def __deepcopy__(self, memo: object) -> Term:
        # pandera copies each column with all it has; what never changes need not be copied.
        return self

    @property
    def ibis_type(self) -> object:
        """The type as the contract's schema has it: Annotated[Decimal, 18, 2, True] made one."""
        made_by, *arguments = get_args(self.type) or (self.type,)
        return made_by(*arguments)


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


def column(doc: str | Term, *, null: bool = False, was: str | None = None, **checks: Any) -> Any:
    """A column that is neither key nor reference.

    Args:
        doc: What a value means, with its unit; or the vocabulary's term, if several tables
            have the column.
        null: Whether a value may be missing.
        was: The name this column had before; declaring it renames the column in the lake.
        checks: pandera's built-in checks (ge=0, isin=[...], str_matches="..."), and
            `raise_warning=True` to have broken ones shown instead of stopping the publish.
    """
    return _field(doc, ColumnRole("value", was=was), null, checks)


def key(
    doc: str | Term, *, references: str | None = None, was: str | None = None, **checks: Any
) -> Any:
    """A column of the primary key: unique within the partition, all key columns together.

    `references` names the table whose key it holds as well, as ref() does.
    """
    return _field(doc, ColumnRole("key", references=references, was=was), False, checks)


def ref(
    table: str, doc: str | Term, *, null: bool = False, was: str | None = None, **checks: Any
) -> Any:
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


def partition(doc: str | Term) -> Any:
    """The business date by which the table is partitioned and replaced."""
    return _field(doc, ColumnRole("partition"), False, {})


def delivered(doc: str, *, key: bool = False) -> Any:
    """A column of a contract's base, which nobody writes in SQL; shown after the others."""
    return _field(doc, ColumnRole("key" if key else "value", delivered=True), False, {})


def _field(doc: str | Term, role: ColumnRole, null: bool, checks: dict[str, Any]) -> Any:
    import pandera.ibis as pandera

    meaning = doc.meaning if isinstance(doc, Term) else doc
    metadata = {ROLE: role, TERM: doc if isinstance(doc, Term) else None}
    return pandera.Field(description=meaning, nullable=null, metadata=metadata, **checks)
