"""What looking at a table takes of its declaration: without rules, or checks of its SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from resources.lake.closing.book_closing import BOOK_CLOSING
from resources.lake.model.table_spec import ColumnSpec, TableSpec
from warehouse_assets.modeling.declaration.change_log import ChangeLog
from warehouse_assets.modeling.declaration.checks import RowCheck
from warehouse_assets.modeling.declaration.columns import ColumnRole
from warehouse_assets.modeling.declaration.freshness import Deadline
from warehouse_assets.modeling.declaration.windows import ReadWindow
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean
from warehouse_assets.modeling.materializations.append_only import AppendOnly

if TYPE_CHECKING:
    from resources.sources.declaration.files import Source
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.warehouse import Warehouse

    # What tells whether a partition is up to date: either will do.
    TableFacts: TypeAlias = "Table | Outline"
    WarehouseFacts: TypeAlias = "Warehouse | Outlines"

QUARANTINE_SUFFIX = "_quarantine"
DOES_NOT_LOAD = "does not load"
"""The code version of a table whose SQL has a mistake: no partition was ever made by it."""


@dataclass(frozen=True)
class OutlineColumn:
    """A column with its checks in words."""

    spec: ColumnSpec
    role: ColumnRole
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    """A table as its module declares it. `spec` and `quarantine` have no rules.

    `sides` are those of a reconciliation, left and right: the table, and what it did as a word.
    """

    name: str
    layer: str
    path: Path
    doc: str
    owner: str
    columns: tuple[OutlineColumn, ...]
    spec: TableSpec
    quarantine: TableSpec | None
    checks: tuple[RowCheck, ...]
    reads: Mapping[str, ReadWindow]
    inputs: Mapping[str, ReadWindow]
    logs: tuple[str, ...]
    source: Source | None
    freshness: Deadline | None
    change_log: ChangeLog | None
    code_version: str
    closes_with_books: bool
    keeps_closed_days: bool
    sides: tuple[tuple[str, str], ...] = ()

    @property
    def partition_column(self) -> str | None:
        """Name of the partition column; None for a table that is replaced whole."""
        return self.spec.partition_column


@dataclass(frozen=True)
class Outlines:
    """The outlines of all tables that load, by name.

    `problems` say why others do not, and what to do; `modules` names every table that has one.
    """

    tables: Mapping[str, Outline]
    problems: tuple[tuple[str, str | None], ...] = ()
    modules: frozenset[str] = frozenset()

    def table(self, name: str) -> Outline:
        """The table of that name, or of `layer.name`.

        Raises:
            LoadError: If there is none; suggests the nearest.
        """
        layer, _, short = name.rpartition(".")
        found = self.tables.get(short)
        if found is None or layer not in ("", found.layer):
            step = did_you_mean(short, self.tables) or "Run `ledgerlake tables` to see all."
            raise LoadError(f"there is no table {name}", step)
        return found

    def is_declared(self, name: str) -> bool:
        """Whether a module declares the table, or the table it is the quarantine of."""
        return name in self.readable() or name.removesuffix(QUARANTINE_SUFFIX) in self.modules

    def readable(self) -> dict[str, TableSpec]:
        """Every table that may be published, by name: the tables, quarantines, closings."""
        specs = {name: table.spec for name, table in self.tables.items()}
        quarantines = [table.quarantine for table in self.tables.values() if table.quarantine]
        return specs | {spec.name: spec for spec in (*quarantines, BOOK_CLOSING)}

    def readable_named(self, name: str) -> TableSpec:
        """The table or quarantine of that name, or of `layer.name`.

        Raises:
            LoadError: If there is none; suggests the nearest.
        """
        layer, _, short = name.rpartition(".")
        spec = self.readable().get(short)
        return spec if spec and layer in ("", spec.namespace) else self.table(name).spec


def outline_of(table: Table) -> tuple[Outline, LoadError | None]:
    """The outline of a table; and what is wrong with its SQL, if it has no code version.

    Raises:
        LoadError: If the contract cannot be read.
    """
    from warehouse_assets.modeling.sql.code_version import code_version

    problem: LoadError | None = None
    try:
        version = code_version(table)
    except LoadError as error:
        version, problem = DOES_NOT_LOAD, error
    quarantine = table.quarantine
    return Outline(
        name=table.name,
        layer=table.layer,
        path=table.path,
        doc=table.doc,
        owner=table.owner,
        columns=tuple(
            OutlineColumn(column.spec, column.role, tuple(map(str, column.checks)))
            for column in table.columns
        ),
        spec=table.bare_spec,
        quarantine=replace(quarantine, rules=()) if quarantine else None,
        checks=table.checks,
        reads=table.reads,
        inputs=table.inputs,
        logs=table.logs,
        source=table.source,
        freshness=table.freshness,
        change_log=table.change_log,
        code_version=version,
        closes_with_books=table.closes_with_books,
        sides=_sides(table),
        keeps_closed_days=keeps_closed_days(table),
    ), problem


def _sides(table: Table) -> tuple[tuple[str, str], ...]:
    from warehouse_assets.modeling.reconciliation.reconcile import Reconcile

    if not isinstance(table.materialization, Reconcile):
        return ()
    rule = table.materialization.rule
    return tuple((side.table, side.word) for side in (rule.left, rule.right))


def code_version_of(table: TableFacts) -> str:
    """The code version of a table, or the one that its outline has kept."""
    from warehouse_assets.modeling.sql.code_version import code_version

    return table.code_version if isinstance(table, Outline) else code_version(table)


def keeps_closed_days(table: TableFacts) -> bool:
    """Whether partitions of closed business dates stay as they are, and nothing is posted."""
    if isinstance(table, Outline):
        return table.keeps_closed_days
    return table.closes_with_books and not isinstance(table.materialization, AppendOnly)


def outlines_of(
    tables: Iterable[Table], problems: Iterable[LoadError], modules: Iterable[str] = ()
) -> Outlines:
    """The outlines of the tables, with the problems there were and those that are found now."""
    found: dict[str, Outline] = {}
    all_problems = list(problems)
    for table in tables:
        try:
            outline, problem = outline_of(table)
        except LoadError as error:
            all_problems.append(error)
            continue
        found[table.name] = outline
        if problem:
            all_problems.append(problem)
    told = tuple((each.message, each.next_step) for each in all_problems)
    return Outlines(found, told, frozenset(modules))
