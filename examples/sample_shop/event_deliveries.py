"""SQL of source events: JSON payloads of services, schedulers and people, as they were sent.

Of every ten events four are fees in the old version of their payload, four in the new one, one
is a job that ended and one a cost that somebody typed in.
"""

from __future__ import annotations


def source_event_count(orders_per_day: int) -> int:
    """How many events a day has."""
    return 60 + orders_per_day // 20


EVENT_MACROS = """
CREATE TABLE event_word AS SELECT
    ['alipay', 'wechat_pay', 'card'] AS channels,
    ['service', 'installment', 'chargeback'] AS fee_kinds,
    ['settle_sellers', 'expire_points', 'close_unpaid_orders', 'export_invoices'] AS jobs,
    ['logistics', 'marketing', 'customer_service'] AS cost_centers,
    ['包装材料, 3 箱', 'Courier to the tax office', '"急件" 快递费'] AS notes,
    ['li.na', 'wang.wei', 'zhang.min'] AS people;
CREATE MACRO iso(seconds) AS strftime(instant(seconds), '%Y-%m-%dT%H:%M:%SZ');
CREATE MACRO fee_cents(event_key, fee_no) AS 1 + below(draw(event_key, fee_no), 9999);
"""

_FEE_V1 = """json_object(
    'charge_no', 'F' || event_number,
    'channel', w.channels[1 + below(event_key >> 8, 3)],
    'fee', json_object(
        'kind', w.fee_kinds[1 + below(event_key >> 16, 3)],
        'amount', amount(fee_cents(event_key, 1))
    ),
    'currency', 'CNY',
    'charged_at', iso(occurred_at)
)"""

_FEE_V2 = """json_object(
    'charge_no', 'F' || event_number,
    'channel', w.channels[1 + below(event_key >> 8, 3)],
    'fees', list_transform(
        range(1, 2 + below(event_key >> 16, 3)),
        lambda fee_no: json_object(
            'kind', w.fee_kinds[fee_no],
            'amount', amount(fee_cents(event_key, fee_no))::VARCHAR,
            'currency', 'CNY'
        )
    ),
    'charged_at', iso(occurred_at)
)"""

_JOB = """json_merge_patch(
    json_object(
        'job', json_object(
            'name', w.jobs[1 + below(event_key >> 8, 4)], 'run_no', 'J' || event_number
        ),
        'status', CASE WHEN below(event_key >> 16, 20) = 0 THEN 'failed' ELSE 'succeeded' END,
        'attempt_count', 1 + below(event_key >> 24, 3),
        'started_at', iso(occurred_at - 5 - below(event_key >> 32, 600)),
        'finished_at', iso(occurred_at)
    ),
    CASE WHEN below(event_key >> 16, 20) = 0 THEN '{}'
    ELSE json_object('row_count', below(event_key >> 40, 100000)) END
)"""

_COST = """json_merge_patch(
    json_object(
        'cost', json_object('amount', amount(fee_cents(event_key, 1))::VARCHAR, 'currency', 'CNY'),
        'cost_center', w.cost_centers[1 + below(event_key >> 8, 3)],
        'entered_by', w.people[1 + below(event_key >> 16, 3)]
    ),
    CASE WHEN below(event_key >> 24, 4) = 0 THEN '{}'
    ELSE json_object('note', w.notes[1 + below(event_key >> 28, 3)]) END
)"""

# An event is written down as it happens; nothing of it changes afterwards.
SOURCE_EVENTS = f"""
SELECT
    'E' || event_number AS event_id,
    CASE
        WHEN id % 10 < 8 THEN 'billing.fee_charged'
        WHEN id % 10 = 8 THEN 'scheduler.job_finished' ELSE 'manual.cost_entered'
    END AS event_type,
    CASE WHEN id % 10 BETWEEN 4 AND 7 THEN 2 ELSE 1 END AS event_version,
    CASE
        WHEN id % 10 < 8 THEN 'billing' WHEN id % 10 = 8 THEN 'scheduler' ELSE 'manual_entry'
    END AS source_system,
    instant(occurred_at) AS occurred_at,
    CASE
        WHEN id % 10 < 4 THEN {_FEE_V1}
        WHEN id % 10 < 8 THEN {_FEE_V2}
        WHEN id % 10 = 8 THEN {_JOB}
        ELSE {_COST}
    END::VARCHAR AS payload,
    instant(occurred_at) AS updated_at
FROM (
    SELECT
        r.id,
        draw(draw(s.people_key, 64), d.day_index << 32 | r.id) AS event_key,
        strftime(date_of_day(d.day_index), '%Y%m%d')
            || lpad((r.id + 1)::VARCHAR, 8, '0') AS event_number,
        d.day_start + r.id * d.day_seconds // (60 + s.orders_per_day // 20) AS occurred_at
    FROM range($first, $end) AS r(id), delivery_day AS d, shop AS s
), event_word AS w
"""
