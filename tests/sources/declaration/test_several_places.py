"""Shards in folders, constant columns, and tables that several sources deliver."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resources.errors import InputMissing, SettingsError, SourceError
from resources.lake.model.window import Window
from resources.sources.declaration.files import files, sources
from resources.sources.declaration.numbers import number
from resources.sources.delivery.delivery import delivered
from resources.sources.landing import complete_day
from tests.sources.conftest import DAY, FOLDER, Landing, values

SHARDED = files(
    FOLDER,
    format="csv",
    folders="database_{database}/table_{part}",
    complete=complete_day(),
)
COLUMNS = {"order_no": "VARCHAR", "database": "BIGINT", "part": "BIGINT"}
PARQUET = files(
    FOLDER,
    format="parquet",
    folders="database_{database}/table_{part}",
    complete=complete_day(),
)
NEXT = date(2026, 1, 6)


def deliver(landing: Landing, name: str, content: str = "order_no\n", day: date = DAY) -> Path:
    (landing.folder(day) / name).parent.mkdir(parents=True, exist_ok=True)
    return landing.deliver(name, content, day)


def deliver_parquet(landing: Landing, name: str, day: date = DAY, **columns: Any) -> Path:
    path = deliver(landing, name, "", day)
    pq.write_table(pa.table(columns), path)
    return path


def test_folders_give_their_columns(landing: Landing) -> None:
    deliver(landing, "database_0/table_1/a.csv", "order_no\na\n")
    deliver(landing, "database_01/table_10/a.csv", "order_no\nb\n\nc\n")
    deliver(landing, "database_2/table_0/_a.csv.tmp", "order_no\nx\n")
    deliver(landing, "_database_3/table_0/a.csv", "order_no\nx\n")
    deliver(landing, ".part/a.csv", "order_no\nx\n")
    with landing.load(SHARDED, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), *COLUMNS, "source_line") == [
            ("a", 0, 1, 2),
            ("b", 1, 10, 2),
            ("c", 1, 10, 4),
        ]
        assert loaded.rows == {DAY: 3}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.csv", r"a\.csv does not lie where the source says: .*database_\{database\}"),
        ("database_0/a.csv", r"database_0/a\.csv does not lie where"),
        ("database_0/table_1/more/a.csv", r"table_1/more does not lie where"),
        ("database_0/tables_1/a.csv", r"tables_1/a\.csv does not lie where"),
        ("database_0/table_x/a.csv", r"table_x/a\.csv: part is 'x', which is no BIGINT"),
    ],
)
def test_a_file_outside_the_folders_is_named_with_the_pattern(
    landing: Landing, name: str, said: str
) -> None:
    deliver(landing, "database_0/table_0/a.csv", "order_no\na\n")
    deliver(landing, name, "order_no\na\n")
    with pytest.raises(SourceError, match=said):
        landing.load(SHARDED, COLUMNS)


def test_the_marker_lies_in_the_days_folder(landing: Landing) -> None:
    deliver(landing, "database_0/table_0/a.csv", "order_no\na\n")
    (landing.folder() / "_SUCCESS").rename(landing.folder() / "database_0" / "_SUCCESS")
    with pytest.raises(InputMissing, match="2026-01-05 is not complete"):
        landing.load(SHARDED, COLUMNS)


@pytest.mark.parametrize("together", [True, False])
def test_parquet_files_read_together_keep_their_lines_and_values(
    landing: Landing, together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not together:
        monkeypatch.setattr("resources.sources.loading.load_part._TOGETHER_BYTES", 0)
    expected: list[tuple[Any, ...]] = []
    for at in range(7):
        database, part = divmod(at, 3)
        place = f"database_{database}/table_{part}/a.parquet"
        orders = [f"{at}-{line}" for line in range(at * 2)]
        amounts = [f"{line}.5" if line != 3 else "none" for line in range(at * 2)]
        deliver_parquet(
            landing,
            place,
            order_no=pa.array(orders, pa.string()),
            amount=pa.array(amounts, pa.string()),
        )
        expected += [
            (
                orders[line],
                Decimal(f"{line}.5"),
                database,
                part,
                f"{FOLDER}/{DAY}/{place}",
                line + 1,
            )
            for line in range(at * 2)
            if line != 3
        ]
    columns = {
        "order_no": "VARCHAR",
        "amount": "DECIMAL(18,2)",
        "database": "BIGINT",
        "part": "BIGINT",
    }
    with landing.load(PARQUET, columns) as loaded:
        rows = landing.accepted(loaded)
        assert values(rows, *columns, "source_file", "source_line") == expected
        assert {row["dt"] for row in rows} == {DAY}
        assert [(one.path.split("/")[3:], one.rows) for one in loaded.delivered][-1] == (
            ["database_2", "table_0", "a.parquet"],
            12,
        )
        refused = landing.refused(loaded)
        assert [row["source_line"] for row in refused] == [4] * 5
        assert len({row["source_file"] for row in refused}) == 5
        assert refused[0]["raw"] == '{"order_no":"2-3","amount":"none"}'
        assert loaded.rejected == {DAY: 5} and loaded.rows == {DAY: len(expected)}


def test_files_of_other_columns_are_not_read_together(landing: Landing) -> None:
    deliver_parquet(landing, "database_0/table_0/a.parquet", order_no=["a"], x=[1])
    deliver_parquet(landing, "database_0/table_1/a.parquet", x=pa.array(["2"]), order_no=["b"])
    deliver_parquet(landing, "database_0/table_2/a.parquet", order_no=["c"], file_index=[9], x=[3])
    deliver_parquet(landing, "database_0/table_3/a.parquet", order_no=["d"], file_index=[9], x=[4])
    with landing.load(PARQUET, {**COLUMNS, "x": "BIGINT"}) as loaded:
        assert values(landing.accepted(loaded), "order_no", "part", "x") == [
            ("a", 0, 1),
            ("b", 1, 2),
            ("c", 2, 3),
            ("d", 3, 4),
        ]


@pytest.mark.parametrize("place", ["footer", "page"])
def test_a_damaged_file_among_others_is_the_one_named(landing: Landing, place: str) -> None:
    texts = [f"text {number}" for number in range(20_000)]
    paths = [
        deliver_parquet(landing, f"database_0/table_{part}/a.parquet", order_no=texts)
        for part in range(4)
    ]
    content = bytearray(paths[2].read_bytes())
    if place == "page":
        content[1_000:60_000] = bytes(59_000)
    paths[2].write_bytes(content[:-20] if place == "footer" else content)
    with pytest.raises(SourceError, match=r"table_2/a\.parquet is truncated or no Parquet"):
        landing.take(landing.load(PARQUET, COLUMNS))


def test_days_are_not_mixed(landing: Landing) -> None:
    for day in (DAY, NEXT):
        for part in range(2):
            place = f"database_0/table_{part}/a.parquet"
            deliver_parquet(landing, place, day, order_no=[f"{day}-{part}"])
    with landing.load(PARQUET, COLUMNS, Window.of_days(DAY, NEXT)) as loaded:
        assert values(landing.accepted(loaded), "dt", "order_no", "part") == [
            (day, f"{day}-{part}", part) for day in (DAY, NEXT) for part in range(2)
        ]
        assert loaded.rows == {DAY: 2, NEXT: 2}


BILLS = sources(
    files(
        f"{FOLDER}/alipay",
        format="csv",
        encoding="gbk",
        preamble_lines=1,
        values={"channel": "alipay"},
        columns={"amount": "金额"},
        numbers=number(symbols=["￥"]),
        trim=True,
    ),
    files(f"{FOLDER}/card", format="csv", delimiter="|", values={"channel": "card"}),
    tolerance="0.25",
)
BILL_COLUMNS = {"channel": "VARCHAR", "amount": "DECIMAL(18,2)"}


def deliver_bills(landing: Landing, alipay: str, card: str) -> None:
    for name, content in (("alipay", alipay.encode("gbk")), ("card", card.encode())):
        folder = landing.settings.landing_folder / FOLDER / name / DAY.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "bill.csv").write_bytes(content)
        (folder / "_SUCCESS").touch()


def test_several_sources_are_one_table(landing: Landing) -> None:
    deliver_bills(landing, "账单\n金额\n￥12.00\t\n-￥0.10\nx\n", "amount\n7\n")
    with landing.load(BILLS, BILL_COLUMNS) as loaded:
        assert sorted(values(landing.accepted(loaded), *BILL_COLUMNS, "source_line")) == [
            ("alipay", Decimal("-0.10"), 4),
            ("alipay", Decimal("12.00"), 3),
            ("card", Decimal("7.00"), 2),
        ]
        assert values(landing.refused(loaded), "raw", "source_line") == [("x", 5)]
        assert loaded.rows == {DAY: 3} and loaded.rejected == {DAY: 1}
        loaded.check_tolerance()
        assert [one.path.split("/")[2] for one in loaded.delivered] == ["alipay", "card"]
    deliver_bills(landing, "账单\n金额\nx\n", "amount\n7\n")
    with (
        landing.load(BILLS, BILL_COLUMNS) as loaded,
        pytest.raises(SourceError, match="2026-01-05: 1 of 2 rows"),
    ):
        loaded.check_tolerance()


def test_each_of_several_sources_must_have_delivered(landing: Landing) -> None:
    deliver_bills(landing, "账单\n金额\n1\n", "amount\n7\n")
    card = landing.settings.landing_folder / FOLDER / "card" / DAY.isoformat()
    (card / "_SUCCESS").unlink()
    with pytest.raises(InputMissing, match="card: the delivery of 2026-01-05 is not complete"):
        landing.load(BILLS, BILL_COLUMNS)
    (card / "_SUCCESS").touch()
    found = delivered(BILLS, landing.settings.landing_folder, Window.of_day(DAY))
    assert [one.path.split("/")[2] for one in found] == ["alipay", "card"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"folders": "database"}, "gives no column"),
        ({"folders": "a_{a}//b_{b}"}, "level without a name"),
        ({"folders": "a_{a}/b_{a}"}, "names a column twice"),
        ({"folders": "a_{}"}, "no column's name"),
        ({"folders": "a_{a"}, "is no pattern"),
        ({"folders": "a_{a:02d}"}, "more than a column's name"),
        ({"folders": "../a_{a}"}, "level without a name"),
        ({"values": {"a": 1}}, "Write the value as text"),
        ({"folders": "a_{a}", "values": {"a": "1"}}, "column a gets its value from two places"),
        ({"columns": {"a": "b"}, "values": {"a": "1"}}, "column a gets its value from two places"),
    ],
)
def test_a_mistake_in_folders_and_values_is_named(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match="Next step") as raised:
        files("a/b", format="csv", **arguments)
    assert said in str(raised.value)


def test_a_mistake_in_several_sources_is_named() -> None:
    one, inside = files("a/b", format="csv"), files("a/b/c", format="csv")
    with pytest.raises(SettingsError, match="has 1 sources"):
        sources(one)
    with pytest.raises(SettingsError, match="lie one within the other"):
        sources(one, inside)
    with pytest.raises(SettingsError, match="tolerance of its own"):
        sources(one, files("c", format="csv", tolerance="0.1"))
    with pytest.raises(SettingsError, match="no share"):
        sources(one, files("c", format="csv"), tolerance=2)
