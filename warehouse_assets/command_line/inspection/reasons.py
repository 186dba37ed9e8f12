"""Why tables are not up to date: one line a reason, however many tables and days it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.formatting import counted, day_ranges

if TYPE_CHECKING:
    from resources.lake.model.publication_record import Partition
    from warehouse_assets.modeling.execution.stale_partitions import Reasons

_REASONS_SHOWN = 8


def show_reasons(reasons: Reasons, every: bool = False) -> None:
    """Print for each reason the tables it holds for; days where it is one table's own.

    Only the first few reasons, unless `every` one is asked for.
    """
    tables: dict[str, dict[str, list[Partition]]] = {}
    for name, partitions in reasons.items():
        for partition, reason in partitions.items():
            tables.setdefault(reason, {}).setdefault(name, []).append(partition)
    console = output()
    most = len(tables) if every else _REASONS_SHOWN
    for reason, found in list(tables.items())[:most]:
        names = ", ".join(found)
        if len(found) == 1:
            names += " " + day_ranges(*found.values())
        console.print(Text.assemble((f"{reason}: ", "yellow"), (names, "dim")))
    if len(tables) > most:
        more = counted(len(tables) - most, "more reason")
        console.print(Text(f"and {more}: ledgerlake tables --reasons", style="dim"))
