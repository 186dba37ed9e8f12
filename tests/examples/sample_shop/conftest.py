"""One shop, filled once for all tests that only read."""

from __future__ import annotations

from datetime import date

import pytest

from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.model.window import Window
from tests.examples.sample_shop.reading import Delivered, read_landing


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    """Thirteen days of 1,200 orders each: some settlements are paid out and complete."""
    landing = tmp_path_factory.mktemp("landing")
    shop = ShopSettings(seed=7, orders_per_day=1200, first_date=date(2026, 2, 24))
    window = Window.of_days(date(2026, 2, 24), date(2026, 3, 8))
    fill(landing, shop, window)
    delivered = read_landing(landing, shop, list(window))
    # Tests say of every row that it is right: there must be some of each source.
    missing = [source for source, days in delivered.rows.items() if not any(days.values())]
    assert missing == []
    return delivered
