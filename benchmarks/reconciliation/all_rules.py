"""All rules over one business date of the shop, in one process, each timed by itself.

The shop has each kind of error once in a thousand rows. What the rules read, and their days before,
are published before time is taken: what is settled was ordered a week ago. The rules are run in the
order in which the warehouse has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from benchmarks.measure import (
    Line,
    bench_settings,
    cpu_of,
    line,
    main,
    scratch_folder,
    timed,
)
from examples.sample_shop.errors.registry import ERROR_KINDS
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

ORDERS = 1_000_000
DAY = date(2026, 11, 1)
OPENED = DAY - timedelta(days=8)
"""The shop's first day: by DAY it has refunds, payouts and settlements of the days before."""

ERROR_RATE = 0.001
SECONDS_BAR = 60.0
# The default is for a shop of some thousand orders.
MEMORY = "1GiB"


def run(rows: int = ORDERS) -> list[Line]:
    """Seconds of all rules for a day of so many orders, and of each, the slowest first."""
    with scratch_folder() as folder:
        day = day_of_orders(folder, rows)
        last = Window.of_day(DAY)
        runs = {name: partial(day.publish, name, last) for name in day.rules}
        taken = {name: cpu_of(lambda: timed(run)[0]) for name, run in runs.items()}  # noqa: B023
    # The bar is that of a million orders: fewer must not take longer.
    bar = SECONDS_BAR if rows <= ORDERS else None
    seconds = sum(wall for _, wall in taken.values())
    slowest = sorted(taken.items(), key=lambda each: -each[1][1])
    return [
        line(f"all {len(taken)} rules of a day of {rows:,} orders, seconds", seconds, bar),
        line("  CPU seconds", sum(cpu for cpu, _ in taken.values())),
        *(line(f"  {name}, seconds ({cpu:.2f} of CPU)", wall) for name, (cpu, wall) in slowest),
    ]


@dataclass(frozen=True)
class ReconciledDay:
    """A day of the shop whose facts are published, and the rules over them in their order."""

    warehouse: Warehouse
    settings: Settings

    @property
    def rules(self) -> list[str]:
        """The names of all rules, those that others read before these."""
        tables = self.warehouse.tables.values()
        return [table.name for table in tables if table.layer == "reconciliation"]

    def publish(self, name: str, days: Window) -> None:
        """Publish days of one table."""
        table = self.warehouse.table(name)
        window = days if table.partition_column else None
        lake = Lake(self.settings)
        TableRun(table, window, "bench", self.warehouse, lake, self.settings).publish()


def day_of_orders(home: Path, orders: int) -> ReconciledDay:
    """Fill the shop's days until DAY, publish what the rules are made of, and the days before."""
    settings = bench_settings(home).model_copy(update={"first_date": OPENED, "memory": MEMORY})
    shop = ShopSettings(1, orders, OPENED, errors=dict.fromkeys(ERROR_KINDS, ERROR_RATE))
    fill(settings.landing_folder, shop, Window.of_days(OPENED, DAY))
    day = ReconciledDay(load_warehouse(), settings)
    made_of = day.warehouse.made_of(*day.rules).tables
    for name in (name for name in made_of if name not in day.rules):
        day.publish(name, Window.of_days(OPENED, DAY))
    for name in day.rules:
        day.publish(name, Window.of_days(OPENED, DAY - timedelta(days=1)))
    return day


if __name__ == "__main__":
    main(run, ORDERS)
