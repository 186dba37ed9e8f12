"""A contract takes a column from the vocabulary: its meaning, and its type or none."""

import pytest

from warehouse_assets import modeling as m
from warehouse_assets.modeling.declaration.contract import contract_columns

amount = m.Term(m.Money, "What was paid")


def test_a_column_means_what_its_term_says_and_keeps_what_the_table_adds():
    class Payments(m.Contract):
        amount: m.Money = m.column(amount, null=True, ge=0)
        order_no: m.Text = m.ref("dwd_order", m.Term(m.Text, "Order"))

    first, second = contract_columns(Payments)
    assert (first.spec.doc, first.spec.type) == ("What was paid", "DECIMAL(18,2)")
    assert first.spec.nullable
    assert len(first.checks) == 1
    assert (second.spec.doc, second.role.references) == ("Order", "dwd_order")


def test_a_column_of_another_type_than_its_term_is_an_error():
    class Payments(m.Contract):
        amount: m.Rate = m.column(amount)

    message = r"column amount is DECIMAL\(9,6\) here and DECIMAL\(18,2\) in the vocabulary"
    with pytest.raises(TypeError, match=message):
        contract_columns(Payments)
