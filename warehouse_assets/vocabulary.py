"""The columns that several tables have, and their checks: once for all of them.

A contract takes a column by its name, with its type and meaning: `currency: m.Text =
m.column(v.currency)`. What is special to a table stays there: whether it is a key, what it refers
to, whether it may be null, the values it allows. A table takes a check: `checks=[v.net_adds_up]`.
`dt` says in each table whose business date it is: `dt: m.Day = m.partition(v.ordered_date)`.
"""

from warehouse_assets import modeling as m

# Who and what
account_code = m.Term(m.Text, "Account of the general ledger")
adjustment_no = m.Term(m.Text, "Adjustment, unique in finance")
after_sale_no = m.Term(m.Text, "After-sale request, unique in the order center")
business_no = m.Term(m.Text, "Number of what the row is about: an order, a payment, ...")
category_id = m.Term(m.Integer, "Category that SKUs are listed under")
channel_transaction_no = m.Term(m.Text, "Transaction, unique at its channel")
coupon_id = m.Term(m.Integer, "Coupon")
coupon_use_no = m.Term(m.Text, "Use of a coupon, unique in marketing")
entry_no = m.Term(m.Text, "Entry, unique at the bank")
event_id = m.Term(m.Text, "Event, unique among all events")
invoice_no = m.Term(m.Text, "Invoice, unique in the invoice system")
line_no = m.Term(m.Integer, "Number of the line in its order")
merchant_no = m.Term(m.Text, "Account of the platform at the channel")
money_event_id = m.Term(
    m.Text, "Money event: its type, a colon, and what tells it apart in the type"
)
movement_no = m.Term(m.Text, "Stock movement, unique in logistics")
order_line_id = m.Term(m.Text, "Order line: order number, dash, line number")
order_no = m.Term(m.Text, "Order, unique in the order center")
outward_no = m.Term(m.Text, "Number of the payment that the channel was sent")
outward_refund_no = m.Term(m.Text, "Number of the refund that the channel was sent")
parent_category_id = m.Term(m.Integer, "Category above this one")
payment_no = m.Term(m.Text, "Payment, unique in the payment center")
payout_no = m.Term(m.Text, "Payout, unique in the payment center")
points_entry_no = m.Term(m.Text, "Points entry, unique in marketing")
refund_type = m.Term(
    m.Text, "Why money goes back: after_sale, or chargeback where the buyer's bank took it back"
)
refund_no = m.Term(m.Text, "Refund, unique in the payment center")
seller_id = m.Term(m.Integer, "Seller: the merchant who is settled")
settlement_no = m.Term(m.Text, "Settlement, unique in the merchant center")
shipment_no = m.Term(m.Text, "Shipment, unique in logistics")
sku_id = m.Term(m.Integer, "SKU: the thing that is stocked and sold")
user_id = m.Term(m.Integer, "User; where the row is about an order, its buyer")
wallet_entry_no = m.Term(m.Text, "Wallet entry, unique in marketing")
warehouse_code = m.Term(m.Text, "Warehouse that holds the stock")

