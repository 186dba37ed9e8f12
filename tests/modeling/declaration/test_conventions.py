"""A table has what `conventions.py` says of its prefix, unless its module says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse
from warehouse_assets.modeling.declaration.freshness import by
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.load_errors import LoadError

CONVENTIONS = """
from warehouse_assets import modeling as m

ods = m.convention(freshness=m.by("02:00"), late_days=2)
dwd = m.convention(freshness=m.by("05:00"), serving=m.served())
"""
VERSIONS = ORDERS.replace(
    'format="csv")',
    'format="csv"), change_log=change_log(key=("order_no",), sequence="ordered_at", '
    'event_time="ordered_at")',
)  # fmt: skip


def dwd_order(write: WriteWarehouse, text: str, **modules: str) -> Table:
    written = {"conventions": CONVENTIONS, "ods/ods_order": ORDERS, "fact/dwd_order": text}
    return write({**written, **modules}).tables["dwd_order"]


def with_arguments(arguments: str) -> str:
    return DWD.replace('owner="team:trade",', f'owner="team:trade", {arguments},')


def test_a_table_has_what_is_said_of_its_prefix(write_warehouse: WriteWarehouse) -> None:
    table = dwd_order(write_warehouse, DWD)
    assert table.freshness == by("05:00")
    assert table.serving is not None


@pytest.mark.parametrize(
    ("arguments", "attribute", "value"),
    [
        ('freshness=by("07:30")', "freshness", by("07:30")),
        ("freshness=None", "freshness", None),
        ("serving=None", "serving", None),
        ("materialization=append_only(adjusting=('pay_amount',))", "serving", None),
    ],
)
def test_what_its_module_says_counts(
    write_warehouse: WriteWarehouse, arguments: str, attribute: str, value: Any
) -> None:
    text = with_arguments(arguments)
    if "append_only" in arguments:
        text = text.replace(
            "    pay_amount", '    supplement_no: Integer = key("No")\n    pay_amount'
        )
        text = text.replace("SELECT o.order_no,", "SELECT o.order_no, 0 AS supplement_no,")
    assert getattr(dwd_order(write_warehouse, text), attribute) == value


def test_a_change_log_is_checked_for_rows_that_are_too_late(
    write_warehouse: WriteWarehouse,
) -> None:
    modules = {"conventions": CONVENTIONS, "ods/ods_order": VERSIONS, "fact/dwd_order": DWD}
    [check] = write_warehouse(modules).tables["ods_order"].checks
    assert check.name == "delivered_in_time"
    assert "INTERVAL 2 DAY" in check.condition


def test_without_conventions_there_are_no_defaults(write_warehouse: WriteWarehouse) -> None:
    tables = write_warehouse({"ods/ods_order": VERSIONS, "fact/dwd_order": DWD}).tables
    assert (tables["dwd_order"].freshness, tables["dwd_order"].serving) == (None, None)
    assert tables["ods_order"].checks == ()


def test_a_mistake_in_conventions_names_its_line(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match=r"conventions\.py:2: .*no attribute"):
        dwd_order(
            write_warehouse, DWD, conventions="from warehouse_assets import modeling as m\nm.x"
        )
