"""A small lake with a day that failed its audit, its webserver, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.ui.browser import Page, find_chromedriver, open_browser
from tests.ui.shop_lake import ShopLake
from tests.ui.webserver import Webserver, serve


@pytest.fixture(scope="package")
def chromedriver() -> str:
    """Looked for before anything that takes time."""
    return find_chromedriver()


@pytest.fixture(scope="package")
def lake(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> ShopLake:
    """Two days of orders, published in one run; then the second day is delivered again, broken.

    A third day is over and was never delivered.
    """
    home = tmp_path_factory.mktemp("home")
    last = Settings(home=home).last_complete_date()
    window = Window.of_days(last - timedelta(days=2), last - timedelta(days=1))
    lake = ShopLake(home, window, project_root)
    fill(lake.landing, ShopSettings(orders_per_day=30, first_date=window.start), window)
    lake.materialize("+dwd_order", window)
    lake.deliver_a_lost_order(window.last)
    lake.materialize("ods_order", Window.of_day(window.last), succeeds=False)
    return lake


@pytest.fixture(scope="package")
def webserver(lake: ShopLake) -> Iterator[Webserver]:
    """`ledgerlake ui` on the lake."""
    with serve(lake.environment, lake.project_root) as webserver:
        yield webserver


@pytest.fixture(scope="package")
def page(chromedriver: str, webserver: Webserver) -> Iterator[Page]:
    """One browser window for all tests."""
    with open_browser(chromedriver, webserver.address) as page:
        yield page