# Money
amount = m.Term(m.Money, "Amount that is moved, in either direction")
approved_amount = m.Term(m.Money, "Money that was approved to be given back")
balance_amount = m.Term(m.Money, "Balance of the user's wallet after the entry")
billed_later_amount = m.Term(m.Money, "Net of lines that stand on a bill of a later day")
cancelled_amount = m.Term(m.Money, "Unpaid part of cancelled orders at their cancellation")
closing_amount = m.Term(m.Money, "What buyers still owe for all orders at the end of the day")
closing_balance_amount = m.Term(m.Money, "Balance at the end of the day, debit is positive")
commission_amount = m.Term(m.Money, "Commission the platform keeps, before refunds are taken off")
commission_rate = m.Term(m.Rate, "Commission as a share of the price paid, before refunds")
contract_fee_rate = m.Term(m.Rate, "Fee of the channel by contract, as a share of the gross amount")
coupon_amount = m.Term(m.Money, "Part of the discount that comes from coupons, whoever bears it")
credit_amount = m.Term(m.Money, "Amount on the credit side")
currency = m.Term(m.Text, "Currency of the amounts (ISO 4217)")
debit_amount = m.Term(m.Money, "Amount on the debit side")
discount_amount = m.Term(m.Money, "Discount granted, coupons and points included; not negative")
face_amount = m.Term(m.Money, "What the coupon takes off the price at most")
fee_amount = m.Term(
    m.Money,
    "Fee of the channel: charged for a payment, returned with a refund; in totals the difference",
)
goods_amount = m.Term(m.Money, "Price of the goods before discount, tax included and shipping not")
gross_amount = m.Term(m.Money, "Payments, a refund or sold lines in full, with nothing taken off")
installment_interest_amount = m.Term(
    m.Money, "Interest that the buyer pays for instalments; no part of the money captured"
)
invoice_total_amount = m.Term(m.Money, "Amount of the invoice, tax included")
list_price = m.Term(m.Money, "Price of one unit before any discount, tax included")
manually_adjusted_amount = m.Term(m.Money, "Posted to the account by hand; of all days")
net_amount = m.Term(m.Money, "Gross less refunds and channel fees; negative: the platform owes it")
opening_balance_amount = m.Term(m.Money, "Balance at the beginning of the day, debit is positive")
original_amount = m.Term(m.Money, "Unit price x quantity, before discount and without shipping")
paid_amount = m.Term(m.Money, "Money captured from buyers, without interest of instalments")
pay_amount = m.Term(
    m.Money, "What the buyer is to pay for the line: original - discount + shipping"
)
payable_amount = m.Term(m.Money, "What the buyer is to pay, with tax: goods - discount + shipping")
platform_amount = m.Term(m.Money, "Part of the coupon that the platform bears")
platform_share_rate = m.Term(m.Rate, "Share of the coupon that the platform bears")
points_amount = m.Term(m.Money, "Part of the discount that is paid with points")
refund_amount = m.Term(m.Money, "Amount of refunds to buyers; not negative")
resolved_amount = m.Term(m.Money, "Left of items that people closed; of all days")
seller_amount = m.Term(m.Money, "Part of the coupon that the seller bears")
seller_payable_amount = m.Term(
    m.Money, "What the seller is to be paid: gross - commission - refund + subsidy; may be negative"
)
shipping_amount = m.Term(m.Money, "Shipping charged to the buyer")
signed_amount = m.Term(m.Money, "Amount that comes in; negative: that goes out")
subsidy_amount = m.Term(m.Money, "Platform's share of coupons, paid to the seller beside the gross")
tax_amount = m.Term(m.Money, "Tax that the amount of the invoice includes")
tax_rate = m.Term(m.Rate, "Tax as a share of the amount before tax")
threshold_amount = m.Term(m.Money, "Price of the goods from which the coupon counts")
uncounted_bill_amount = m.Term(
    m.Money, "Payments less refunds of bill lines that failed, or are there twice; of all days"
)
unit_cost_amount = m.Term(m.Money, "What one unit cost to buy")
unit_price = m.Term(m.Money, "Price of one unit at the time of the order, before discount")

