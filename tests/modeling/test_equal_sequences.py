"""Versions of one key with one sequence: the one in the later file counts, part 10 after 9."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.modeling.conftest import HEADER, WriteWarehouse
from tests.modeling.log_lake import LogLake, day
from warehouse_assets.modeling.newest_versions import order_terms

ODS = (
    HEADER
    + """
from resources.sources.files import files

class OdsThing(DeliveredContract):
    thing_no: Text = column("Thing")
    note: Text = column("Note")
    version_no: Integer = column("Version")

ods_thing = table(OdsThing, owner="team:trade", source=files("log", format="csv"),
    change_log=change_log(key=["thing_no"], sequence="version_no"))
"""
)
NEWEST = (
    HEADER
    + """
class DwdNewest(Contract):
    thing_no: Text = key("Thing")
    note: Text = column("Note")
    dt: Day = partition("Business date")

dwd_newest = table(DwdNewest, owner="team:trade", reads={"ods_thing": newest(same_day())},
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

dwd_state = table(DwdState, owner="team:trade", kind=current_state(of="ods_thing"))
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
        {"ods/ods_thing": ODS, "fact/dwd_newest": NEWEST, "fact/dwd_state": STATE}
    )
    lake = LogLake.make(warehouse, tmp_path)
    folder = lake.settings.landing_folder / "log" / day(0).isoformat()
    folder.mkdir(parents=True)
    for name, note in ((earlier, "before"), (later, "after")):
        (folder / name).write_text(f"thing_no,note,version_no\nA,{note},7\n")
    (folder / "_SUCCESS").touch()
    lake.run("ods_thing", 0)
    lake.run("dwd_newest", 0)
    lake.run("dwd_state")
    assert [row["note"] for row in lake.rows("dwd_newest")] == ["after"]
    assert [row["note"] for row in lake.rows("dwd_state")] == ["after"]


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
