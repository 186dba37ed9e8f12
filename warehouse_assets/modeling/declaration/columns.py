"""How a contract states a column: its meaning, its role, and what must hold for each value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from warehouse_assets.modeling.declaration.checks import ColumnCheck, column_checks

Role = Literal["key", "reference", "partition", "value"]


@dataclass(frozen=True)
class Term:
    """What a column means in every table that has it: its type and its meaning, with the unit.

    `type` is one of column_types.py, such as Money.
    """

    type: Any
    meaning: str


@dataclass(frozen=True)
class ColumnRole:
    """What a column is for."""

    role: Role
    references: str | None = None
    was: str | None = None
    delivered: bool = False
    metric: str | None = None
    counted_by: str | None = None


@dataclass(frozen=True)
class DeclaredColumn:
    """What a contract says of a column beside its name and type. Made by the functions below."""

    doc: str | Term
    role: ColumnRole
    nullable: bool = False
    checks: tuple[ColumnCheck, ...] = ()

    @property
    def meaning(self) -> str:
        """What a value means: the contract's words, or the vocabulary's."""
        return self.doc.meaning if isinstance(self.doc, Term) else self.doc


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
    return DeclaredColumn(doc, ColumnRole("value", was=was), null, column_checks(checks))


def key(
    doc: str | Term, *, references: str | None = None, was: str | None = None, **checks: Any
) -> Any:
    """A column of the primary key: unique within the partition, all key columns together.

    `references` names the table whose key it holds as well, as ref() does.
    """
    role = ColumnRole("key", references=references, was=was)
    return DeclaredColumn(doc, role, checks=column_checks(checks))


def ref(
    table: str, doc: str | Term, *, null: bool = False, was: str | None = None, **checks: Any
) -> Any:
    """A column that holds the key of a row in `table`, named as it is there."""
    role = ColumnRole("reference", references=table, was=was)
    return DeclaredColumn(doc, role, null, column_checks(checks))


def measure(name: str, *, by: str | None = None, **checks: Any) -> Any:
    """A column that carries a metric: meaning and unit are the metric's.

    Args:
        name: The metric; the column has the same name.
        by: The date it is counted by, where that is not the metric's default.
        checks: As of column().
    """
    role = ColumnRole("value", metric=name, counted_by=by)
    # What the metric says is filled in when the contract is read: see contract.py.
    return DeclaredColumn(f"The metric {name}", role, checks=column_checks(checks))


def partition(doc: str | Term) -> Any:
    """The business date by which the table is partitioned and replaced."""
    return DeclaredColumn(doc, ColumnRole("partition"))


def delivered(doc: str, *, key: bool = False) -> Any:
    """A column of a contract's base, which nobody writes in SQL; shown after the others."""
    return DeclaredColumn(doc, ColumnRole("key" if key else "value", delivered=True))
