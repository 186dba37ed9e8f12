"""ledgerlake order: one order by its number, with a carried shard or without."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.command_line.conftest import invoke
from tests.tables.run_sql import Row, at, plain_row
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

DAY, NEXT = date(2026, 1, 3), date(2026, 1, 4)
WINDOW = Window.of_days(DAY, NEXT)
# The hash of buyer 1 gives database 0, table 1.
RIGHT, WRONG, OLD = (f"O202601030000000{n}" for n in ("1S0001", "2S0001", "3"))
UNMAPPED, TWICE = "O2026010300000004", "O2026010300000005S0001"


def row(name: str, number: str, day: date = DAY, **values: Any) -> Row:
    table = load_warehouse().table(name)
    shard = {"shard_database": 0, "shard_table": 1} if name != "ods_payment" else {}
    common = {"order_no": number, "updated_at": at(f"{day} 12:00"), **shard}
    if name != "ods_order_item":
        common["user_id"] = 1
    if name in ("ods_order", "ods_order_item"):
        common["ordered_at"] = at(f"{DAY} 10:00")
    return plain_row(table, {**common, **values}, Window.of_day(day)) | {"dt": day}


ROWS = {
    "ods_order": [
        row("ods_order", RIGHT, order_status="created"),
        row("ods_order", RIGHT, NEXT, order_status="paid", payable_amount="1234.50"),
        row("ods_order", WRONG, order_status="paid", shard_database=1),
        row("ods_order", OLD, order_status="paid"),
        row("ods_order", UNMAPPED, order_status="paid"),
        row("ods_order", TWICE, order_status="paid"),
        row("ods_order", TWICE, NEXT, order_status="paid", shard_table=0),
    ],
    "ods_order_item": [
        row("ods_order_item", RIGHT, line_no=line, quantity=1, pay_amount="617.25")
        for line in (1, 2)
    ],
    "ods_order_no_mapping": [row("ods_order_no_mapping", OLD)],
    "ods_payment": [
        row(
            "ods_payment",
            RIGHT,
            NEXT,
            payment_no="P7",
            payment_status="captured",
            paid_at=at("2026-01-04 09:00"),
            payment_amount="1234.50",
        )
    ],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of the order center's tables and the payments, two days of them."""
    folder = tmp_path_factory.mktemp("orders")
    settings = Settings(home=folder, threads=1)
    warehouse, lake = load_warehouse(), Lake(settings)
    for name, rows in ROWS.items():
        deliver(name, rows, settings)
        TableRun(warehouse.table(name), WINDOW, name, warehouse, lake, settings).publish()
    return folder


def deliver(name: str, rows: Sequence[Row], settings: Settings) -> None:
    table = load_warehouse().table(name)
    assert table.source is not None
    (part,) = table.source.parts
    columns = [c.spec for c in table.columns if not c.role.delivered and c.spec.name != "dt"]
    held = [column for column in columns if column.name not in part.columns_given]
    for day in WINDOW:
        folder = settings.landing_folder / part.path / day.isoformat()
        folder.mkdir(parents=True)
        for shard in part.declared_folders:
            (folder / shard).mkdir(parents=True)
        of_day = [each for each in rows if each["dt"] == day]
        for number, each in enumerate(of_day):
            place = folder
            if part.folders:
                place = folder / part.folders.format(**each)
                place.mkdir(parents=True, exist_ok=True)
            values = ", ".join(f"CAST(? AS {c.type}) AS {part.name_in_file(c.name)}" for c in held)
            target = place / f"part-{number}.{part.format}"
            duckdb.execute(
                f"COPY (SELECT {values}) TO '{target}' (FORMAT {part.format})",
                [each[column.name] for column in held],
            )
        (folder / "_SUCCESS").touch()


@pytest.fixture(autouse=True)
def lake(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(home))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", DAY.isoformat())
    monkeypatch.delenv("LEDGERLAKE_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    yield


def said(number: str) -> str:
    result = invoke("order", number)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def refused(number: str) -> str:
    result = invoke("order", number)
    assert result.exit_code == 1
    return " ".join(result.output.replace("│", " ").split())


def test_an_order_is_shown_as_it_is_now_with_its_lines_and_payments() -> None:
    shown = said(RIGHT)
    assert "its number says database 0, table 1" in shown
    assert "latest of 2 versions" in shown
    assert "1,234.50" in shown and "617.25" in shown and "P7" in shown
    assert " created " not in shown
    assert "misplaced" not in shown


def test_an_order_without_carried_shard_is_found_through_the_mapping() -> None:
    assert "the mapping table says database 0, table 1" in said(OLD)
    assert "the mapping table has no row for it" in said(UNMAPPED)


def test_an_order_in_the_wrong_shard_or_in_two_is_called_misplaced() -> None:
    shown = said(WRONG)
    assert "lies in database 1, table 1 order_center/order/2026-01-03/database_1/table_1/" in shown
    assert "misplaced: its number says database 0, table 1" in shown
    shown = said(TWICE)
    assert shown.count("misplaced") == 1
    assert "it lies in 2 shards" in shown


def test_a_number_that_nothing_holds_says_where_it_should_lie() -> None:
    message = refused("O2026010300000009S0101")
    assert "no delivery of 2026-01-03" in message
    assert "its number says database 1, table 1" in message
    assert "Next step: Check the number" in message
    assert "the mapping table has no row" in refused("O2026010300000009")


def test_a_number_of_another_day_names_the_partition() -> None:
    message = refused("O2026020300000009S0101")
    assert "ods_order has no partition 2026-02-03" in message
    assert "ledgerlake materialize ods_order --partition 2026-02-03" in message


@pytest.mark.parametrize("number", ["7", "O2026013300000009", "O2026010300000001S01", "' OR 1=1"])
def test_what_is_no_number_is_refused(number: str) -> None:
    assert "is no number of an order" in refused(number)


def test_an_order_as_a_document_has_what_people_are_shown() -> None:
    result = invoke("order", RIGHT, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["number"], found["versions"]) == (RIGHT, 2)
    assert len(found["order"]) == 1 and len(found["places"]) == 1
    assert "1234.50" in result.stdout and "P7" in result.stdout
