"""Tables whose day is made of the day before: balances, totals to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse_assets.modeling.declaration.table import Replace
from warehouse_assets.modeling.declaration.windows import earlier

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow


@dataclass(frozen=True)
class CarriedOn(Replace):
    """The rows of a day replace its partition; they carry on the day before. See `carried_on()`."""

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return "replaced day by day; carries on the day before"

    @property
    def earlier(self) -> ReadWindow:
        """Its own day before."""
        return earlier(days=1)

    def check(self, table: Table, _named: Mapping[str, Table], /) -> None:
        """Raise LoadError where the table has no SQL, or no partition for each business date."""
        if not table.partition_column or table.sql is None:
            raise table.error(
                "carries on the day before, and is no table of SQL with a partition", "carried_on("
            )


def carried_on() -> CarriedOn:
    """The table's SQL reads the table itself, by its name: the partition of the day before.

    A run costs what its day has, however many days there were. A range runs day by day, each of
    which sees the one before. A day that has changed makes the next one stale, and so on, as far
    as the figures differ.
    """
    return CarriedOn()
