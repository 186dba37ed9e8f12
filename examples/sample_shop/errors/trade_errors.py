"""Errors of orders and of what goes with them: after-sales, coupons, points, stock."""

from __future__ import annotations

from examples.sample_shop.errors.kind import Effect, ErrorKind, ErrorSource, raised

_BURNT = "entry_type = 'burnt'"
_SEVERAL_SHARDS = "shard_count() > 1"
# Shards are numbered: database * tables + table.
_ANOTHER_SHARD = {
    "shard_number": "(shard_number + 1 + below(error_noise, shard_count() - 1)) % shard_count()"
}

TRADE_ERRORS = (
    ErrorSource(
        sources=("order_center/order",),
        chosen_by=("order_no",),
        keys=("order_no",),
        kinds=(
            ErrorKind("order_header_amount", "goods and discount of an order are not its lines'", 1,
                "goods_amount", changes=raised("goods_amount") | raised("discount_amount")),
            ErrorKind("order_in_wrong_shard", "an order lies in another shard than its buyer's",
                None, "shard_number", changes=_ANOTHER_SHARD, eligible=_SEVERAL_SHARDS),
            ErrorKind("order_in_two_shards", "an order lies in another shard as well",
                None, "shard_number", Effect.ADDED, _ANOTHER_SHARD, _SEVERAL_SHARDS),
        ),
    ),
    ErrorSource(
        sources=("order_center/after_sale",),
        chosen_by=("after_sale_no",),
        keys=("after_sale_no", "order_no", "line_no"),
        kinds=(
            ErrorKind("after_sale_amount", "another amount is approved than refunded", 6,
                "approved_amount", changes=raised("approved_amount"),
                eligible="after_sale_status = 'approved'"),
        ),
    ),
    ErrorSource(
        sources=("marketing/coupon_use",),
        chosen_by=("coupon_use_no",),
        keys=("coupon_use_no", "order_no", "line_no"),
        kinds=(
            ErrorKind("coupon_use_missing", "the coupon on an order line was never used", 13,
                "coupon_amount", Effect.MISSING),
            ErrorKind("coupon_use_wrong", "the use of a coupon is not the line's discount", 13,
                "coupon_amount", changes=raised("coupon_amount") | raised("platform_amount")),
            ErrorKind("coupon_bearer_wrong",
                "platform and seller bear each other's part of a coupon", 13, "platform_amount",
                changes={"platform_amount": "seller_amount", "seller_amount": "platform_amount"},
                eligible="abs(platform_amount - seller_amount) > 0.01"),
        ),
    ),
    ErrorSource(
        sources=("marketing/points_entry",),
        chosen_by=("points_entry_no",),
        keys=("points_entry_no", "user_id", "business_no"),
        kinds=(
            ErrorKind("points_missing", "points burnt on an order are not told", 14,
                "points", Effect.MISSING, eligible=_BURNT),
            ErrorKind("points_wrong", "more points are burnt than the order says", 14,
                "points", changes={"points": "points + 1 + below(error_noise, 100)"},
                eligible=_BURNT),
        ),
        has_currency=False,
    ),
    ErrorSource(
        sources=("logistics/shipment",),
        chosen_by=("shipment_no",),
        keys=("shipment_no", "order_no", "line_no"),
        kinds=(
            ErrorKind("shipment_quantity_wrong", "one unit more is shipped than was ordered", 16,
                "quantity", changes={"quantity": "quantity + 1"}),
            ErrorKind("shipment_told_lost", "a line that was delivered is told to be lost", 11,
                "shipment_status", changes={
                    "shipment_status": "'lost'", "delivered_at": "NULL::TIMESTAMPTZ",
                }, eligible="shipment_status = 'delivered'"),
        ),
        has_currency=False,
    ),
    ErrorSource(
        sources=("logistics/stock_movement",),
        chosen_by=("movement_no",),
        keys=("movement_no", "warehouse_code", "sku_id", "business_no"),
        kinds=(
            ErrorKind("stock_out_missing", "a shipment never left the stock", 16,
                "quantity_change", Effect.MISSING, eligible="movement_type = 'out'"),
        ),
    ),
    ErrorSource(
        sources=("events/source_event",),
        chosen_by=("event_id",),
        keys=("event_id",),
        kinds=(
            ErrorKind("event_malformed", "a payload is cut in the middle", None,
                "payload", changes={"payload": "left(payload, length(payload)::INTEGER // 2)"}),
        ),
        has_currency=False,
    ),
)  # fmt: skip
