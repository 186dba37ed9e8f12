"""A table that is declared and cannot run: its module, or one it reads, has a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse_assets.modeling.load_errors import LoadError

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table


@dataclass(frozen=True)
class BrokenTable:
    """Where the table is, and why it cannot run; `table` is None where its module does not load."""

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
