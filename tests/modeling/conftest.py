"""Small warehouses written as people write them: one module a table."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from warehouse_assets.modeling.declaration.metric_library import metric_library
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.check_warehouse import checked_warehouse
from warehouse_assets.modeling.loading.find_tables import find_tables

_NUMBERS = itertools.count()

HEADER = '"""One row per thing."""\n\nfrom warehouse_assets.modeling import *\n\n'

ORDERS = (
    HEADER
    + """
from resources.sources.declaration.files import files

class OdsOrder(DeliveredContract):
    order_no: Text = column("Order number")
    pay_amount: Money = column("What was paid", ge=0)
    ordered_at: Timestamp = column("When it was ordered")

ods_order = table(OdsOrder, owner="team:trade", source=files("shop/order", format="csv"))
"""
)

DWD = (
    HEADER
    + '''
class DwdOrder(Contract):
    order_no: Text = key("Order number")
    pay_amount: Money = column("What was paid", ge=0)
    dt: Day = partition("Business date")

dwd_order = table(
    DwdOrder,
    owner="team:trade",
    reads={"ods_order": same_day()},
    sql="""
        SELECT o.order_no, SUM(o.pay_amount) AS pay_amount, o.dt
        FROM ods_order AS o
        WHERE o.dt >= :start AND o.dt < :end
        GROUP BY o.order_no, o.dt
    """,
)
'''
)

WriteWarehouse = Callable[[Mapping[str, str]], Warehouse]


def changed(text: str, old: str, new: str) -> str:
    """The text with one thing in it changed; the thing must be there."""
    assert old in text
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The number of the first line with the part in it."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.fixture
def write_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Mapping[str, str]], Warehouse]:
    """Write modules (`layer/name` or `metrics/name` -> text) and load them as a warehouse."""

    def write(modules: Mapping[str, str]) -> Warehouse:
        package = f"written_warehouse_{next(_NUMBERS)}"
        root = tmp_path / package
        for folder in ("ods", "dim", "fact", "ads", "metrics"):
            (root / folder).mkdir(parents=True)
            (root / folder / "__init__.py").touch()
        (root / "__init__.py").touch()
        for place, text in modules.items():
            (root / f"{place}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        try:
            return checked_warehouse(find_tables(package), metric_library(package))
        finally:
            for name in [name for name in sys.modules if name.startswith(package)]:
                del sys.modules[name]

    return write
