"""A small Olist export that a test writes, and an independent reading of any export."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

ORDERS = "olist_orders_dataset.csv"
ITEMS = "olist_order_items_dataset.csv"
PAYMENTS = "olist_order_payments_dataset.csv"
CUSTOMERS = "olist_customers_dataset.csv"
PRODUCTS = "olist_products_dataset.csv"
SELLERS = "olist_sellers_dataset.csv"
TRANSLATIONS = "product_category_name_translation.csv"
INSTANTS = (
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)

Row = dict[str, str]
Change = Callable[[Row], Row | None]


def hex_id(name: str) -> str:
    """32 hexadecimal digits, always the same for a name."""
    return hashlib.md5(name.encode()).hexdigest()


@dataclass
class Shop:
    """Orders, items and payments as a test states them; names become Olist's hexadecimal ids."""

    orders: list[Row] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)

    def order(
        self,
        name: str,
        purchased: str,
        approved: str | None = "",
        carrier: str = "",
        delivered: str = "",
        status: str = "delivered",
    ) -> Shop:
        """Add an order of its own customer; approved at once unless told otherwise."""
        self.orders.append(
            {
                "order_id": hex_id(name),
                "customer_id": hex_id(f"customer of {name}"),
                "order_status": status,
                "order_purchase_timestamp": purchased,
                "order_approved_at": purchased if approved == "" else approved or "",
                "order_delivered_carrier_date": carrier,
                "order_delivered_customer_date": delivered,
                "order_estimated_delivery_date": purchased,
            }
        )
        return self

    def item(self, order: str, price: str, freight: str = "0.00", number: int = 1) -> Shop:
        """Add an item."""
        self.items.append(
            {
                "order_id": hex_id(order),
                "order_item_id": str(number),
                "product_id": hex_id("product"),
                "seller_id": hex_id("seller"),
                "shipping_limit_date": "2018-01-01 00:00:00",
                "price": price,
                "freight_value": freight,
            }
        )
        return self

    def payment(self, order: str, value: str, instalments: int = 1, number: int = 1) -> Shop:
        """Add a payment."""
        self.payments.append(
            {
                "order_id": hex_id(order),
                "payment_sequential": str(number),
                "payment_type": "credit_card",
                "payment_installments": str(instalments),
                "payment_value": value,
            }
        )
        return self

    def write(self, folder: Path) -> Path:
        """Write all seven files."""
        folder.mkdir(parents=True, exist_ok=True)
        customers = [
            {
                "customer_id": order["customer_id"],
                "customer_unique_id": hex_id(order["customer_id"]),
                "customer_zip_code_prefix": "01000",
                "customer_city": "são paulo",
                "customer_state": "SP",
            }
            for order in self.orders
        ]
        product = {
            "product_id": hex_id("product"),
            "product_category_name": "beleza_saude",
            "product_weight_g": "225",
        }
        seller = {"seller_id": hex_id("seller"), "seller_city": "taubaté", "seller_state": "SP"}
        translation = {
            "product_category_name": "beleza_saude",
            "product_category_name_english": "health_beauty",
        }
        tables = {
            ORDERS: self.orders,
            ITEMS: self.items,
            PAYMENTS: self.payments,
            CUSTOMERS: customers,
            PRODUCTS: [product],
            SELLERS: [seller],
            TRANSLATIONS: [translation],
        }
        for name, rows in tables.items():
            write_rows(folder / name, rows)
        return folder


def rows_of(path: Path) -> list[Row]:
    """Every row of a CSV, all texts."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Iterable[Row], delimiter: str = ",", end: str = "\n") -> None:
    """Write rows as a CSV with a header."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=delimiter, lineterminator=end)
        writer.writeheader()
        writer.writerows(rows)


def rewrite(path: Path, change: Change) -> None:
    """Change every row of a CSV in place; None drops the row."""
    changed = [change(dict(row)) for row in rows_of(path)]
    write_rows(path, [row for row in changed if row is not None])


@dataclass(frozen=True)
class Day:
    """What one business date adds up to."""

    orders: int
    buyers: int
    lines: int
    goods: Decimal
    shipping: Decimal
    payments: int
    paid: Decimal


