"""ledgerlake order: one order by its number, in whichever shard it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from warehouse_assets.command_line.options import AsJson
from warehouse_assets.command_line.output.console import note, output
from warehouse_assets.command_line.output.formatting import counted
from warehouse_assets.command_line.output.json_output import print_json
from warehouse_assets.command_line.queries.rows_table import print_rows

if TYPE_CHECKING:
    from warehouse_assets.command_line.queries.order_lookup import FoundOrder

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")]

_SAYS = {"order_no": "its number", "mapping": "the mapping table", "user_id": "its buyer's hash"}


def order(number: Number, as_json: AsJson = False) -> None:
    """Find an order by its number: its shard, its latest version, its lines and payments.

    The shard is the one that the number carries, or, for older orders, the mapping table's. Says
    so where the order lies in another one, or in two.

    **Example**

    `ledgerlake order O2026010300000123S0101`
    """
    from resources.lake.read_only_lake import ReadOnlyLake
    from resources.settings import load_settings
    from warehouse_assets.command_line.queries.order_lookup import OrderLookup
    from warehouse_assets.modeling.loading.whole_tables import load_whole_tables

    settings = load_settings()
    lake = ReadOnlyLake(settings)
    found = OrderLookup(load_whole_tables(), lake, settings).find(number)
    if as_json:
        print_json(_as_document(found), settings.zone)
        return
    output().print(_places(found))
    print_rows(found.order, settings.zone, f"order, latest of {counted(found.versions, 'version')}")
    for name, rows in found.parts.items():
        if rows.values:
            print_rows(rows, settings.zone, name)
        else:
            output().print(Text(f"{name}: nothing", style="dim"))
    note(f"Deliveries of {found.days}. Instants are in {settings.time_zone}.")


def _as_document(found: FoundOrder) -> dict[str, object]:
    return {
        "number": found.number,
        "deliveries_of": [found.days.start, found.days.last],
        "known_by": found.known_by,
        "shard": found.shard,
        "places": [
            {"shard": shard, "file": place, "belongs_in": found.misplaced.get(shard, (None,))[0]}
            for shard, place in found.places.items()
        ],
        "versions": found.versions,
        "order": found.order.as_documents(),
        **{name: rows.as_documents() for name, rows in found.parts.items()},
    }


def _places(found: FoundOrder) -> Text:
    from warehouse_assets.command_line.queries.order_lookup import shard_text

    says = f"{found.known_by} says {shard_text(found.shard)}" if found.shard else (
        "its number carries no shard, and the mapping table has no row for it"
    )  # fmt: skip
    text = Text.assemble((found.number, "bold"), f"  {says}\n")
    for shard, place in found.places.items():
        text.append(f"lies in {shard_text(shard)}  ")
        text.append(f"{place}\n", style="dim")
        if shard in found.misplaced:
            right, known_by = found.misplaced[shard]
            text.append(f"misplaced: {_SAYS[known_by]} says {shard_text(right)}\n", style="yellow")
    if len(found.places) > 1:
        text.append(f"it lies in {len(found.places)} shards\n", style="yellow")
    return text
