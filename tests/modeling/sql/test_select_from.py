"""select_from() is a SELECT of the contract's columns from one input, on the days of the run."""

from __future__ import annotations

import pytest

from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse
from warehouse_assets.modeling.load_errors import LoadError

HEAD = DWD[: DWD.index('    sql="""')]


def declared(call: str) -> dict[str, str]:
    return {"ods/ods_order": ORDERS, "fact/dwd_order": f"{HEAD}    sql={call},\n)\n"}


@pytest.mark.parametrize(
    ("call", "sql"),
    [
        ('select_from("ods_order")',
         "SELECT order_no, pay_amount, dt FROM ods_order WHERE dt >= :start AND dt < :end"),
        ('select_from("ods_order", columns={"pay_amount": "-pay_amount"}, where="pay_amount > 0")',
         "SELECT order_no, -pay_amount AS pay_amount, dt FROM ods_order "
         "WHERE (pay_amount > 0) AND dt >= :start AND dt < :end"),
        ('select_from("ods_order", columns={"pay_amount": "p.pay_amount"}, '
         'join="JOIN ods_order AS p ON p.dt = ods_order.dt")',
         "SELECT ods_order.order_no, p.pay_amount AS pay_amount, ods_order.dt FROM ods_order "
         "JOIN ods_order AS p ON p.dt = ods_order.dt "
         "WHERE ods_order.dt >= :start AND ods_order.dt < :end"),
    ],
)  # fmt: skip
def test_columns_are_those_of_the_input_unless_said_otherwise(
    write_warehouse: WriteWarehouse, call: str, sql: str
) -> None:
    written = write_warehouse(declared(call)).tables["dwd_order"].sql
    assert written is not None
    assert " ".join(written.split()) == sql


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('select_from("ods_order", columns={"pay_amont": "1"})', "Did you mean pay_amount?"),
        ('select_from("ods_order", columns={"pay_amount": "pay_amont"})', "pay_amont"),
        ('select_from("ods_orders")', "Did you mean ods_order?"),
    ],
)
def test_a_mistake_names_its_line(write_warehouse: WriteWarehouse, call: str, said: str) -> None:
    with pytest.raises(LoadError) as raised:
        write_warehouse(declared(call))
    assert "dwd_order.py:" in str(raised.value)
    assert said in f"{raised.value} {raised.value.next_step}"
