"""A mistake in a table's module is found when the code is loaded, and says where it is."""

from __future__ import annotations

import re
from datetime import date

import pytest

from resources.lake.model.window import Window
from tests.modeling.conftest import DWD, HEADER, ORDERS, WriteWarehouse, changed, line_of
from tests.modeling.loading.mistakes import MISTAKES
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.sql.statement import Statement


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_names_file_line_table_and_the_remedy(
    mistake: str, write_warehouse: WriteWarehouse
) -> None:
    module, on_line, words = MISTAKES[mistake]
    with pytest.raises(LoadError) as raised:
        write_warehouse(
            {
                "ods/ods_order": ORDERS,
                "ods/ods_item": ORDERS.replace("ods_order", "ods_item"),
                "fact/dwd_order": module,
            }
        )
    text = str(raised.value)
    assert f"fact/dwd_order.py:{line_of(module, on_line)}: dwd_order: " in text
    for word in words:
        assert word in text


def test_a_sound_warehouse_loads_in_order_of_dependence(write_warehouse: WriteWarehouse) -> None:
    warehouse = write_warehouse({"fact/dwd_order": DWD, "ods/ods_order": ORDERS})
    assert list(warehouse.tables) == ["ods_order", "dwd_order"]
    assert warehouse.readers == {"ods_order": ("dwd_order",), "dwd_order": ()}


def test_a_cycle_names_its_tables(write_warehouse: WriteWarehouse) -> None:
    first = DWD.replace("ods_order", "dwd_other")
    second = DWD.replace("dwd_order", "dwd_other").replace("ods_order", "dwd_order")
    with pytest.raises(LoadError, match=r"reads itself in the end: dwd_.* <- dwd_.* <- dwd_"):
        write_warehouse({"fact/dwd_order": first, "fact/dwd_other": second})


def test_a_module_holds_one_table_of_its_own_name(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match="holds dwd_order"):
        write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_other": DWD})
    with pytest.raises(LoadError, match="holds none"):
        write_warehouse({"fact/dwd_order": HEADER})


def test_a_name_is_taken_once(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match="the name is taken by"):
        write_warehouse({"ods/ods_order": ORDERS, "dim/ods_order": ORDERS})


def test_a_name_starts_with_its_layer(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match=r"a table in dim/ is named dim_\*"):
        write_warehouse({"dim/ods_order": ORDERS})


def test_a_table_without_docstring_is_refused(write_warehouse: WriteWarehouse) -> None:
    with pytest.raises(LoadError, match="One row per"):
        write_warehouse({"ods/ods_order": ORDERS.replace('"""One row per thing."""', "")})


def test_a_key_that_is_no_column_cannot_be_declared(write_warehouse: WriteWarehouse) -> None:
    """key() makes the column it is said of, so a key without a column cannot be written."""
    table = write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_order": DWD}).table("dwd_order")
    assert table.key == ("order_no",)
    assert set(table.key) <= {column.name for column in table.spec.columns}


def test_quoted_text_and_comments_hold_no_parameters(write_warehouse: WriteWarehouse) -> None:
    text = changed(
        DWD,
        "WHERE o.dt",
        "-- from :start on\n /* it's not :end -- */        WHERE o.order_no <> ':end' AND o.dt",
    )
    table = write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_order": text}).table("dwd_order")
    assert table.sql is not None
    sql = Statement(table, table.sql).text(Window.of_day(date(2026, 1, 1)))
    assert "-- from :start on" in sql
    assert "it's not :end -- */" in sql
    assert "':end'" in sql
    assert "o.dt >= DATE '2026-01-01' AND o.dt < DATE '2026-01-02'" in sql


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("key(", "kye(", "NameError: name 'kye' is not defined"),
        ("owner=", "owner=)", "SyntaxError"),
        ("same_day()", "trailing(days=0)", "days must be 1 or more"),
        ('owner="team:trade",', "", "missing 1 required keyword-only argument: 'owner'"),
    ],
)
def test_python_that_fails_names_its_line(
    old: str, new: str, message: str, write_warehouse: WriteWarehouse
) -> None:
    module = changed(DWD, old, new)
    with pytest.raises(LoadError) as raised:
        write_warehouse({"ods/ods_order": ORDERS, "fact/dwd_order": module})
    text = str(raised.value)
    assert re.search(r"fact/dwd_order.py:\d+: dwd_order: ", text)
    assert message in text
