"""Versions of one key with one sequence have an order that is evident or declared, or are refused.

Evident is that part 10 comes after part 9, and a line after those above it.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from resources.lake.publish.table_write import RulesBroken
from tests.modeling.conftest import HEADER, WriteWarehouse
from tests.modeling.log_lake import LogLake, day
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.sql.latest_versions import order_terms

ODS = (
    HEADER
    + """
from resources.sources.declaration.files import files

class OdsThing(DeliveredContract):
    thing_no: Text = column("Thing")
    note: Text = column("Note")
    version_no: Integer = column("Version")

ods_thing = table(OdsThing, owner="team:trade", source=files("log", format="csv"),
    change_log=change_log(key=["thing_no"], sequence="version_no"))
"""
)
LATEST = (
    HEADER
    + """
class DwdLatest(Contract):
    thing_no: Text = key("Thing")
    note: Text = column("Note")
    dt: Day = partition("Business date")

dwd_latest = table(DwdLatest, owner="team:trade", reads={"ods_thing": latest(same_day())},
    sql="SELECT t.thing_no, t.note, t.dt FROM ods_thing AS t WHERE t.dt >= :start AND t.dt < :end")
"""
)
STATE = (
    HEADER
    + """
class DwdState(StateContract):
    thing_no: Text = key("Thing")
    note: Text = column("Note")
    version_no: Integer = column("Version")

dwd_state = table(DwdState, owner="team:trade", materialization=upsert(of="ods_thing"))
"""
)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("part_9.csv", "part_10.csv"),
        ("run_9_part_10.csv", "run_10_part_1.csv"),
        ("x_2_final.csv", "x_10.csv"),
        ("part-00009.csv", "part-00010.csv"),
        ("p20261231235959999.csv", "p20270101000000000.csv"),
    ],
)
def test_of_equal_sequences_the_later_file_counts(
    tmp_path: Path, write_warehouse: WriteWarehouse, earlier: str, later: str
) -> None:
    warehouse = write_warehouse(
        {"ods/ods_thing": ODS, "fact/dwd_latest": LATEST, "fact/dwd_state": STATE}
    )
    lake = LogLake.make(warehouse, tmp_path)
    folder = lake.settings.landing_folder / "log" / day(0).isoformat()
    folder.mkdir(parents=True)
    for name, note in ((earlier, "before"), (later, "after")):
        (folder / name).write_text(f"thing_no,note,version_no\nA,{note},7\n")
    (folder / "_SUCCESS").touch()
    lake.run("ods_thing", 0)
    lake.run("dwd_latest", 0)
    lake.run("dwd_state")
    assert [row["note"] for row in lake.rows("dwd_latest")] == ["after"]
    assert [row["note"] for row in lake.rows("dwd_state")] == ["after"]


def delivered(lake: LogLake, files: dict[str, str], number: int = 0) -> None:
    folder = lake.settings.landing_folder / "log" / day(number).isoformat()
    for name, rows in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"thing_no,note,version_no\n{rows}")
    (folder / "_SUCCESS").touch()


@pytest.mark.parametrize(
    "files",
    [
        {"a.csv": "A,before,7\n", "b.csv": "A,after,7\n"},
        {"8f3a.csv": "A,before,7\n", "b41c.csv": "B,other,7\nA,after,7\n"},
        {"part_9_x.csv": "A,before,7\n", "part_09_y.csv": "A,after,7\n"},
        {"part_9.csv": "A,before,7\nA,more,7\n", "final.csv": "A,after,7\n"},
    ],
)
def test_what_nothing_orders_is_refused_and_named(
    tmp_path: Path, write_warehouse: WriteWarehouse, files: dict[str, str]
) -> None:
    warehouse = write_warehouse({"ods/ods_thing": ODS})
    lake = LogLake.make(warehouse, tmp_path)
    delivered(lake, files)
    with pytest.raises(RulesBroken, match="ordered_versions: 1 of") as broken:
        lake.run("ods_thing", 0)
    assert "thing_no=A" in str(broken.value) and "version_no=7" in str(broken.value)
    assert all(name in str(broken.value) for name in list(files)[-1:])
    assert lake.rows("ods_thing") == []


@pytest.mark.parametrize(
    ("files", "latest"),
    [
        ({"a.csv": "A,same,7\n", "b.csv": "A,same,7\nB,b,1\n"}, "same"),
        ({"a.csv": "A,before,7\nA,after,7\n"}, "after"),
        ({"a.csv": "A,before,7\n", "b.csv": "A,after,8\n"}, "after"),
    ],
)
def test_equal_versions_and_lines_of_one_file_are_no_question(
    tmp_path: Path, write_warehouse: WriteWarehouse, files: dict[str, str], latest: str
) -> None:
    lake = LogLake.make(
        write_warehouse({"ods/ods_thing": ODS, "fact/dwd_latest": LATEST}), tmp_path
    )
    delivered(lake, files)
    lake.run("ods_thing", 0)
    lake.run("dwd_latest", 0)
    assert next(row for row in lake.rows("dwd_latest") if row["thing_no"] == "A")["note"] == latest


def test_the_shard_of_a_version_is_not_what_it_says(
    tmp_path: Path, write_warehouse: WriteWarehouse
) -> None:
    sharded = ODS.replace('"log", format="csv"', '"log", format="csv", folders="shard_{shard}"')
    sharded = sharded.replace(
        "    note: Text", '    shard: Integer = column("Shard")\n    note: Text'
    )
    lake = LogLake.make(write_warehouse({"ods/ods_thing": sharded}), tmp_path)
    delivered(lake, {"shard_0/a.csv": "A,same,7\n", "shard_1/a.csv": "A,same,7\nB,b,1\n"})
    lake.run("ods_thing", 0)
    assert len(lake.rows("ods_thing")) == 3
    delivered(lake, {"shard_1/a.csv": "A,other,7\n"})
    with pytest.raises(RulesBroken, match="ordered_versions: 1 of"):
        lake.run("ods_thing", 0)


@pytest.mark.parametrize("then_by", [["note"], ["source_file"]])
def test_a_declared_order_decides(
    tmp_path: Path, write_warehouse: WriteWarehouse, then_by: list[str]
) -> None:
    declared = ODS.replace('sequence="version_no"', f'sequence="version_no", then_by={then_by}')
    lake = LogLake.make(
        write_warehouse(
            {"ods/ods_thing": declared, "fact/dwd_latest": LATEST, "fact/dwd_state": STATE}
        ),
        tmp_path,
    )
    delivered(lake, {"x.csv": "A,2 later,7\n", "y.csv": "A,1 sooner,7\n"})
    lake.run("ods_thing", 0)
    lake.run("dwd_latest", 0)
    lake.run("dwd_state")
    wanted = "2 later" if then_by == ["note"] else "1 sooner"
    for name in ("dwd_latest", "dwd_state"):
        assert [row["note"] for row in lake.rows(name)] == [wanted]


SUMS = (
    HEADER
    + """
