"""The results of all rules of a warehouse as one, whichever rules there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from warehouse_assets.modeling.declaration.windows import ReadWindow, same_day
from warehouse_assets.modeling.modules import module_names
from warehouse_assets.modeling.reconciliation.result import IS_AGREEMENT

LAYER = "reconciliation"


@dataclass(frozen=True)
class EveryRule:
    """The rules of a warehouse, by the names of their modules. Made by `every_rule()`."""

    names: tuple[str, ...]

    @property
    def reads(self) -> Mapping[str, ReadWindow]:
        """The results of each rule, of the same day: for `reads`."""
        return dict.fromkeys(self.names, same_day())

    @property
    def agrees(self) -> str:
        """Whether the sides of a result agree, as SQL over its state."""
        return IS_AGREEMENT

    def select(self, columns: Sequence[str], where: str = "TRUE") -> str:
        """A SELECT of `rule`, the name of the table of results, and these columns of all of them.

        Args:
            columns: Columns of ReconciliationResult.
            where: Which results, as SQL; those of the days of the run are taken.
        """
        listed = ", ".join(columns)
        return "\nUNION ALL\n".join(
            f"SELECT '{name}' AS rule, {listed} FROM {name} "
            f"WHERE ({where}) AND dt >= :start AND dt < :end"
            for name in self.names
        )


def every_rule(module: str) -> EveryRule:
    """The rules of the warehouse that a module is of: every_rule(__name__).

    They are found by their files: a new one needs to be told to nobody.
    """
    package = module.partition(".")[0]
    names = [name.rpartition(".")[2] for name in module_names(f"{package}.{LAYER}")]
    return EveryRule(tuple(names))
