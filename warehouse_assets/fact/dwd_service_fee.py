"""One row per fee that a billing service charged, on the business date it was charged.

An event of version 1 has one fee; one of version 2 has several, each with its currency.
"""

from warehouse_assets.modeling import (
    Contract,
    Day,
    Integer,
    Money,
    Text,
    Timestamp,
    by,
    column,
    element_number,
    following,
    json_events,
    json_path,
    key,
    newest,
    partition,
    table,
)


class DwdServiceFee(Contract):
    """Fees that services charge beside the channels' bills."""

    event_id: Text = key("Event, unique among all events")
    fee_no: Integer = key("Number of the fee in its event", ge=1)
    charge_no: Text = column("Charge, unique in the billing service")
    channel: Text = column("Channel that moves the money: alipay, wechat_pay, card")
    fee_kind: Text = column("What the fee is for: service, installment, ...")
    service_fee_amount: Money = column("Fee that the service charged", ge=0, raise_warning=True)
    currency: Text = column(
        "Currency of the amounts (ISO 4217)", str_matches="^[A-Z]{3}$", raise_warning=True
    )
    charged_at: Timestamp = column("When the fee was charged")
    occurred_at: Timestamp = column("When it happened")
    dt: Day = partition("Business date of the event")


dwd_service_fee = table(
    DwdServiceFee,
    owner="team:finance",
    reads={"ods_source_event": newest(following(days=3))},
    freshness=by("05:00"),
    events=json_events(
        "ods_source_event",
        type="billing.fee_charged",
        versions=(1, 2),
        each={2: "$.fees[*]"},
        columns={
            "fee_no": element_number(),
            "charge_no": json_path("$.charge_no"),
            "channel": json_path("$.channel"),
            "fee_kind": json_path({1: "$.fee.kind", 2: "@.kind"}),
            "service_fee_amount": json_path({1: "$.fee.amount", 2: "@.amount"}),
            "currency": json_path({1: "$.currency", 2: "@.currency"}),
            "charged_at": json_path("$.charged_at"),
        },
        tolerance=1,  # the others do not wait for one that is malformed
    ),
)