# When
applied_at = m.Term(m.Timestamp, "When the buyer asked")
approved_at = m.Term(m.Timestamp, "When the request was approved")
batch_date = m.Term(m.Day, "Business date of the batch's transactions")
booked_at = m.Term(m.Timestamp, "When the bank booked the entry")
cancelled_at = m.Term(m.Timestamp, "When the order was cancelled")
created_at = m.Term(m.Timestamp, "When the payment or refund was begun")
delivered_at = m.Term(m.Timestamp, "When the goods reached the buyer")
effective_date = m.Term(m.Day, "Business date the adjustment is meant for")
entered_at = m.Term(m.Timestamp, "When it was typed in")
issued_at = m.Term(m.Timestamp, "When the invoice was issued")
joined_at = m.Term(m.Timestamp, "When the seller joined the marketplace")
moved_at = m.Term(m.Timestamp, "When the stock changed")
occurred_at = m.Term(m.Timestamp, "When it happened")
ordered_at = m.Term(m.Timestamp, "When the order was placed")
ordered_date = m.Term(m.Day, "Business date the order was placed")
paid_at = m.Term(m.Timestamp, "When the money was captured")
paid_date = m.Term(m.Day, "Business date the money was captured")
paid_out_at = m.Term(m.Timestamp, "When the channel paid out")
refunded_at = m.Term(m.Timestamp, "When the money was given back to the buyer")
registered_at = m.Term(m.Timestamp, "When the user registered")
returned_at = m.Term(m.Timestamp, "When the coupon was given back")
settled_at = m.Term(m.Timestamp, "When the lines were settled")
shipped_at = m.Term(m.Timestamp, "When the goods, or the first of an order, went to the carrier")
shipped_date = m.Term(m.Day, "Business date the first goods were handed to the carrier")
transaction_at = m.Term(m.Timestamp, "When the channel moved the money")
updated_at = m.Term(m.Timestamp, "When the source last changed the row")
used_at = m.Term(m.Timestamp, "When the coupon was used")
valid_from_date = m.Term(m.Day, "First day of validity")
valid_to_date = m.Term(m.Day, "Last day of validity")
value_date = m.Term(m.Day, "Day from which the money counts for interest")

# Whose date a partition is
dt_billed = m.Term(m.Day, "Business date the channel moved the money")
dt_coupon_used = m.Term(m.Day, "Business date the coupon was used")
dt_events = m.Term(m.Day, "Business date of each figure's own event: ordered, paid, refunded, ...")
dt_moved = m.Term(m.Day, "Business date of the movements; balances and levels are those at its end")
dt_occurred = m.Term(m.Day, "Business date it happened")
dt_ordered_or_settled = m.Term(m.Day, "Business date orders were placed, or lines settled")
dt_posted = m.Term(m.Day, "Business date of the events posted; of adjustments, when typed in")
dt_last_of_30 = m.Term(m.Day, "Last of the 30 business dates that are looked at")

# Counts
after_sale_quantity = m.Term(m.Integer, "Units that the buyer asks to be refunded for")
closing_quantity = m.Term(m.Integer, "Units in stock at the end of the day")
installment_count = m.Term(m.Integer, "Instalments the buyer pays in")
line_count = m.Term(m.Integer, "Number of order lines")
points = m.Term(m.Integer, "Points of the entry, not negative; its type says added or taken")
points_used = m.Term(m.Integer, "Points burnt on the order")
quantity = m.Term(m.Integer, "Units ordered")
quantity_change = m.Term(m.Integer, "Units that came in; negative: that went out")
shard_database = m.Term(m.Integer, "Number of the order center's database the row lies in")
shard_table = m.Term(m.Integer, "Number of the table in that database")
shipped_quantity = m.Term(m.Integer, "Units sent to the buyer")
weight_gram = m.Term(m.Integer, "Weight of one unit in grams")

