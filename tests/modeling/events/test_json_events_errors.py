"""A mistake in a declaration of events is found when the code is loaded, and says where it is."""

from __future__ import annotations

import pytest

from tests.modeling.conftest import HEADER, WriteWarehouse
from warehouse_assets.modeling.load_errors import LoadError

EVENTS = (
    HEADER
    + """
from resources.sources.declaration.files import files

class OdsEvent(DeliveredContract):
    event_id: Text = column("Event")
    event_type: Text = column("Type")
    event_version: Integer = column("Version")
    occurred_at: Timestamp = column("When it happened")
    payload: Text = column("JSON")
    updated_at: Timestamp = column("When it changed")

ods_event = table(
    OdsEvent,
    owner="team:trade",
    source=files("shop/event", format="jsonl"),
    change_log=change_log(key=("event_id",), sequence="updated_at", event_time="occurred_at"),
)
"""
)

FEES = (
    HEADER
    + """
class DwdFee(Contract):
    event_id: Text = key("Event")
    fee_no: Integer = key("Number of the fee")
    amount: Money = column("Amount")
    note: Text = column("Note", null=True)
    dt: Day = partition("Business date")

dwd_fee = table(
    DwdFee,
    owner="team:trade",
    reads={"ods_event": latest(following(days=3))},
    events=json_events(
        "ods_event",
        type="fee",
        versions=(1, 2),
        each={2: "$.fees[*]"},
        columns={
            "fee_no": element_number(),
            "amount": json_path({1: "$.amount", 2: "@.amount"}),
            "note": json_path("$.note", missing=None),
        },
    ),
)
"""
)

# (text of the module, what it becomes, words the error holds)
MISTAKES = [
    ('"$.amount"', '"amount"', "path 'amount' begins with neither $ nor @"),
    ('"$.note"', '"$.no te"', "is no path from ' te' on"),
    ('"$.note"', '"@.note"', "begins at an element, and each has no path for version 1"),
    ('"$.note"', '"$.notes[*]"', "gives many values"),
    ('"$.fees[*]"', '"$.fees"', "each is $.fees"),
    ("each={2:", "each={3:", "each has a path for version 3; the versions are 1, 2"),
    ("{1: \"$.amount\", 2: ", "{1: \"$.amount\", 4: ", "amount has a path for version 4"),
    (", 2: \"@.amount\"}", "}", "column amount has no path for version 2"),
    ('"note": json', '"nots": json', "events fill nots, which is no column"),
    ('"note": json', '"dt": json', "events fill dt"),
    ('    note: Text', '    noted: Text', "events fill note, which is no column"),
    ('    event_id: Text', '    event: Text', "nothing fills column event:"),
    ('event_id: Text', 'event_id: Integer', "column event_id is VARCHAR in ods_event and BIGINT"),
    ('fee_no: Integer', 'fee_no: Text', "is the number of an element, and VARCHAR"),
    ('column("Note", null=True)', 'column("Note")', "note may not be null, and missing=None"),
    ('"@.amount"})', '"@.amount"}, malformed="x")', "column amount: 'x' is no DECIMAL(18,2)"),
    ('"@.amount"})', '"@.amount"}, words={"a": "b"})', "column amount: 'b' is no DECIMAL(18,2)"),
    ("latest(following(days=3))", "following(days=3)", "Read each event once"),
    ('reads={"ods_event": latest(following(days=3))}', "reads={}", "must be all that reads has"),
    ("versions=(1, 2)", "versions=()", "events of no version are declared"),
    ("    events=json", '    sql="SELECT 1",\n    events=json', "needs exactly one of sql"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_a_mistake_names_the_module_and_the_way_out(
    write_warehouse: WriteWarehouse, old: str, new: str, said: str
) -> None:
    assert old in FEES
    with pytest.raises(LoadError, match=r"dwd_fee\.py") as raised:
        write_warehouse({"ods/ods_event": EVENTS, "fact/dwd_fee": FEES.replace(old, new)})
    assert said in str(raised.value)


def test_a_table_that_holds_no_events_is_named(write_warehouse: WriteWarehouse) -> None:
    without = EVENTS.replace("    payload: Text", "    text: Text")
    with pytest.raises(LoadError, match="ods_event has no column payload"):
        write_warehouse({"ods/ods_event": without, "fact/dwd_fee": FEES})


def test_lineage_leads_to_the_payload(write_warehouse: WriteWarehouse) -> None:
    from warehouse_assets.modeling.sql.lineage import column_lineage

    warehouse = write_warehouse({"ods/ods_event": EVENTS, "fact/dwd_fee": FEES})
    lineage = column_lineage(warehouse.table("dwd_fee"), warehouse.tables)
    assert lineage["amount"] == (("ods_event", "payload"),)
    assert lineage["event_id"] == (("ods_event", "event_id"),)
