"""The life of every order: what happens to it, computed once for all sources and days that tell it.

A day is written from the orders of that day and of the days before it, in slices of their
sequences. `begin_slice` computes the life of one slice as temporary tables on a cursor;
`show_slice` makes of them what they are on a delivered day. A source that follows orders is a
SELECT over these relations:

| relation | one row per |
| --- | --- |
| `order_life` | order, with its amounts and the instants of all that ever happens to it |
| `line_life` | order line, with its amounts, its sku and its order's instants |
| `payment_life` | attempt to pay for an order |
| `after_sale_life` | after-sale of an order line |
| `refund_life` | attempt to refund an approved after-sale to a payment |

How to use them:

* `age` is how many days before the delivered day the orders were placed, and every `<moment>_age`
  how many days after the order the moment lies. So `paid_age = age` says: on the delivered day.
  A moment that never comes is NULL, and so is its age. A source is asked only where there are
  orders of the ages it names (`ages` of its Delivery); others may be there beside them.
* Instants are whole seconds since 1970-01-01 UTC (BIGINT): `moment(paid_at)` writes one to
  Parquet, `instant(paid_at)` to texts. Amounts are cents (INTEGER): `amount(pay_cents)` writes one.
* The relations know the future. A source that is a change log takes its rows from `told(...)`
  (examples/sample_shop/life/messages.py), which adds the `version` to tell: what has happened
  by the end of the day `version` days after the order has `<moment>_age <= version`. A source
  that is neither late nor repeated compares with `age` instead.
* `order_core`, `line_core` and `payment_core` are the same rows with stored columns only;
  `order_life(rows)` and its like give any of them the columns that are worked out.
* A random number of one's own is `draw(order_key, n)` or `draw(line_key, n)` with an unused n.
"""
