"""Tables whose rows people give, one at a time: a run only opens the day for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from resources.lake.model.table_spec import no_rows
from warehouse_assets.modeling.declaration.table import Materialization, MaterializationRun, Table

if TYPE_CHECKING:
    from resources.lake.publish.table_write import Published


@dataclass(frozen=True)
class Recorded(Materialization):
    """Rows are recorded by commands, and stay. Made by `recorded()`."""

    makes_rows: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return "recorded by people; a run opens the day"

    def check(self, table: Table, _named: Mapping[str, Table], /) -> None:
        """Raise LoadError where the table has no key or no partitions."""
        if not table.partition_column or not table.key:
            raise table.error("a recorded table needs a key and a partition", "recorded(")

    def publish(self, run: MaterializationRun) -> Published:
        """Publish the days of the window that are not there yet, without rows."""
        from resources.lake.publish.merge import Merge, merge

        change = Merge(no_rows(run.write.spec.columns))
        return merge(run.write, change, run.connection, run.context, run.on_stage)


def recorded() -> Recorded:
    """The rows of the table are recorded by commands, such as `ledgerlake reconcile confirm`.

    A run publishes its days without rows, so that who reads them knows that nothing was recorded,
    and leaves days that have rows as they are.
    """
    return Recorded()
