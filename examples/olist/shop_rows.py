"""SQL from the export's rows to the sources of the warehouse, in their landing format.

Olist has no amounts of an order: goods and shipping are the sums of its items, nothing is
discounted. It has no times of payments: a payment is captured when its order was approved, and
where it never was, when it was placed. What people and things have of Olist's long hexadecimal
ids are numbers: their first 15 digits, which fit a BIGINT.
"""

from __future__ import annotations

from dataclasses import dataclass

from examples.olist.reading.exports import STATUSES
from resources.identifiers import text_literal

CURRENCY = "BRL"
ZERO = "CAST(0 AS DECIMAL(18,2))"

_STATUS = " ".join(
    f"WHEN {text_literal(theirs)} THEN {text_literal(ours)}" for theirs, ours in STATUSES.items()
)

# A category's name in Portuguese is its key; ids are made of it by a hash that never changes.
MACROS = """
CREATE MACRO number_of(identifier) AS CAST('0x' || identifier[:15] AS BIGINT);
CREATE MACRO business_date(instant) AS CAST(timezone(getvariable('zone'), instant) AS DATE);
CREATE MACRO opening() AS timezone(getvariable('zone'), getvariable('first_date')::TIMESTAMP);
"""

# An order whose customer is not known keeps its money: its customer_id stands for the buyer.
PLACED_ORDERS = """
CREATE TABLE placed_orders AS
SELECT
    o.*,
    coalesce(c.customer_unique_id, o.customer_id) AS buyer,
    c.customer_unique_id IS NOT NULL AS is_known,
    coalesce(c.customer_city, 'unknown') AS city,
    coalesce(c.customer_state, 'unknown') AS province,
    business_date(o.order_purchase_timestamp) AS ordered_date,
    coalesce(o.order_approved_at, o.order_purchase_timestamp) AS paid_at,
    business_date(coalesce(o.order_approved_at, o.order_purchase_timestamp)) AS paid_date
FROM orders AS o
LEFT JOIN customers AS c USING (customer_id)
"""

NUMBERED = {
    "customer_unique_id": "SELECT buyer FROM placed_orders",
    "product_id": "SELECT product_id FROM products UNION SELECT product_id FROM items",
    "seller_id": "SELECT seller_id FROM sellers UNION SELECT seller_id FROM items",
    "product_category_name": "SELECT md5(name) FROM categories",
}
"""Ids that become numbers: the source's column, and every id as a hexadecimal text."""

CATEGORIES = """
CREATE TABLE categories AS
SELECT name, max(english) AS english
FROM (
    SELECT product_category_name AS name, product_category_name_english AS english
    FROM translations
    UNION ALL
    SELECT product_category_name, NULL FROM products WHERE product_category_name IS NOT NULL
)
GROUP BY name
"""


@dataclass(frozen=True)
class Delivery:
    """One source: its folder in the landing folder, its files, and its rows with their day.

    `select` gives `delivery_date` and the source's columns; `order_by` makes files repeatable;
    `folder` is where in a day's folder its file lies.
    """

    source: str
    suffix: str
    copy_options: str
    select: str
    order_by: str
    folder: str = ""

    @property
    def table(self) -> str:
        """The table in which its rows are made ready."""
        return "delivery_" + self.source.rpartition("/")[2]


_TIMES = "TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'"
_CSV = f"FORMAT csv, HEADER, {_TIMES}"
_SHARD = "database_0/table_0/"
_JSON = f"FORMAT json, {_TIMES}"
_PARQUET = "FORMAT parquet, COMPRESSION zstd"

# When it was placed, and again when it was paid: a rule that looks for the order of a payment looks
# into the deliveries of the payment's days.
_ORDERS = f"""
SELECT
    unnest(list_distinct([o.ordered_date, greatest(o.ordered_date, o.paid_date)])) AS delivery_date,
    o.order_id AS order_no,
    number_of(o.buyer) AS user_id,
    CASE o.order_status {_STATUS} END AS order_status,
    o.order_purchase_timestamp AS ordered_at,
    o.order_approved_at AS paid_at,
    CAST(NULL AS TIMESTAMPTZ) AS cancelled_at,
    o.order_delivered_carrier_date AS shipped_at,
    o.order_delivered_customer_date AS delivered_at,
    CAST(coalesce(i.goods_amount, 0) AS DECIMAL(18,2)) AS goods_amount,
    {ZERO} AS discount_amount,
    {ZERO} AS coupon_amount,
    0 AS points_used,
    {ZERO} AS points_amount,
    CAST(coalesce(i.shipping_amount, 0) AS DECIMAL(18,2)) AS shipping_amount,
    CAST(coalesce(i.goods_amount + i.shipping_amount, 0) AS DECIMAL(18,2)) AS payable_amount,
    '{CURRENCY}' AS currency,
    greatest(
        o.order_purchase_timestamp, o.order_approved_at, o.order_delivered_carrier_date,
        o.order_delivered_customer_date
    ) AS updated_at
FROM placed_orders AS o
LEFT JOIN (
    SELECT order_id, sum(price) AS goods_amount, sum(freight_value) AS shipping_amount
    FROM items
    GROUP BY order_id
) AS i USING (order_id)
"""

