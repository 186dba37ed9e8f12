"""Errors of orders and of what goes with them: after-sales, coupons, points, stock."""

from __future__ import annotations

from examples.sample_shop.errors.kind import Effect, ErrorKind, ErrorSource, raised

# Shards are numbered: database * tables + table.
_ANOTHER_SHARD = "(shard_number + 1 + below(error_noise, shard_count() - 1)) % shard_count()"

ORDER_ERRORS = ErrorSource(
    sources=("order_center/order",),
    chosen_by=("order_no",),
    keys=("order_no",),
    kinds=(
        ErrorKind(
            "order_header_amount",
            "goods and discount of an order are not its lines'",
            scenario=1,
            column="goods_amount",
            changes=raised("goods_amount") | raised("discount_amount"),
        ),
        ErrorKind(
            "order_in_wrong_shard",
            "an order lies in another shard than its buyer's",
            scenario=None,
            column="shard_number",
            changes={"shard_number": _ANOTHER_SHARD},
            eligible="shard_count() > 1",
        ),
        ErrorKind(
            "order_in_two_shards",
            "an order lies in another shard as well",
            scenario=None,
            column="shard_number",
            effect=Effect.ADDED,
            changes={"shard_number": _ANOTHER_SHARD},
            eligible="shard_count() > 1",
        ),
    ),
)

AFTER_SALE_ERRORS = ErrorSource(
    sources=("order_center/after_sale",),
    chosen_by=("after_sale_no",),
    keys=("after_sale_no", "order_no", "line_no"),
    kinds=(
        ErrorKind(
            "after_sale_amount",
            "another amount is approved than refunded",
            scenario=6,
            column="approved_amount",
            changes=raised("approved_amount"),
            eligible="after_sale_status = 'approved'",
        ),
    ),
)

COUPON_USE_ERRORS = ErrorSource(
    sources=("marketing/coupon_use",),
    chosen_by=("coupon_use_no",),
    keys=("coupon_use_no", "order_no", "line_no"),
    kinds=(
        ErrorKind(
            "coupon_use_missing",
            "the coupon on an order line was never used",
            scenario=13,
            column="coupon_amount",
            effect=Effect.MISSING,
        ),
        ErrorKind(
            "coupon_use_wrong",
            "the use of a coupon is not the line's discount",
            scenario=13,
            column="coupon_amount",
            changes=raised("coupon_amount") | raised("platform_amount"),
        ),
        ErrorKind(
            "coupon_bearer_wrong",
            "platform and seller bear each other's part of a coupon",
            scenario=13,
            column="platform_amount",
            changes={"platform_amount": "seller_amount", "seller_amount": "platform_amount"},
            eligible="abs(platform_amount - seller_amount) > 0.01",
        ),
    ),
)

POINTS_ERRORS = ErrorSource(
    sources=("marketing/points_entry",),
    chosen_by=("points_entry_no",),
    keys=("points_entry_no", "user_id", "business_no"),
    kinds=(
        ErrorKind(
            "points_missing",
            "points burnt on an order are not told",
            scenario=14,
            column="points",
            effect=Effect.MISSING,
            eligible="entry_type = 'burnt'",
        ),
        ErrorKind(
            "points_wrong",
            "more points are burnt than the order says",
            scenario=14,
            column="points",
            changes={"points": "points + 1 + below(error_noise, 100)"},
            eligible="entry_type = 'burnt'",
        ),
    ),
    has_currency=False,
)

SHIPMENT_ERRORS = ErrorSource(
    sources=("logistics/shipment",),
    chosen_by=("shipment_no",),
    keys=("shipment_no", "order_no", "line_no"),
    kinds=(
        ErrorKind(
            "shipment_quantity_wrong",
            "one unit more is shipped than was ordered",
            scenario=16,
            column="quantity",
            changes={"quantity": "quantity + 1"},
        ),
    ),
    has_currency=False,
)

STOCK_ERRORS = ErrorSource(
    sources=("logistics/stock_movement",),
    chosen_by=("movement_no",),
    keys=("movement_no", "warehouse_code", "sku_id", "business_no"),
    kinds=(
        ErrorKind(
            "stock_out_missing",
            "a shipment never left the stock",
            scenario=16,
            column="quantity_change",
            effect=Effect.MISSING,
            eligible="movement_type = 'out'",
        ),
    ),
)

EVENT_ERRORS = ErrorSource(
    sources=("events/source_event",),
    chosen_by=("event_id",),
    keys=("event_id",),
    kinds=(
        ErrorKind(
            "event_malformed",
            "a payload is cut in the middle",
            scenario=None,
            column="payload",
            changes={"payload": "left(payload, length(payload)::INTEGER // 2)"},
        ),
    ),
    has_currency=False,
)
