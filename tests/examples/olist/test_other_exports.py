"""Other exports of the same data, mangled, padded or cut: the same totals, or a clear error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from resources.errors import SourceError
from tests.examples.olist.export import (
    CUSTOMERS,
    INSTANTS,
    ITEMS,
    ORDERS,
    PAYMENTS,
    SELLERS,
    Reading,
    Row,
    Shop,
    rewrite,
    rows_of,
    write_rows,
)
from tests.examples.olist.landing import ITEM, ORDER, PAYMENT, Landing, Map


def spreadsheet(template: str) -> Callable[[Row], Row]:
    """Writes every date of a row as a spreadsheet would, without seconds."""

    def change(row: Row) -> Row:
        for name in INSTANTS:
            if row.get(name):
                at = datetime.fromisoformat(row[name])
                row[name] = template.format(
                    day=at.day, month=at.month, year=at.year, hour=at.hour, minute=at.minute
                )
        return row

    return change


MONTH_FIRST = "{month}/{day}/{year} {hour}:{minute:02}"
DAY_FIRST = "{day}/{month}/{year} {hour}:{minute:02}"


def assert_same_money(landing: Landing, reading: Reading) -> None:
    """Every day's money is what the export says, by orders, by lines and by payments."""
    for day, expected in reading.days().items():
        orders, lines = landing.rows(ORDER, day), landing.rows(ITEM, day)
        payments = landing.rows(PAYMENT, day)
        assert (len(orders), len(lines), len(payments)) == (
            expected.orders,
            expected.lines,
            expected.payments,
        )
        assert sum(Decimal(row["payable_amount"]) for row in orders) == (
            expected.goods + expected.shipping
        )
        assert (
            sum(Decimal(row["pay_amount"]) for row in lines) == expected.goods + expected.shipping
        )
        assert sum(Decimal(str(row["paid_amount"])) for row in payments) == expected.paid


@pytest.mark.parametrize(
    "template", [MONTH_FIRST, DAY_FIRST, "{day:02}.{month:02}.{year} {hour:02}:{minute:02}"]
)
def test_dates_a_spreadsheet_wrote(month: Path, mapped: Map, template: str) -> None:
    reading = Reading(month)
    rewrite(month / ORDERS, spreadsheet(template))
    report, landing = mapped(month)
    assert report.rejected_count == 0
    assert_same_money(landing, reading)


def test_a_column_whose_dates_say_nothing_follows_the_others(month: Path, mapped: Map) -> None:
    early = {
        order_id
        for order_id, row in Reading(month).orders.items()
        if row["order_approved_at"][8:10] <= "12"
    }
    rewrite(month / ORDERS, lambda row: row if row["order_id"] in early else None)
    for name in (ITEMS, PAYMENTS):
        rewrite(month / name, lambda row: row if row["order_id"] in early else None)
    reading = Reading(month)
    rewrite(month / ORDERS, spreadsheet(DAY_FIRST))
    _, landing = mapped(month)
    assert_same_money(landing, reading)


def test_dates_that_can_be_read_both_ways_are_refused(mapped: Map, tmp_path: Path) -> None:
    shop = Shop().order("a", "2/1/2018 10:56").item("a", "1.00").payment("a", "1.00")
    with pytest.raises(SourceError) as caught:
        mapped(shop.write(tmp_path / "export"))
    assert ORDERS in caught.value.message
    assert "order_purchase_timestamp" in caught.value.message
    assert "whether the day or the month comes first" in caught.value.message
    assert caught.value.next_step and "YYYY-MM-DD" in caught.value.next_step


def test_a_column_written_both_ways_is_refused(mapped: Map, tmp_path: Path) -> None:
    shop = Shop()
    for name, time in (("a", "1/31/2018 10:56"), ("b", "31/1/2018 10:56")):
        shop.order(name, time).item(name, "1.00").payment(name, "1.00")
    with pytest.raises(
        SourceError, match=r"'31/1/2018 10:56' in line 3.*'1/31/2018 10:56' in line 2"
    ):
        mapped(shop.write(tmp_path / "export"))


def test_tens_of_thousands_of_blank_lines(month: Path, mapped: Map) -> None:
    reading = Reading(month)
    for name in (ORDERS, ITEMS, PAYMENTS, CUSTOMERS):
        header, *lines = (month / name).read_text(encoding="utf-8").splitlines()
        commas = "," * header.count(",")
        padded = [header, "", commas, *lines[:10], *(["", commas, " "] * 5_000), *lines[10:]]
        padded += [commas] * 15_000
        (month / name).write_text("\n".join(padded) + "\n", encoding="utf-8")
    report, landing = mapped(month)
    assert report.rejected_count == 0
    assert {file.blank for file in report.files if file.lines > 30_000} == {30_002}
    assert_same_money(landing, reading)


@pytest.mark.parametrize("dialect", ["bom", "semicolons", "tabs", "crlf", "quoted", "more columns"])
def test_dialects(month: Path, mapped: Map, dialect: str) -> None:
    reading = Reading(month)
    for path in month.iterdir():
        rows = rows_of(path)
        if dialect == "bom":
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
        elif dialect == "quoted":
            quoted = [
                ",".join(f'"{cell}"' for cell in row) for row in [rows[0], *map(dict.values, rows)]
            ]
            path.write_text("\n".join(quoted), encoding="utf-8")
        elif dialect == "more columns":
            write_rows(path, [{"note": 'a "word", and more', **row, "extra": ""} for row in rows])
        else:
            delimiter = {"semicolons": ";", "tabs": "\t"}.get(dialect, ",")
            write_rows(path, rows, delimiter, "\r\n" if dialect == "crlf" else "\n")
    report, landing = mapped(month)
    assert report.rejected_count == 0
    assert_same_money(landing, reading)


def without(path: Path, *names: str) -> None:
    rewrite(path, lambda row: {name: text for name, text in row.items() if name not in names})


@pytest.mark.parametrize(
    ("file", "column"),
    [(ITEMS, "freight_value"), (PAYMENTS, "payment_value"), (ORDERS, "order_approved_at")],
)
def test_a_missing_column_that_money_or_dates_need_is_an_error(
    month: Path, mapped: Map, file: str, column: str
) -> None:
    without(month / file, column)
    with pytest.raises(SourceError, match=rf"{file} has no column {column}; it has order_id, "):
        mapped(month)


def test_missing_delivery_dates_and_extra_columns_leave_the_money_as_it_is(
    month: Path, mapped: Map
) -> None:
    reading = Reading(month)
    without(month / ORDERS, "order_delivered_carrier_date", "order_delivered_customer_date")
    for name in (ORDERS, ITEMS, PAYMENTS, CUSTOMERS):
        without(month / name, "ingest_date")
    report, landing = mapped(month)
    assert_same_money(landing, reading)
    orders = landing.rows(ORDER)
    assert {(row["shipped_at"], row["delivered_at"]) for row in orders} == {(None, None)}
    for column in ("order_delivered_carrier_date", "order_delivered_customer_date"):
        assert f"{ORDERS} has no column {column}: it is empty in every row." in report.notes


def test_text_that_is_not_utf_8_is_an_error(mapped: Map, tmp_path: Path) -> None:
    shop = Shop().order("a", "2018-01-02 10:00:00").item("a", "1.00").payment("a", "1.00")
    folder = shop.write(tmp_path / "export")
    text = (folder / SELLERS).read_text(encoding="utf-8")
    (folder / SELLERS).write_bytes(text.encode("latin-1"))
    with pytest.raises(SourceError, match=f"{SELLERS}, line 2: not UTF-8"):
        mapped(folder)
