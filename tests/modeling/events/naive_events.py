"""A table of events, random events for it, and a naive reading of them in Python."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from resources.sources.declaration.json_path import JsonPath
from tests.tables.run_sql import DAY, Row, at
from warehouse_assets.modeling import (
    REJECT,
    Contract,
    Day,
    Flag,
    Integer,
    Money,
    Table,
    Text,
    column,
    element_number,
    following,
    json_events,
    json_path,
    key,
    latest,
    partition,
)
from warehouse_assets.modeling.declaration.json_events import JsonColumn, Otherwise


class DwdFee(Contract):
    """A column of each type, and of each way to do without a value."""

    event_id: Text = key("Event")
    fee_no: Integer = key("Number of the fee")
    order_no: Text = column("Order")
    fee_amount: Money = column("Fee")
    tax_amount: Money = column("Tax", null=True)
    fee_count: Integer = column("Count")
    is_paid: Flag = column("Whether it is paid", null=True)
    note: Text = column("Note", null=True)
    dt: Day = partition("Business date")


EVENTS = json_events(
    "ods_source_event",
    type="fee",
    versions=(1, 2),
    each={2: '$["the groups"][*].fees[*]'},
    columns={
        "fee_no": element_number(),
        "order_no": json_path({1: "$.no", 2: "$.order.no[0]"}),
        "fee_amount": json_path({1: "$.fee", 2: "@.fee"}),
        "tax_amount": json_path({1: "$.tax", 2: "@.tax"}, missing=None, malformed=None),
        "fee_count": json_path({1: "$.count", 2: "@.count"}, missing="7", malformed="-1"),
        "is_paid": json_path(
            {1: "$.status", 2: "@.status"},
            words={"yes": "true", "1": "true", "no": "false"},
            missing=None,
        ),
        "note": json_path({2: "@.note"}, missing=None),
    },
    tolerance=1,
)
TABLE = Table(
    name="dwd_fee",
    layer="fact",
    path=Path(__file__),
    doc="One row per fee.",
    contract=DwdFee,
    owner="team:finance",
    reads={"ods_source_event": latest(following(days=3))},
    events=EVENTS,
)
TYPES = {column.spec.name: column.spec.type for column in TABLE.columns}


class Spelled(str):
    """A number, as the payload spells it."""


def naive(event: Row) -> list[Row] | None:
    """The rows of one event; None if it is rejected."""
    try:
        document = json.loads(event["payload"], parse_int=Spelled, parse_float=Spelled)
    except ValueError:
        return None
    version = event["event_version"]
    if version not in EVENTS.versions:
        return None
    elements = [document]
    for level in EVENTS.each[version].levels() if version in EVENTS.each else ():
        arrays = [found(level, element) for element in elements]
        if not all(isinstance(array, list) for array in arrays):
            return None
        elements = [element for array in arrays for element in array]
    rows: list[Row] = []
    for number, element in enumerate(elements, 1):
        row: Row = {"event_id": event["event_id"], "dt": DAY, "fee_no": number}
        for name, declared in EVENTS.columns.items():
            if isinstance(declared, JsonColumn):
                path = declared.path(version)
                start = element if path and path.of_element else document
                value = naive_value(declared, found(path, start) if path else None, TYPES[name])
                if value is REJECT:
                    return None
                row[name] = value
        rows.append(row)
    return rows


def found(path: JsonPath, document: Any) -> Any:
    for step in path.steps:
        if isinstance(step, int):
            fits = isinstance(document, list) and step < len(document)
        else:
            fits = isinstance(document, dict) and step in document
        if not fits:
            return None
        document = document[step]
    return document


def naive_value(declared: JsonColumn, value: Any, kind: str) -> Any:
    if value is None:
        return otherwise(declared.missing, kind)
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(value, str) or (declared.words and value not in declared.words):
        return otherwise(declared.malformed, kind)
    meant = declared.words.get(value, str(value))
    typed = naive_type(meant, kind)
    if kind not in ("VARCHAR", "BOOLEAN") and not isinstance(value, Spelled):
        # A number in quotes may have thousands behind its point.
        typed = None if re.fullmatch(r"\s*[+-]?0*[1-9]\d{0,2}\.\d{3}\s*", meant) else typed
    return otherwise(declared.malformed, kind) if typed is None else typed


def otherwise(choice: Otherwise, kind: str) -> Any:
    return naive_type(choice, kind) if isinstance(choice, str) else choice


def naive_type(text: str, kind: str) -> Any:
    if kind == "VARCHAR":
        return text
    if kind == "BOOLEAN":
        return text == "true"
    if not re.fullmatch(r"[ \t]*[+-]?(\d+\.?\d*|\.\d+)[ \t]*", text, re.ASCII):
        return None
    number = Decimal(text.strip())
    if kind == "BIGINT":
        # "5." and ".0" alone: a whole number is written with digits before the point.
        whole = re.fullmatch(r"[ \t]*[+-]?\d+(\.0*)?[ \t]*", text)
        return int(number) if whole and -(2**63) <= number < 2**63 else None
    exact = number == number.quantize(Decimal("0.01")) and abs(number) < 10**16
    return number if exact else None


NUMBERS = st.one_of(
    st.integers(-(10**19), 10**19).map(str),
    st.decimals(-(10**17), 10**17, places=2).map(lambda number: f"{number:f}"),
    st.decimals(-10, 10, places=3).map(lambda number: f"{number:f}"),
    st.sampled_from(["0", "-0", "0.10", "0.30000000000000004", "12345678901234567.89", "1e2",
                     "9007199254740993", "1E-7", "100.000", "99999999999999.99"]),
).map(Spelled)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(
        ["yes", "no", "1", "1.5", " 2 ", "", "null", "true", "a, 3, b", '1" 2', "\\", "{"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    NUMBERS.map(str),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=3,
)
# Mostly what is declared, so that rows come out of it.
CENTS = st.one_of(st.integers(0, 10**4), st.integers(10**16, 10**18 - 1)).map(
    lambda cents: Spelled(f"{Decimal(cents) / 100:f}")
)
AMOUNTS = st.one_of(CENTS, CENTS, CENTS, CENTS, VALUES)
STATUSES = st.one_of(*[st.sampled_from(["yes", "no", Spelled("1")])] * 5, VALUES)


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects that have most of the fields, and some others."""
    declared = st.fixed_dictionaries({}, optional=fields)
    return st.builds(lambda others, known: {**others, **known},
                     st.dictionaries(TEXTS, VALUES, max_size=1), declared)  # fmt: skip


