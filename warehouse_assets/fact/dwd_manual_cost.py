"""One row per cost that a person typed in, on the business date it was entered."""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Money,
    Text,
    Timestamp,
    by,
    column,
    following,
    json_events,
    json_path,
    key,
    newest,
    partition,
    table,
)


class DwdManualCost(Contract):
    """Costs that no system knows of."""

    event_id: Text = key("Event, unique among all events")
    cost_center: Text = column("Part of the company that bears the cost")
    cost_amount: Money = column("What it cost", ge=0, raise_warning=True)
    currency: Text = column(
        "Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$", raise_warning=True
    )
    note: Text = column("What the person wrote about it", null=True)
    entered_by: Text = column("Who typed it in")
    approved_by: Text = column("Who approved it", null=True)
    occurred_at: Timestamp = column("When it happened")
    dt: Day = partition("Business date of the event")


dwd_manual_cost = table(
    DwdManualCost,
    owner="team:finance",
    reads={"ods_source_event": newest(following(days=3))},
    freshness=by("05:00"),
    events=json_events(
        "ods_source_event",
        type="manual.cost_entered",
        columns={
            "cost_center": json_path("$.cost_center"),
            "cost_amount": json_path("$.cost.amount"),
            "currency": json_path("$.cost.currency", missing="CNY"),
            "note": json_path("$.note", missing=None, malformed=None),
            "entered_by": json_path("$.entered_by"),
            "approved_by": json_path("$.approved_by", missing=None),
        },
        tolerance=1,  # the others do not wait for one that is malformed
    ),
)
