"""What the public Olist export is made of: its files, their columns, what each column holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STATUSES = {
    "created": "created",
    "approved": "paid",
    "invoiced": "paid",
    "processing": "paid",
    "shipped": "shipped",
    "delivered": "delivered",
    "canceled": "cancelled",
    "unavailable": "unavailable",
}
"""Olist's order status -> the order center's."""


class Kind(StrEnum):
    """What the texts of a column mean."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    AMOUNT = "amount"
    COUNT = "count"
    INSTANT = "instant"


@dataclass(frozen=True)
class Column:
    """A column that the mapping reads, by its name in the header.

    Args:
        empty: Whether a row may leave it empty.
        optional: Whether the export may lack the column; it is then empty in every row.
        one_of: The only texts it may hold; empty: any.
    """

    name: str
    kind: Kind
    empty: bool = False
    optional: bool = False
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """One file of the export.

    Args:
        name: Short name, and the name of the table it is read into.
        columns: What is read of it; other columns are ignored.
        key: Columns that tell its rows apart.
        optional: Whether the mapping goes on without the file.
    """

    name: str
    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    optional: bool = False


ORDERS = Export(
    "orders",
    "olist_orders_dataset.csv",
    (
        Column("order_id", Kind.IDENTIFIER),
        Column("customer_id", Kind.IDENTIFIER),
        Column("order_status", Kind.TEXT, one_of=tuple(STATUSES)),
        Column("order_purchase_timestamp", Kind.INSTANT),
        Column("order_approved_at", Kind.INSTANT, empty=True),
        Column("order_delivered_carrier_date", Kind.INSTANT, empty=True, optional=True),
        Column("order_delivered_customer_date", Kind.INSTANT, empty=True, optional=True),
    ),
    key=("order_id",),
)
ITEMS = Export(
    "items",
    "olist_order_items_dataset.csv",
    (
        Column("order_id", Kind.IDENTIFIER),
        Column("order_item_id", Kind.COUNT),
        Column("product_id", Kind.IDENTIFIER),
        Column("seller_id", Kind.IDENTIFIER),
        Column("price", Kind.AMOUNT),
        Column("freight_value", Kind.AMOUNT),
    ),
    key=("order_id", "order_item_id"),
)
PAYMENTS = Export(
    "payments",
    "olist_order_payments_dataset.csv",
    (
        Column("order_id", Kind.IDENTIFIER),
        Column("payment_sequential", Kind.COUNT),
        Column("payment_type", Kind.TEXT),
        Column("payment_installments", Kind.COUNT),
        Column("payment_value", Kind.AMOUNT),
    ),
    key=("order_id", "payment_sequential"),
)
CUSTOMERS = Export(
    "customers",
    "olist_customers_dataset.csv",
    (
        Column("customer_id", Kind.IDENTIFIER),
        Column("customer_unique_id", Kind.IDENTIFIER),
        Column("customer_city", Kind.TEXT, empty=True, optional=True),
        Column("customer_state", Kind.TEXT, empty=True, optional=True),
    ),
    key=("customer_id",),
)
PRODUCTS = Export(
    "products",
    "olist_products_dataset.csv",
    (
        Column("product_id", Kind.IDENTIFIER),
        Column("product_category_name", Kind.TEXT, empty=True, optional=True),
        Column("product_weight_g", Kind.COUNT, empty=True, optional=True),
    ),
    key=("product_id",),
    optional=True,
)
SELLERS = Export(
    "sellers",
    "olist_sellers_dataset.csv",
    (
        Column("seller_id", Kind.IDENTIFIER),
        Column("seller_city", Kind.TEXT, empty=True, optional=True),
        Column("seller_state", Kind.TEXT, empty=True, optional=True),
    ),
    key=("seller_id",),
    optional=True,
)
TRANSLATIONS = Export(
    "translations",
    "product_category_name_translation.csv",
    (
        Column("product_category_name", Kind.TEXT),
        Column("product_category_name_english", Kind.TEXT),
    ),
    key=("product_category_name",),
    optional=True,
)
EXPORTS = (ORDERS, ITEMS, PAYMENTS, CUSTOMERS, PRODUCTS, SELLERS, TRANSLATIONS)
