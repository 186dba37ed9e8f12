"""What holds for every table of a layer: late rows, deadlines, serving, tolerances.

A table's module says only where it differs. The conventions are found by their variables: `dwd`
are the defaults of every table whose name begins with `dwd_`.
"""

from decimal import Decimal

from warehouse_assets import modeling as m

LATE_DAYS = 3
"""Days after the business date of its event until which a delivered row counts.

A fact shows a business date as it was known at the end of these days. What a source delivers later
is reported by the check `delivered_in_time` of its ODS table, and changes no fact.
"""

delivery_window = m.following(days=LATE_DAYS)
"""The deliveries of a business date: its own, and those in which its late rows count."""

ods = m.convention(freshness=m.by("02:00"), late_days=LATE_DAYS)
dim = m.convention(freshness=m.by("04:00"), serving=m.served())
dwd = m.convention(freshness=m.by("05:00"))
dws = m.convention(freshness=m.by("05:00"), serving=m.served())
rec = m.convention(freshness=m.by("06:00"), serving=m.served())
ads = m.convention(freshness=m.by("06:00"), serving=m.served())
dm = m.convention(freshness=m.by("06:00"), serving=m.served())

CURRENCY_CODE = "^[A-Z]{3}$"
"""What a currency looks like: a code of ISO 4217."""

TWO_SOURCES_DIFF_RATE = Decimal("0.01")
"""How far a metric may lie apart by two sources, as a share of the larger figure: 1 %.

By two paths from the same source it may not differ at all.
"""

ROUNDING = Decimal("0.01")
"""How far amounts may lie apart because each was rounded: of a sum, for each of its lines."""

REFUND_DAYS = 90
"""Business dates, that of the refund included, in which its payment is looked for."""

AFTER_SALE_DAYS = 30
"""Business dates, that of the approval included, in which an after-sale's order is looked for."""

ORDER_DATABASES, ORDER_TABLES = 2, 2
"""How many databases the order center has, and how many tables each splits its orders over."""

SHARD_FOLDERS = "database_{shard_database}/table_{shard_table}"
every_shard = m.complete_day(shard_database=range(ORDER_DATABASES), shard_table=range(ORDER_TABLES))
"""A day of the order center is complete once each of its tables has delivered."""

SETTLEMENT_DAYS = 7
"""A line that was delivered is settled with its seller so many days after it was ordered."""

LATEST_SETTLEMENT_DAYS = 10
"""Days after its order within which a settled line is recognized, and is not settled again."""

INVOICE_DAYS = 30
"""Days before an invoice in which its payments are looked for; and for which it may not fit."""

WALLET_DAYS = 30
"""Days before a wallet entry in which the entry that its balance follows from is looked for."""

LEDGER_DAYS = 30
"""Days before a ledger balance in which the balance before it is looked for."""

SHIPPING_DAYS = 30
"""Days before a shipment in which the order line that it carries is looked for."""