# Words and flags
account_name = m.Term(m.Text, "Name of the account")
after_sale_status = m.Term(m.Text, "Where the request stands")
after_sale_type = m.Term(m.Text, "What the buyer asks for: refund_only, return")
approved_by = m.Term(m.Text, "Who approved it")
bank_account = m.Term(m.Text, "Bank account of the platform")
bank_reference = m.Term(m.Text, "What a payout and its bank entry share")
carrier = m.Term(m.Text, "Company that carries the goods")
category_name = m.Term(m.Text, "Name of the category")
channel = m.Term(m.Text, "Channel that moves the money: alipay, wechat_pay, card")
city = m.Term(m.Text, "City of the user, or of the seller where the row is about one")
counterparty = m.Term(m.Text, "Who paid or was paid, as the bank names them")
coupon_name = m.Term(m.Text, "Name of the coupon")
credit_account = m.Term(m.Text, "Code of the account that is credited")
debit_account = m.Term(m.Text, "Code of the account that is debited")
direction = m.Term(m.Text, "in or out: which way the money goes, seen from the platform")
entered_by = m.Term(m.Text, "Who typed it in")
entry_type = m.Term(m.Text, "What made the entry")
event_type = m.Term(m.Text, "What happened: payment, refund, billing.fee_charged, ...")
funded_by = m.Term(m.Text, "Who bears the coupon: platform, seller or shared")
is_successful = m.Term(m.Flag, "Whether it succeeded; null where the source's word is unknown")
movement_type = m.Term(m.Text, "Why the stock changed: out, in, ...")
order_status = m.Term(m.Text, "Where the order stands: created, paid, shipped, ...")
payment_method = m.Term(m.Text, "How the buyer paid: alipay, wechat_pay, card, wallet, ...")
reconciliation_item = m.Term(m.Text, "Item of a reconciliation, as left:P1; with its rule")
reconciliation_rule = m.Term(m.Text, "Reconciliation: the name of its table of results")
province = m.Term(m.Text, "Province or state")
purpose = m.Term(m.Text, "What the payment is for, as its sender wrote it")
reason = m.Term(m.Text, "Why, in the words of the person who asked for it or typed it in")
seller_name = m.Term(m.Text, "Name of the shop")
settlement_batch = m.Term(m.Text, "Batch of transactions that the channel pays out together")
shipment_status = m.Term(m.Text, "Where the shipment stands")
sku_name = m.Term(m.Text, "Name shown to buyers")
transaction_status = m.Term(m.Text, "How the transaction ended, in the channel's own word")
transaction_type = m.Term(m.Text, "Payment or refund, in the channel's own word")
use_status = m.Term(m.Text, "Whether the coupon is used or was given back")
vip_level = m.Term(m.Text, "Membership level of the user: NORMAL, SILVER, GOLD or PLATINUM")
wallet_direction = m.Term(m.Text, "Whether money goes into the user's wallet or out of it: in, out")

# Checks of rows, where several tables have their columns
approved_has_time = m.check(
    "approved_has_time", "after_sale_status <> 'approved' OR approved_at IS NOT NULL", warn=True
)
balance_not_overdrawn = m.check("balance_not_overdrawn", "balance_amount >= 0", warn=True)
counts_fit = m.check(
    "counts_fit", "cancelled_order_count <= order_count AND buyer_count <= order_count"
)
delivered_has_time = m.check(
    "delivered_has_time", "shipment_status <> 'delivered' OR delivered_at IS NOT NULL", warn=True
)
gmv_adds_up = m.check(
    "gmv_adds_up", "gmv = buyer_payable(goods_amount, discount_amount, shipping_amount)", warn=True
)
line_counts_fit = m.check(
    "counts_fit",
    "line_cancelled_order_count <= line_order_count AND line_order_count <= line_count",
)
moves_something = m.check(
    "moves_something", "amount > 0 AND debit_account <> credit_account", warn=True
)
net_adds_up = m.check(
    "net_adds_up", "net_amount = channel_net(gross_amount, refund_amount, fee_amount)", warn=True
)
only_approved_has_amount = m.check(
    "only_approved_has_amount", "after_sale_status = 'approved' OR approved_amount = 0", warn=True
)
payable_adds_up = m.check(
    "payable_adds_up",
    "seller_payable_amount = settlement_payable("
    "gross_amount, commission_amount, refund_amount, subsidy_amount)",
    warn=True,
)
shares_add_up = m.check(
    "shares_add_up", "platform_amount + seller_amount = coupon_amount", warn=True
)
sign_fits_type = m.check(
    "sign_fits_type", "stock_change_fits(movement_type, quantity_change)", warn=True
)
tax_within_invoice = m.check("tax_within_invoice", "tax_amount <= invoice_total_amount", warn=True)
