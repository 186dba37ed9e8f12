from tests.tables.reconciliation.run_days import run_days
from tests.tables.run_sql import DAY, expect
from warehouse_assets.reconciliation.rec_order_line import rec_order_line


def order(number, goods, discount=0, shipping=0, payable=None, **values):
    return {
        "order_no": number,
        "goods_amount": goods,
        "discount_amount": discount,
        "shipping_amount": shipping,
        "payable_amount": goods - discount + shipping if payable is None else payable,
        **values,
    }


def line(number, line_no=1, price=10, quantity=1, discount=0, shipping=0, pay=None, **values):
    return {
        "order_no": number,
        "line_no": line_no,
        "unit_price": price,
        "quantity": quantity,
        "discount_amount": discount,
        "shipping_amount": shipping,
        "pay_amount": price * quantity - discount + shipping if pay is None else pay,
        **values,
    }


def compare(orders, lines):
    return run_days(rec_order_line, {"dwd_order": orders, "ods_order_item": lines})[0]


def test_an_order_is_the_sum_of_its_lines():
    rows = compare(
        [order("O1", 35, discount=5, shipping=2)],
        [line("O1", price=10, quantity=2, discount=5), line("O1", 2, price=15, shipping=2)],
    )
    expect(
        rows,
        [
            {
                "item_id": "left:O1",
                "state": "matched",
                "is_open": False,
                "left_count": 1,
                "right_count": 2,
                "left_amount": 32,
                "right_amount": 32,
                "left_figure_1_amount": 35,
                "right_figure_1_amount": 35,
                "explanation": "",
            }
        ],
    )


def test_each_line_may_be_rounded_by_a_cent():
    rows = compare(
        [order("O1", 20, payable="20.02"), order("O2", 10, payable="10.02")],
        [line("O1"), line("O1", 2), line("O2")],
    )
    expect(
        rows,
        [
            {
                "left_key": "O1",
                "state": "matched_within_tolerance",
                "tolerance_amount": "0.02",
                "explanation": "itemized 0.02 CNY less than ordered, which is tolerated",
            },
            {
                "left_key": "O2",
                "state": "amount_mismatch",
                "tolerance_amount": "0.01",
                "explanation": "itemized 0.02 CNY less than ordered",
            },
        ],
    )


def test_goods_and_discount_that_are_wrong_together_are_found():
    rows = compare([order("O1", 12, discount=2)], [line("O1")])
    expect(
        rows,
        [
            {
                "state": "amount_mismatch",
                "figure": "goods",
                "difference_amount": 0,
                "open_amount": 2,
                "explanation": "goods: itemized 2.00 CNY less than ordered",
            }
        ],
    )


def test_orders_without_lines_and_lines_without_an_order_are_found():
    rows = compare([order("O1", 10)], [line("O2"), line("O2", 2)])
    expect(
        rows,
        [
            {
                "item_id": "left:O1",
                "state": "left_only",
                "right_count": 0,
                "explanation": "ordered 10.00 CNY, not itemized",
            },
            {
                "item_id": "right:O2-1",
                "state": "right_only",
                "right_count": 2,
                "explanation": "itemized 20.00 CNY, not ordered",
            },
        ],
    )


def test_lines_in_another_currency_are_found():
    rows = compare([order("O1", 10)], [line("O1", currency="USD")])
    expect(
        rows,
        [
            {
                "state": "currency_mismatch",
                "explanation": "ordered 10.00 CNY, itemized 10.00 USD",
            }
        ],
    )


def test_what_does_not_add_up_is_overdue_on_the_next_day():
    _, rows = run_days(rec_order_line, {"dwd_order": [order("O1", 10)]}, {})
    expect(
        rows,
        [
            {
                "state": "left_only",
                "standing": "overdue",
                "first_date": DAY,
                "due_date": DAY,
                "age_days": 1,
            }
        ],
    )
