"""A lake with one served table, and the stand-in that serves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks
from resources.starrocks.refresh.post_refresh import AfterRefresh, after_verified
from resources.starrocks.views.served_table import MaterializedView, ServedTable, WarmUp
from resources.starrocks.views.views import refresh_view
from tests.lake.builders import FIRST, ORDERS, open_lake, order_rows, publish_orders, read
from tests.starrocks_stand_in import StandIn

SPEC = replace(ORDERS, served=True)
WITH_VIEW = ServedTable(SPEC, view=MaterializedView())
WITH_WARM_UP = ServedTable(SPEC, warm_up=WarmUp(("order_id", "pay_amount"), days=3))
VIEW_NAME = "`default_catalog`.`ledgerlake_serving`.`dwd_order`"

Rows = list[tuple[object, ...]]


def day(number: int) -> date:
    """The first day, or one that many days later."""
    return FIRST + timedelta(days=number)


def publish(lake: Lake, first: int, days: int = 1, rows: int = 1) -> None:
    """Publish so many rows for each of the days, in one snapshot."""
    window = Window.of_days(day(first), day(first + days - 1))
    publish_orders(
        lake, window, [row for each in window for row in order_rows(each, rows)], spec=SPEC
    )


def new_lake(home: Path, days: int = 3) -> Lake:
    """One row on each day."""
    lake = open_lake(home)
    publish(lake, 0, days)
    return lake


@dataclass
class Serving:
    """The lake, the stand-in, and the lake's own client."""

    lake: Lake
    stand_in: StandIn
    settings: Settings
    client: StarRocks

    def refresh(self, numbers: Iterable[int] | None, served: ServedTable = WITH_VIEW) -> None:
        """Refresh the view where these days changed; None: everywhere."""
        changed = None if numbers is None else {day(number) for number in numbers}
        refresh_view(self.client, self.settings, served, changed)

    def view_rows(self) -> Rows:
        """What a reader of the view sees."""
        return sorted(self.client.run(f"SELECT * FROM {VIEW_NAME}"))

    def lake_rows(self) -> Rows:
        """What the lake holds."""
        return read(self.lake, SPEC)

    def sent(self, what: str) -> list[str]:
        """The statements that begin so."""
        return [each.statement for each in self.stand_in.sent(f"^{what}")]


def after(serving: Serving, *numbers: int) -> AfterRefresh:
    """What follows the verification of these days."""
    changed = {day(number) for number in numbers}
    return after_verified(serving.client, serving.settings, WITH_VIEW, changed)
