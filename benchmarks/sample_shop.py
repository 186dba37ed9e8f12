"""How fast the sample shop writes: seconds for a million order lines, each with all that follows.

An order line is told many times: with every version of its order, as it is paid, shipped, returned,
settled. Measured is everything that is ever told of it, on whichever day.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from benchmarks.measure import Line, line, main, scratch_folder, timed
from examples.sample_shop import deliveries
from examples.sample_shop.day_files import DayFiles
from examples.sample_shop.day_folders import DayFolders
from examples.sample_shop.delivery import Delivery
from examples.sample_shop.fill import fill
from examples.sample_shop.life.slices import LAST_AGE
from examples.sample_shop.session import shop_session
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.model.window import Window

LINES_PER_ORDER = 2.12
LINES = 2_120_000
"""Of the million orders of a day."""
# A million lines a second.
BAR_SECONDS = 1.0
DAYS = 9
"""From the opening on; from the eighth day on every source tells of every age."""


def run(rows: int = LINES) -> list[Line]:
    """Seconds for a million order lines: their orders alone, and every source of nine days."""
    shop = ShopSettings(orders_per_day=int(rows / LINES_PER_ORDER), users=1_000_000)
    smaller = ShopSettings(orders_per_day=shop.orders_per_day // 5, users=200_000)
    with scratch_folder() as folder:
        orders, order_lines = _orders(folder, shop, _is_of_orders)
        followed, followed_lines = _orders(folder, shop, lambda _: True)
        seconds, report = timed(
            lambda: fill(
                folder / "all", smaller, Window.of_days(smaller.first_date, _last(smaller))
            )
        )
        all_lines = sum(report.rows["order_center/order_item"].values())
    return [
        _rate("orders, lines and payments of a day", orders, order_lines, BAR_SECONDS),
        _rate("every source that follows orders of a day", followed, followed_lines),
        _rate(f"{len(report.rows)} sources, {DAYS} days", seconds, all_lines),
    ]


def _last(shop: ShopSettings) -> date:
    return shop.first_date + timedelta(days=DAYS - 1)


def _is_of_orders(delivery: Delivery) -> bool:
    return delivery.source in (
        "order_center/order",
        "order_center/order_item",
        "payment_center/payment",
    )


def _orders(
    folder: Path, shop: ShopSettings, is_wanted: Callable[[Delivery], bool]
) -> tuple[float, int]:
    """Seconds to write whatever is ever told of the orders of one day, and their lines."""
    ordered = shop.first_date + timedelta(days=LAST_AGE)
    days = [ordered + timedelta(days=age) for age in range(LAST_AGE + 1)]
    everything = deliveries.DELIVERIES
    wanted = tuple(each for each in everything if is_wanted(each))
    threads = os.cpu_count() or 1
    with ExitStack() as stack:
        stack.enter_context(patch.object(deliveries, "DELIVERIES", wanted))
        if len(wanted) < len(everything):
            stack.enter_context(patch.object(deliveries, "collections", lambda _: ()))
        pool = stack.enter_context(ThreadPoolExecutor(threads))
        connection = stack.enter_context(shop_session(shop))
        for day in days:
            DayFolders(folder, shop, day).begin()
        files = DayFiles(connection, folder, shop, pool, threads)
        seconds, written = timed(lambda: files.write_orders([ordered], days))
        for day in days:
            DayFolders(folder, shop, day).tidy()
    return seconds, written[ordered].rows["order_center/order_item"]


def _rate(what: str, seconds: float, lines: int, bar: float | None = None) -> Line:
    per_second = lines / seconds
    name = f"sample shop, {what}, seconds a million lines ({per_second:,.0f} a second)"
    return line(name, seconds / lines * 1_000_000, bar)


if __name__ == "__main__":
    main(run)
