"""All tables together, inputs before the tables that read them; and every metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from resources.starrocks.views.served_table import ServedTable
from warehouse_assets.modeling.declaration.metric_library import MetricLibrary
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.load_errors import LoadError, did_you_mean


@dataclass(frozen=True)
class BrokenTable:
    """A table that is declared and cannot run: its module, or one it reads, has a mistake.

    `table` is None where its module does not load.
    """

    name: str
    layer: str
    path: Path
    error: LoadError
    table: Table | None

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of its inputs, as far as they are known."""
        return tuple(self.table.reads) if self.table else ()

    @property
    def is_partitioned(self) -> bool:
        """Whether it has a partition for each business date; False where that is not known."""
        try:
            return self.table is not None and self.table.partition_column is not None
        except LoadError:
            return False

    @property
    def reason(self) -> str:
        """The error and what to do about it, as one text."""
        step = self.error.next_step
        return f"{self.error.message}. {step}" if step else self.error.message


@dataclass(frozen=True)
class Warehouse:
    """Every table by name, inputs before the tables that read them; and every metric.

    `broken` are the tables that cannot run, where those that can are loaded without them.
    """

    tables: Mapping[str, Table]
    metrics: MetricLibrary
    broken: Mapping[str, BrokenTable] = field(default_factory=dict[str, BrokenTable])

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """For each table the names of those that read it directly."""
        readers: dict[str, list[str]] = {name: [] for name in self.tables}
        for table in self.tables.values():
            for name in table.reads:
                readers[name].append(table.name)
        return {name: tuple(found) for name, found in readers.items()}

    @cached_property
    def served(self) -> tuple[ServedTable, ...]:
        """The tables that StarRocks serves, inputs before the tables that read them."""
        return tuple(
            table.serving.of(table.spec) for table in self.tables.values() if table.serving
        )

    def made_of(self, *names: str) -> Warehouse:
        """The part of the warehouse that has the named tables and all they are made of."""
        wanted = {self.table(name).name for name in names}
        for table in reversed(list(self.tables.values())):
            if table.name in wanted:
                wanted.update(table.reads)
        return replace(self, tables={n: t for n, t in self.tables.items() if n in wanted})

    def table(self, name: str) -> Table:
        """The table of that name.

        Raises:
            LoadError: If there is none, with the nearest; or if it is broken, with the reason.
        """
        if name in self.broken:
            raise self.broken[name].error
        if name not in self.tables:
            step = did_you_mean(name, self.tables) or "Run `ledgerlake tables` to see all."
            raise LoadError(f"there is no table {name}", step)
        return self.tables[name]