class DwdSums(StateContract):
    thing_no: Text = key("Thing")
    note: Text = column("Note")
    size: Integer = column("Size", null=True)
    version_no: Integer = column("Version")

dwd_sums = table(DwdSums, owner="team:trade",
    materialization=upsert(of="ods_thing", merge="aggregate", aggregates={"size": "sum"}))
"""
)


@pytest.mark.parametrize("in_one_run", [True, False])
def test_versions_that_a_declared_column_tells_apart_are_several(
    tmp_path: Path, write_warehouse: WriteWarehouse, in_one_run: bool
) -> None:
    declared = ODS.replace('sequence="version_no"', 'sequence="version_no", then_by=("note",)')
    declared = declared.replace(
        "    version_no:", '    size: Integer = column("Size")\n    version_no:'
    )
    lake = LogLake.make(
        write_warehouse({"ods/ods_thing": declared, "fact/dwd_sums": SUMS}), tmp_path
    )
    for number, rows in enumerate(["A,b,7,5\n", "A,a,7,3\nA,b,7,5\n", "A,c,7,2\n"]):
        delivered(lake, {"a.csv": rows}, number)
        path = lake.settings.landing_folder / "log" / day(number).isoformat() / "a.csv"
        path.write_text(path.read_text().replace("version_no", "version_no,size"))
        lake.run("ods_thing", number)
        if not in_one_run:
            lake.run("dwd_sums")
    lake.run("dwd_sums")
    (row,) = lake.rows("dwd_sums")
    assert (row["note"], row["size"]) == ("c", 10)


@pytest.mark.parametrize(
    ("then_by", "said"),
    [
        ('["nte"]', "then_by of change_log names nte"),
        ('["source_file", "note"]', 'Put "source_file" last'),
        ('["source_line"]', 'Put "source_file" last'),
    ],
)
def test_an_order_of_nothing_is_an_error_when_the_code_is_loaded(
    write_warehouse: WriteWarehouse, then_by: str, said: str
) -> None:
    declared = ODS.replace('sequence="version_no"', f'sequence="version_no", then_by={then_by}')
    with pytest.raises(LoadError, match=said):
        write_warehouse({"ods/ods_thing": declared})


def test_numbers_in_names_sort_as_numbers() -> None:
    terms = ", ".join(order_terms(["source_file"], lambda _: "path"))

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.integers(0, 10**19), min_size=2, max_size=5, unique=True))
    def check(numbers: list[int]) -> None:
        paths = [f"a/2026-01-0{at}/part-{number}.csv" for at, number in enumerate(numbers)]
        found = connection.execute(
            f"SELECT path FROM (SELECT unnest(?) AS path) ORDER BY {terms}", [paths]
        ).fetchall()
        assert [int(row[0].split("-")[-1][:-4]) for row in found] == sorted(numbers)

    with duckdb.connect() as connection:
        check()
