"""One row per cost that a person typed in, on the business date of the event."""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdManualCost(m.Contract):
    """Costs that no system knows of."""

    event_id: m.Text = m.key(v.event_id)
    cost_center: m.Text = m.column("Part of the company that bears the cost")
    cost_amount: m.Money = m.column("What it cost, as typed in", ge=0, raise_warning=True)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE, raise_warning=True)
    note: m.Text = m.column("What the person wrote about it", null=True)
    entered_by: m.Text = m.column(v.entered_by)
    approved_by: m.Text = m.column(v.approved_by, null=True)
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    dt: m.Day = m.partition(v.dt_occurred)


dwd_manual_cost = m.table(
    DwdManualCost,
    owner="team:finance",
    reads={"ods_source_event": m.latest(c.delivery_window)},
    events=m.json_events(
        "ods_source_event",
        type="manual.cost_entered",
        columns={
            "cost_center": m.json_path("$.cost_center"),
            "cost_amount": m.json_path("$.cost.amount"),
            "currency": m.json_path("$.cost.currency", missing="CNY"),
            "note": m.json_path("$.note", missing=None, malformed=None),
            "entered_by": m.json_path("$.entered_by"),
            "approved_by": m.json_path("$.approved_by", missing=None),
        },
        tolerance=1,  # the others do not wait for one that is malformed
    ),
)
