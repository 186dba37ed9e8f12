from datetime import timedelta

import pytest

from resources.lake.model.window import Window
from tests.tables.run_sql import DAY, expect, run_sql
from warehouse_assets.reconciliation.rec_payment_bill import rec_payment_bill


def billed(line, day):
    return {
        "bill_line_id": line,
        "channel": "alipay",
        "merchant_no": "M",
        "outward_no": "O1",
        "gross_amount": "5.00",
        "bill_type": "pay",
        "is_successful": True,
        "dt": day,
    }


@pytest.mark.parametrize(("days", "state"), [(3, "duplicate_right"), (4, "right_only")])
def test_a_key_comes_again_after_the_days_that_the_sides_may_lie_apart(days, state):
    payment = {
        "payment_no": "P1",
        "payment_method": "alipay",
        "merchant_no": "M",
        "outward_no": "O1",
        "paid_amount": "5.00",
    }
    settled = run_sql(
        rec_payment_bill, {"dwd_payment": [payment], "dwd_channel_bill": [billed("a:1", DAY)]}
    )
    expect(settled, [{"state": "matched"}])
    later = DAY + timedelta(days=days)
    again = run_sql(
        rec_payment_bill,
        {"rec_payment_bill": settled, "dwd_channel_bill": [billed("b:1", later)]},
        Window.of_day(later),
    )
    expect(again, [{"state": state}])
