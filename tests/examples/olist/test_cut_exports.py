"""An export that is cut or empty: no amount is wrong, and no row is dropped unseen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import given, settings, strategies as st

from examples.olist.lake_home import mapping_settings
from examples.olist.mapping import mapping_session
from examples.olist.reading.exports import ITEMS as ITEMS_EXPORT
from examples.olist.reading.rows import read_export
from resources.errors import SourceError
from tests.examples.olist.export import (
    CUSTOMERS,
    ITEMS,
    ORDERS,
    PAYMENTS,
    Shop,
    hex_id,
    rows_of,
)
from tests.examples.olist.landing import ITEM, Map


def test_a_file_cut_in_its_last_line(month: Path, mapped: Map) -> None:
    path = month / PAYMENTS
    whole = rows_of(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.rindex(whole[-1]["payment_value"]) - 1], encoding="utf-8")
    report, landing = mapped(month)
    (rejected,) = report.rejected
    assert (rejected.file, rejected.line) == (PAYMENTS, len(whole) + 1)
    assert rejected.reason == "4 of 6 fields: the line is cut"
    lost = Decimal(whole[-1]["payment_value"])
    assert landing.money()[2] == sum(Decimal(row["payment_value"]) for row in whole) - lost


def test_a_cut_quoted_field_costs_its_own_line_and_no_other(mapped: Map, tmp_path: Path) -> None:
    shop = Shop()
    for name in ("a", "b", "c"):
        shop.order(name, "2018-01-02 10:00:00").item(name, "1.00").payment(name, "1.00")
    folder = shop.write(tmp_path / "export")
    lines = (folder / ITEMS).read_text(encoding="utf-8").splitlines()
    lines[2] = '"' + lines[2][:20]
    (folder / ITEMS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    report, landing = mapped(folder)
    (rejected,) = report.rejected
    assert (rejected.file, rejected.line) == (ITEMS, 3)
    assert rejected.reason == "a quoted field is not closed"
    assert rejected.text == lines[2]
    assert {row["order_no"] for row in landing.rows(ITEM)} == {hex_id("a"), hex_id("c")}


def test_a_file_cut_inside_a_character(mapped: Map, tmp_path: Path) -> None:
    shop = Shop()
    for name in ("a", "b"):
        shop.order(name, "2018-01-02 10:00:00").item(name, "1.00").payment(name, "1.00")
    folder = shop.write(tmp_path / "export")
    raw = (folder / CUSTOMERS).read_bytes()
    (folder / CUSTOMERS).write_bytes(raw[: raw.rindex("ã".encode()) + 1])
    report, landing = mapped(folder)
    (rejected,) = report.rejected
    assert (rejected.file, rejected.line) == (CUSTOMERS, 3)
    assert rejected.reason == "the file ends inside a character"
    assert landing.money() == (Decimal(2),) * 3


def test_a_file_none_of_whose_rows_is_usable_is_an_error(mapped: Map, tmp_path: Path) -> None:
    shop = Shop().order("a", "2018-01-02 10:00:00").item("a", "1,00").payment("a", "1.00")
    with pytest.raises(SourceError, match=r"none of its 1 rows is usable; line 2: price is '1,00'"):
        mapped(shop.write(tmp_path / "export"))


@pytest.mark.parametrize("content", ["", "\n\n,,,\n", '"order_id,customer'])
def test_a_file_without_a_header_is_an_error(mapped: Map, tmp_path: Path, content: str) -> None:
    shop = Shop().order("a", "2018-01-02 10:00:00").item("a", "1.00").payment("a", "1.00")
    folder = shop.write(tmp_path / "export")
    (folder / ORDERS).write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=ORDERS):
        mapped(folder)


CUT = Shop().item("a", "10.50", "12.25").item("b", "100.00", "7.00").item("c", "3.99", "115.40")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    with mapping_session(mapping_settings(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@given(
    row=st.integers(0, 2),
    back=st.integers(0, 12) | st.integers(0, 120),
    quoted=st.booleans(),
    end=st.sampled_from(["\n", "\r\n"]),
)
@settings(max_examples=150, deadline=None)
def test_wherever_a_file_is_cut_no_amount_is_wrong_and_no_row_is_dropped_unseen(
    connection: DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    row: int,
    back: int,
    quoted: bool,
    end: str,
) -> None:
    mark = '"' if quoted else ""
    cells = [[*CUT.items[0]], *([*each.values()] for each in CUT.items)]
    lines = [",".join(mark + cell + mark for cell in line) + end for line in cells]
    begun = lines[: row + 2]
    cut = max(1, len(begun[-1]) - back)
    path = tmp_path_factory.mktemp("cut") / ITEMS
    path.write_bytes(("".join(begun[:-1]) + begun[-1][:cut]).encode())
    connection.execute("DROP TABLE IF EXISTS items; DELETE FROM rejected")
    try:
        read, _ = read_export(connection, ITEMS_EXPORT, path)
    except SourceError as error:
        assert "none of its 1 rows is usable" in error.message
        return
    accepted = connection.execute(
        "SELECT order_id, price, freight_value FROM items ORDER BY line"
    ).fetchall()
    whole = [
        (row["order_id"], Decimal(row["price"]), Decimal(row["freight_value"])) for row in CUT.items
    ]
    assert accepted == whole[: len(accepted)]
    assert len(accepted) >= row
    assert read.accepted + read.rejected == row + 1
