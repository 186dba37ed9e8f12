"""SQL of logistics: shipments, and what moves the stock.

A sku's stock in a warehouse has a base. What goes out is bought again on the next day, and what
comes back goes to the supplier on the next day. So the stock at the end of a day is the base, less
what went out on the day, and what came back on it: no day needs the days before.
"""

from __future__ import annotations

from typing import Final

from examples.sample_shop.life.lines import line_life
from examples.sample_shop.life.messages import told, told_once

_SHIPPED = "(SELECT * FROM line_core WHERE shipped_at IS NOT NULL)"

SHIPMENTS: Final = f"""
SELECT
    'H' || (order_number * 10 + line_no) AS shipment_no,
    order_no,
    line_no,
    sku_id,
    warehouse_code(warehouse_number) AS warehouse_code,
    quantity,
    CASE
        WHEN delivered_age <= version THEN 'delivered'
        WHEN lost_age <= version THEN 'lost'
        ELSE 'shipped'
    END AS shipment_status,
    CASE order_key % 4
        WHEN 0 THEN '顺丰速运' WHEN 1 THEN 'YTO' WHEN 2 THEN 'ZTO' ELSE 'JD Logistics'
    END AS carrier,
    moment(shipped_at) AS shipped_at,
    moment(CASE WHEN delivered_age <= version THEN delivered_at END) AS delivered_at,
    moment(CASE
        WHEN delivered_age <= version THEN delivered_at
        WHEN lost_age <= version THEN lost_at
        ELSE shipped_at
    END) AS updated_at
FROM ({line_life(told(_SHIPPED, "line_key", 26, first_age=1))})
WHERE shipped_age = version OR delivered_age = version OR lost_age = version
"""

_RETURNS = """
SELECT *, unnest([0, 1]) AS later, draw(after_sale_key, 3 + later) AS movement_key
FROM after_sale_life
WHERE is_return AND approved_at IS NOT NULL
"""

STOCK_MOVEMENTS: Final = f"""
SELECT
    movement_no,
    warehouse_code(warehouse_number) AS warehouse_code,
    sku_id,
    movement_type,
    quantity_change,
    amount(unit_cost_cents(sku_key, day_index + moved_age)) AS unit_cost_amount,
    'CNY' AS currency,
    business_no,
    moment(moved_at) AS moved_at,
    moment(moved_at) AS updated_at
FROM (
    SELECT
        'MO' || (order_number * 10 + line_no) AS movement_no, warehouse_number, sku_id, sku_key,
        'out' AS movement_type, -quantity AS quantity_change,
        'H' || (order_number * 10 + line_no) AS business_no,
        shipped_at AS moved_at, shipped_age AS moved_age, day_index
    FROM ({line_life(told_once(_SHIPPED, "line_key", 27, "shipped_age", first_age=1))})
    UNION ALL
    SELECT
        CASE later WHEN 0 THEN 'MR' ELSE 'MA' END || order_number, warehouse_number, sku_id,
        sku_key,
        CASE later WHEN 0 THEN 'return' ELSE 'adjustment' END,
        CASE later WHEN 0 THEN quantity ELSE -quantity END,
        after_sale_no,
        CASE later WHEN 0 THEN approved_at ELSE start_4 + 36000 END, approved_age + later, day_index
    FROM {
    told_once(
        f"({_RETURNS})", "movement_key", 27, "(approved_age + later)", first_age=3, last_age=6
    )
}
)
"""

STOCK_MOVED: Final = """
SELECT
    sku_id, warehouse_number,
    sum(shipped)::BIGINT AS shipped, sum(shipped_before)::BIGINT AS shipped_before,
    sum(returned)::BIGINT AS returned
FROM (
    SELECT
        sku_id, warehouse_number,
        CASE WHEN shipped_age = age THEN quantity ELSE 0 END AS shipped,
        CASE WHEN shipped_age < age THEN quantity ELSE 0 END AS shipped_before,
        0 AS returned
    FROM line_life
    WHERE shipped_age BETWEEN age - 1 AND age
    UNION ALL
    SELECT sku_id, warehouse_number, 0, 0, quantity
    FROM after_sale_life
    WHERE is_return AND approved_age = age
)
GROUP BY sku_id, warehouse_number
"""
"""What moved of each sku and warehouse on the delivered day, of one slice; collected."""

_SUMS = """
SELECT
    sku_id, warehouse_number, sum(shipped)::BIGINT AS shipped,
    sum(shipped_before)::BIGINT AS shipped_before, sum(returned)::BIGINT AS returned
FROM stock_moved
WHERE sku_id >= $first AND sku_id < $end
GROUP BY sku_id, warehouse_number
"""

PURCHASES: Final = f"""
SELECT
    'MI' || purchase_number AS movement_no,
    warehouse_code(warehouse_number) AS warehouse_code,
    sku_id,
    'in' AS movement_type,
    shipped_before AS quantity_change,
    amount(unit_cost_cents(sku_key(sku_id), day_index)) AS unit_cost_amount,
    'CNY' AS currency,
    'PU' || purchase_number AS business_no,
    moment(day_start + 21600) AS moved_at,
    moment(day_start + 21600) AS updated_at
FROM (
    SELECT
        *,
        strftime(date_of_day(day_index), '%Y%m%d') || '-' || warehouse_number || '-' || sku_id
            AS purchase_number
    FROM ({_SUMS}), delivery_day
    WHERE shipped_before > 0
)
"""

STOCK_SNAPSHOTS: Final = f"""
SELECT
    warehouse_code(warehouse_number) AS warehouse_code,
    sku_id,
    base_stock(sku_id) - coalesce(shipped, 0) + coalesce(returned, 0) AS stock_quantity,
    amount(unit_cost_cents(sku_key(sku_id), day_index)) AS unit_cost_amount,
    'CNY' AS currency,
    moment(day_start + day_seconds - 1) AS updated_at
FROM (
    SELECT
        r.id AS sku_id,
        unnest([first_warehouse(sku_key(r.id)), second_warehouse(sku_key(r.id))])
            AS warehouse_number
    FROM range($first, $end) AS r(id)
) LEFT JOIN ({_SUMS}) USING (sku_id, warehouse_number), delivery_day
"""