class Reading:
    """An export read with Python's csv and Decimal alone. A local date is a text's first part."""

    def __init__(self, folder: Path, reference: Path | None = None) -> None:
        self.orders = {row["order_id"]: row for row in rows_of(folder / ORDERS)}
        self.items: Mapping[str, list[Row]] = _by_order(rows_of(folder / ITEMS))
        self.payments: Mapping[str, list[Row]] = _by_order(rows_of(folder / PAYMENTS))
        self.customers = {row["customer_id"]: row for row in rows_of(folder / CUSTOMERS)}
        self.reference = reference or folder

    def buyer(self, order_id: str) -> str:
        """Whoever placed the order, whatever the customer_id."""
        customer = self.customers[self.orders[order_id]["customer_id"]]
        return customer["customer_unique_id"]

    def ordered_on(self, order_id: str) -> date:
        """The day the order was placed."""
        return _day(self.orders[order_id]["order_purchase_timestamp"])

    def paid_on(self, order_id: str) -> date:
        """The day the order's payments count."""
        row = self.orders[order_id]
        return _day(row["order_approved_at"] or row["order_purchase_timestamp"])

    def goods(self, order_id: str) -> Decimal:
        """The order's prices."""
        return _sum(self.items[order_id], "price")

    def shipping(self, order_id: str) -> Decimal:
        """The order's freight."""
        return _sum(self.items[order_id], "freight_value")

    def payable(self, order_id: str) -> Decimal:
        """What the order's items add up to."""
        return self.goods(order_id) + self.shipping(order_id)

    def paid(self, order_id: str) -> Decimal:
        """What the order's payments add up to."""
        return _sum(self.payments[order_id], "payment_value")

    def days(self) -> dict[date, Day]:
        """Every day on which anything was ordered or paid."""
        placed: dict[date, list[str]] = defaultdict(list)
        paid: dict[date, list[str]] = defaultdict(list)
        for order_id in self.orders:
            placed[self.ordered_on(order_id)].append(order_id)
            if self.payments[order_id]:
                paid[self.paid_on(order_id)].append(order_id)
        zero = Decimal(0)
        return {
            day: Day(
                orders=len(placed[day]),
                buyers=len({self.buyer(order_id) for order_id in placed[day]}),
                lines=sum(len(self.items[order_id]) for order_id in placed[day]),
                goods=sum(map(self.goods, placed[day]), zero),
                shipping=sum(map(self.shipping, placed[day]), zero),
                payments=sum(len(self.payments[order_id]) for order_id in paid[day]),
                paid=sum(map(self.paid, paid[day]), zero),
            )
            for day in sorted(placed.keys() | paid.keys())
        }

    def class_of(self, order_id: str) -> str:
        """How the order's items and payments compare, by the rules of the documentation."""
        lines, payments = self.items[order_id], self.payments[order_id]
        difference = self.paid(order_id) - self.payable(order_id)
        if not lines:
            return "paid_without_items" if payments else "no_items_no_payment"
        if not payments:
            return "items_without_payment"
        if difference == 0:
            return "equal"
        if abs(difference) <= Decimal("0.01") * len(lines):
            return "rounding"
        if difference < 0:
            return "unexplained_less"
        instalments = max(int(row["payment_installments"]) for row in payments)
        return "instalment_interest" if instalments > 1 else "unexplained_more"

    def classes(self) -> Counter[str]:
        """Orders by class."""
        return Counter(map(self.class_of, self.orders))

    def time_errors(self) -> Counter[str]:
        """Orders by contradiction of their times; texts in this form sort as times do."""
        errors: Counter[str] = Counter()
        for row in self.orders.values():
            purchase, approval, carrier, delivery, _ = (row[name] for name in INSTANTS)
            status = row["order_status"]
            errors["approved_before_purchase"] += bool(approval) and approval < purchase
            errors["carrier_before_purchase"] += bool(carrier) and carrier < purchase
            errors["carrier_before_approval"] += bool(carrier and approval) and carrier < approval
            errors["delivered_before_purchase"] += bool(delivery) and delivery < purchase
            errors["delivered_before_carrier"] += bool(delivery and carrier) and delivery < carrier
            errors["delivered_without_carrier"] += bool(delivery) and not carrier
            errors["delivered_without_time"] += status == "delivered" and not delivery
            errors["delivered_never_approved"] += status == "delivered" and not approval
            errors["cancelled_yet_delivered"] += status == "canceled" and bool(delivery)
        return errors


def _by_order(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(row)
    return found


def _sum(rows: Iterable[Row], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
