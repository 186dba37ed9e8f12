"""The sample shop that delivers to a lake: the one that is there, or a new one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from warehouse_assets.command_line.output.console import output
from warehouse_assets.command_line.output.formatting import counted

if TYPE_CHECKING:
    from examples.sample_shop.fill import FillReport
    from examples.sample_shop.shop_settings import ShopSettings
    from resources.lake.model.window import Window
    from resources.settings import Settings


def shop_of(
    settings: Settings,
    orders: int | None,
    seed: int | None,
    errors: Mapping[str, float] | None = None,
) -> ShopSettings:
    """The shop to fill from: what is not asked for is as the landing folder has it."""
    from examples.sample_shop.shop_settings import ShopSettings

    there = _manifest(settings).get("shop", {})
    default = ShopSettings()
    return ShopSettings(
        seed=there.get("seed", default.seed) if seed is None else seed,
        orders_per_day=(
            there.get("orders_per_day", default.orders_per_day) if orders is None else orders
        ),
        first_date=settings.first_date,
        time_zone=settings.time_zone,
        errors=there.get("errors", default.errors) if errors is None else errors,
    )


def delivered_days(settings: Settings) -> int:
    """How many days a sample shop has delivered to the landing folder; 0 if there is none."""
    return len(_manifest(settings).get("days", {}))


def _manifest(settings: Settings) -> dict[str, Any]:
    """The shop's manifest; empty if there is none, or none that can be read: fill() says so."""
    from examples.sample_shop.manifest import MANIFEST

    path = settings.landing_folder / MANIFEST
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def fill_shop(settings: Settings, shop: ShopSettings, window: Window) -> FillReport:
    """Deliver the days that are not there yet, with progress, and say what was delivered."""
    from rich.progress import Progress

    from examples.sample_shop.fill import fill

    console = output()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Filling the sample shop", total=len(window))
        report = fill(
            settings.landing_folder,
            shop,
            window,
            on_day=lambda _: progress.advance(task),
            threads=settings.threads,
        )
    new = len(window) - len(report.skipped)
    console.print(
        f"[green]✓[/] The sample shop delivered {counted(new, 'day')} "
        f"({shop.orders_per_day:,} orders a day) into {settings.landing_folder}"
        if new
        else f"[green]✓[/] The sample shop's {counted(len(window), 'day')} were there already."
    )
    return report
