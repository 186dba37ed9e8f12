"""Two shops, made once: one with every kind of error, one without any."""

from __future__ import annotations

import pytest

from examples.sample_shop.errors.registry import ERROR_KINDS
from tests.reconciliation.measured_shop import MeasuredShop, measured_shop

_DAYS, _ORDERS = 12, 120


@pytest.fixture(scope="session")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> MeasuredShop:
    """A shop in which every kind of error happens to 5 % of the rows it may happen to."""
    rates = dict.fromkeys(ERROR_KINDS, 0.05)
    home = tmp_path_factory.mktemp("wrong")
    return measured_shop(home, days=_DAYS, orders=_ORDERS, rates=rates)


@pytest.fixture(scope="session")
def right(tmp_path_factory: pytest.TempPathFactory) -> MeasuredShop:
    """The same shop without errors; its sources deliver late and repeated rows all the same."""
    home = tmp_path_factory.mktemp("right")
    return measured_shop(home, days=_DAYS, orders=_ORDERS, rates={})