FEES = {"fee": AMOUNTS, "tax": VALUES, "count": VALUES, "status": STATUSES, "note": TEXTS}
FEE = objects(**FEES).map(lambda fee: {"fee": Spelled("1.5"), **fee})
FIRST = objects(no=TEXTS, **FEES).map(lambda one: {"no": "A", "fee": Spelled("0.10"), **one})
SECOND = st.fixed_dictionaries(
    {
        "order": st.fixed_dictionaries({"no": st.lists(TEXTS, min_size=1, max_size=2)}),
        "the groups": st.lists(
            st.fixed_dictionaries({"fees": st.lists(FEE, max_size=2)}), min_size=1, max_size=2
        ),
    }
)
PAYLOADS = st.one_of(
    *[st.tuples(st.just(1), FIRST), st.tuples(st.just(2), SECOND)] * 4,
    st.tuples(st.integers(1, 3), VALUES),
    st.tuples(st.just(2), st.fixed_dictionaries({"order": VALUES, "the groups": VALUES})),
)


def spelled(value: Any, space: str) -> str:
    """JSON with its numbers as they are spelled."""
    if isinstance(value, Spelled):
        return str(value)
    if isinstance(value, list):
        return "[" + f",{space}".join(spelled(each, space) for each in value) + f"{space}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(n)}{space}:{spelled(each, space)}" for n, each in value.items())
        return f"{{{space}" + ",".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=space == "")


@st.composite
def events(draw: st.DrawFn) -> list[Row]:
    """Up to a dozen events, of which one in ten is cut."""
    rows: list[Row] = []
    for number in range(draw(st.integers(1, 12))):
        version, value = draw(PAYLOADS)
        payload = spelled(value, draw(st.sampled_from(["", " ", "\n\t"])))
        if draw(st.integers(0, 9)) == 0:
            payload = payload[: draw(st.integers(0, len(payload)))]
        rows.append(
            {
                "event_id": f"E{number:02d}",
                "event_type": "fee",
                "event_version": version,
                "occurred_at": at("2026-01-10 12:00"),
                "payload": payload,
            }
        )
    return rows
