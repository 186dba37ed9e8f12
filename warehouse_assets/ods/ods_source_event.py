"""One row per event and delivery: what services, schedulers and people sent, payload as it came.

An event is anything that has no table of its own yet. Its payload is JSON of a shape that its type
and version say; json_events() makes columns of it downstream.
"""

from resources.sources.declaration.files import files
from warehouse_assets.modeling import (
    DeliveredContract,
    Integer,
    Text,
    Timestamp,
    by,
    change_log,
    column,
    delivered_in_time,
    table,
)


class OdsSourceEvent(DeliveredContract):
    """Events of all types, in the order they were delivered."""

    event_id: Text = column("Event, unique among all events")
    event_type: Text = column("What happened: payment, refund, billing.fee_charged, ...")
    event_version: Integer = column("Version of the payload's shape", ge=1)
    source_system: Text = column("System that sent the event")
    occurred_at: Timestamp = column("When it happened")
    payload: Text = column("JSON text as it came; it may be malformed")
    updated_at: Timestamp = column("When the source last changed the row")


ods_source_event = table(
    OdsSourceEvent,
    owner="team:finance",
    source=files("events/source_event", format="jsonl"),
    change_log=change_log(key=("event_id",), sequence="updated_at", event_time="occurred_at"),
    freshness=by("02:00"),
    checks=[delivered_in_time("occurred_at", days=3)],
)
