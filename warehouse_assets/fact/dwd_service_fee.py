"""One row per fee that a billing service charged, on the business date of the event.

An event of version 1 has one fee; one of version 2 has several, each with its currency.
"""

from warehouse_assets import conventions as c, modeling as m, vocabulary as v


class DwdServiceFee(m.Contract):
    """Fees that services charge beside the channels' bills."""

    event_id: m.Text = m.key(v.event_id)
    fee_no: m.Integer = m.key("Number of the fee in its event", ge=1)
    charge_no: m.Text = m.column("Charge, unique in the billing service")
    channel: m.Text = m.column(v.channel)
    fee_kind: m.Text = m.column("What the fee is for: service, installment, ...")
    service_fee_amount: m.Money = m.column("Fee that the service charged", ge=0, raise_warning=True)
    currency: m.Text = m.column(v.currency, str_matches=c.CURRENCY_CODE, raise_warning=True)
    charged_at: m.Timestamp = m.column("When the fee was charged")
    occurred_at: m.Timestamp = m.column(v.occurred_at)
    dt: m.Day = m.partition(v.dt_occurred)


dwd_service_fee = m.table(
    DwdServiceFee,
    owner="team:finance",
    reads={"ods_source_event": m.latest(c.delivery_window)},
    events=m.json_events(
        "ods_source_event",
        type="billing.fee_charged",
        versions=(1, 2),
        each={2: "$.fees[*]"},
        columns={
            "fee_no": m.element_number(),
            "charge_no": m.json_path("$.charge_no"),
            "channel": m.json_path("$.channel"),
            "fee_kind": m.json_path({1: "$.fee.kind", 2: "@.kind"}),
            "service_fee_amount": m.json_path({1: "$.fee.amount", 2: "@.amount"}),
            "currency": m.json_path({1: "$.currency", 2: "@.currency"}),
            "charged_at": m.json_path("$.charged_at"),
        },
        tolerance=1,  # the others do not wait for one that is malformed
    ),
)
