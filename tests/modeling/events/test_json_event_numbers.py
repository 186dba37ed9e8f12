"""Numbers in payloads are read as the events declare them, and in no other way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from resources.sources.declaration.numbers import minor_units, number, sign_from
from tests.modeling.conftest import WriteWarehouse
from tests.modeling.events.test_json_events_errors import EVENTS, FEES
from tests.tables.run_events import run_events
from tests.tables.run_sql import DAY, at
from warehouse_assets.modeling import (
    Contract,
    Day,
    Money,
    Table,
    Text,
    column,
    following,
    json_events,
    json_path,
    key,
    latest,
    partition,
)
from warehouse_assets.modeling.load_errors import LoadError


class DwdFee(Contract):
    """An amount beside its currency and its direction."""

    event_id: Text = key("Event")
    currency: Text = column("Currency", null=True)
    direction: Text = column("C or D", null=True)
    fee_amount: Money = column("Fee")
    dt: Day = partition("Business date")


TABLE = Table(
    name="dwd_fee",
    layer="fact",
    path=Path(__file__),
    doc="One row per fee.",
    contract=DwdFee,
    owner="team:finance",
    reads={"ods_source_event": latest(following(days=3))},
)


def taken(folder: Path, payloads: list[str], **declared: Any) -> list[Decimal | None]:
    """The amount of each payload; None where the event was rejected."""
    columns = {
        "currency": json_path("$.currency", missing=None),
        "direction": json_path("$.direction", missing=None),
        "fee_amount": json_path("$.fee"),
    }
    events = json_events("ods_source_event", type="fee", columns=columns, tolerance=1, **declared)
    rows = [
        {
            "event_id": f"{number:03}",
            "event_type": "fee",
            "event_version": 1,
            "occurred_at": at("2026-01-10 08:00"),
            "payload": payload,
            "updated_at": at("2026-01-10 08:00"),
            "dt": DAY,
        }
        for number, payload in enumerate(payloads)
    ]
    found = run_events(replace(TABLE, events=events), rows, folder)
    amounts = {row["event_id"]: row["fee_amount"] for row in found.rows}
    assert len(amounts) + len(found.reasons) == len(payloads)
    return [amounts.get(row["event_id"]) for row in rows]


@pytest.mark.parametrize(
    ("declared", "fees"),
    [
        (
            {},
            {
                '"1234.50"': "1234.50", "1234.5": "1234.50", "1.000": "1.00", '"1.000"': None,
                '"1,234.50"': None, '"1.234,50"': None, "1e2": None, "19.989999999999998": None,
                '"(5.00)"': None, "0.1": "0.10", "true": None,
            },
        ),
        (
            {"numbers": number(decimal_mark=",", thousands=".", negative=["trailing", "leading"])},
            {
                '"1.234,50"': "1234.50", '"1234,50-"': "-1234.50", "1234.5": "1234.50",
                "1.250": "1.25", "-7": "-7.00", '"1,234.50"': None, '"12.34"': None,
            },
        ),
        (
            {"numbers": number(thousands=",", negative="parentheses", symbols=["$"])},
            {'"$1,234.50"': "1234.50", '"($2.00)"': "-2.00", "3.25": "3.25", '"1.234,50"': None},
        ),
        (
            {"column_numbers": {"fee_amount": number(implied_decimals=2)}},
            {"1050": "10.50", '"7"': "0.07", "10.50": None, "-5": "-0.05"},
        ),
        ({"numbers": number(exponent=True)}, {"1e2": "100.00", "1.5E-1": "0.15", "1e-3": None}),
    ],
)  # fmt: skip
def test_only_what_is_declared_is_a_number(
    tmp_path: Path, declared: dict[str, Any], fees: dict[str, str | None]
) -> None:
    payloads = [f'{{"fee": {fee}}}' for fee in fees]
    wanted = [None if fee is None else Decimal(fee) for fee in fees.values()]
    assert taken(tmp_path, payloads, **declared) == wanted


def test_minor_units_go_by_the_currency_beside_the_number(tmp_path: Path) -> None:
    units = number(minor_units=minor_units("currency", {"usd": 2, "jpy": 0, "kwd": 3}))
    payloads = [
        '{"fee": 1050, "currency": "usd"}',
        '{"fee": "1050", "currency": "jpy"}',
        '{"fee": 1050, "currency": "kwd"}',
        '{"fee": 1051, "currency": "kwd"}',
        '{"fee": 1050, "currency": "USD"}',
        '{"fee": 1050}',
        '{"fee": 10.5, "currency": "usd"}',
    ]
    found = taken(tmp_path, payloads, column_numbers={"fee_amount": units})
    wanted = [Decimal("10.50"), Decimal("1050"), Decimal("1.05"), None, None, None, None]
    assert found == wanted


def test_the_sign_may_stand_in_another_field(tmp_path: Path) -> None:
    signed = number(sign=sign_from("direction", {"C": "+", "D": "-"}))
    payloads = [f'{{"fee": 1.5, "direction": "{each}"}}' for each in "CDX"]
    found = taken(tmp_path, payloads, numbers=signed)
    assert found == [Decimal("1.50"), Decimal("-1.50"), None]


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('column_numbers={"amont": number()}', "column_numbers names amont, which is no column"),
        ('column_numbers={"fee_no": number()}', "fee_no, which is no column that a path fills"),
        ('numbers=number(unit="before")', "has a unit, which would be lost"),
        (
            'numbers=number(minor_units=minor_units("curency", {"usd": 2}))',
            "a number() names curency, which is no column that a path fills",
        ),
    ],
)
def test_a_number_of_nothing_is_an_error_when_the_code_is_loaded(
    write_warehouse: WriteWarehouse, declared: str, said: str
) -> None:
    imports = "from resources.sources.declaration.numbers import minor_units\n"
    imports += "from resources.sources.declaration.numbers import number\n"
    fees = FEES.replace("class DwdFee", imports + "\nclass DwdFee").replace(
        '        type="fee",', f'        type="fee",\n        {declared},'
    )
    with pytest.raises(LoadError) as raised:
        write_warehouse({"ods/ods_event": EVENTS, "fact/dwd_fee": fees})
    assert said in str(raised.value)