_ORDER_ITEMS = f"""
SELECT
    o.ordered_date AS delivery_date,
    i.order_id AS order_no,
    i.order_item_id AS line_no,
    o.order_purchase_timestamp AS ordered_at,
    number_of(i.product_id) AS sku_id,
    number_of(i.seller_id) AS seller_id,
    1 AS quantity,
    i.price AS unit_price,
    {ZERO} AS discount_amount,
    CAST(NULL AS BIGINT) AS coupon_id,
    {ZERO} AS coupon_amount,
    {ZERO} AS points_amount,
    i.freight_value AS shipping_amount,
    CAST(i.price + i.freight_value AS DECIMAL(18,2)) AS pay_amount,
    '{CURRENCY}' AS currency,
    o.order_purchase_timestamp AS updated_at
FROM items AS i
JOIN placed_orders AS o USING (order_id)
"""

_PAYMENTS = f"""
SELECT
    o.paid_date AS delivery_date,
    p.order_id || '-' || p.payment_sequential AS payment_no,
    p.order_id AS order_no,
    number_of(o.buyer) AS user_id,
    p.payment_type AS payment_method,
    'olist' AS merchant_no,
    p.order_id || '-' || p.payment_sequential AS outward_no,
    p.payment_installments AS installment_count,
    {ZERO} AS installment_interest_amount,
    'captured' AS payment_status,
    p.payment_value AS paid_amount,
    '{CURRENCY}' AS currency,
    o.order_purchase_timestamp AS created_at,
    o.paid_at,
    o.paid_at AS updated_at
FROM payments AS p
JOIN placed_orders AS o USING (order_id)
"""

# On the day of the first order, and again whenever a later order comes from another place.
_USERS = """
SELECT
    greatest(ordered_date, getvariable('first_date')) AS delivery_date,
    number_of(buyer) AS user_id,
    'NORMAL' AS vip_level,
    city,
    province,
    registered_at,
    order_purchase_timestamp AS updated_at
FROM (
    SELECT
        *,
        min(order_purchase_timestamp) OVER (PARTITION BY buyer) AS registered_at,
        lag(city || '/' || province) OVER in_time AS place_before
    FROM placed_orders
    WHERE is_known
    WINDOW in_time AS (PARTITION BY buyer ORDER BY order_purchase_timestamp, order_id)
)
WHERE place_before IS DISTINCT FROM city || '/' || province
QUALIFY row_number() OVER (
    PARTITION BY buyer, greatest(ordered_date, getvariable('first_date'))
    ORDER BY order_purchase_timestamp DESC, order_id DESC
) = 1
"""

_SKUS = """
SELECT
    getvariable('first_date') AS delivery_date,
    number_of(product_id) AS sku_id,
    product_id AS sku_name,
    number_of(md5(product_category_name)) AS category_id,
    CAST(NULL AS DECIMAL(18,2)) AS list_price,
    CAST(NULL AS VARCHAR) AS currency,
    product_weight_g AS weight_gram,
    opening() AS updated_at
FROM products
"""

_CATEGORIES = """
SELECT
    getvariable('first_date') AS delivery_date,
    number_of(md5(name)) AS category_id,
    coalesce(english, name) AS category_name,
    CAST(NULL AS BIGINT) AS parent_category_id,
    opening() AS updated_at
FROM categories
"""

_SELLERS = """
SELECT
    getvariable('first_date') AS delivery_date,
    number_of(seller_id) AS seller_id,
    seller_id AS seller_name,
    coalesce(seller_city, 'unknown') AS city,
    coalesce(seller_state, 'unknown') AS province,
    CAST(NULL AS TIMESTAMPTZ) AS joined_at,
    opening() AS updated_at
FROM sellers
"""

DELIVERIES = (
    Delivery("order_center/order", "parquet", _PARQUET, _ORDERS, "order_no", _SHARD),
    Delivery(
        "order_center/order_item", "parquet", _PARQUET, _ORDER_ITEMS, "order_no, line_no", _SHARD
    ),
    Delivery("payment_center/payment", "parquet", _PARQUET, _PAYMENTS, "payment_no"),
    Delivery("user_center/user", "parquet", _PARQUET, _USERS, "user_id, updated_at"),
    Delivery("product_center/sku", "parquet", _PARQUET, _SKUS, "sku_id"),
    Delivery("product_center/category", "csv", _CSV, _CATEGORIES, "category_id"),
    Delivery("merchant_center/seller", "jsonl", _JSON, _SELLERS, "seller_id"),
)
