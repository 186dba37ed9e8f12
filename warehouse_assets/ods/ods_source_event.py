"""One row per event and delivery: what services, schedulers and people sent, payload as it came.

An event is anything that has no table of its own yet. Its payload is JSON of a shape that its type
and version say; json_events() makes columns of it downstream.
"""

from warehouse_assets import modeling as m, vocabulary as v


class OdsSourceEvent(m.DeliveredContract):
    """Events of all types, in the order they were delivered."""

    event_id: m.Text = m.column(v.event_id)
    event_type: m.Text = m.column(v.event_type)
    event_version: m.Integer = m.column("Version of the payload's shape", ge=1)
    source_system: m.Text = m.column("System that sent the event")
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    payload: m.Text = m.column("JSON text as it came; it may be malformed")
    updated_at: m.Timestamp = m.column(v.updated_at)


ods_source_event = m.table(
    OdsSourceEvent,
    owner="team:finance",
    source=m.files("events/source_event", format="jsonl"),
    change_log=m.change_log(key=("event_id",), sequence="updated_at", event_time="occurred_at"),
)
