"""How often a run loads metadata, plans schema evolution and reads records: no more than needed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pyiceberg.catalog.sql import SqlCatalog

from resources.lake.model.publication_record import PublicationRecord
from resources.lake.read import publication_store
from resources.lake.schema.evolution import Evolution
from tests.modeling.conftest import HEADER, WriteWarehouse
from tests.modeling.log_lake import LogLake
from tests.modeling.materializations.test_upsert import ODS, STATE

DAYS = 5
TABLES = {
    "ods/ods_thing": ODS,
    "fact/dwd_state": STATE.replace("dwd_thing", "dwd_state").replace("DwdThing", "DwdState"),
    "fact/dwd_seen": HEADER + '''
class DwdSeen(Contract):
    thing_no: Text = key("Thing")
    size: Integer = column("Size")
    dt: Day = partition("Business date")

dwd_seen = table(
    DwdSeen,
    owner="team:trade",
    reads={"ods_thing": same_day()},
    sql="""
        SELECT thing_no, size, dt FROM ods_thing WHERE dt >= :start AND dt < :end
    """,
)
''',
    "fact/dwd_booked": HEADER + '''
class DwdBooked(Contract):
    thing_no: Text = key("Thing")
    supplement_no: Integer = key("0 for the first booking, then counted up")
    size: Integer = column("Size")
    dt: Day = partition("Business date")

dwd_booked = table(
    DwdBooked,
    owner="team:finance",
    materialization=append_only(adjusting=("size",)),
    reads={"ods_thing": same_day()},
    sql="""
        SELECT thing_no, 0 AS supplement_no, size, dt
        FROM ods_thing
        WHERE dt >= :start AND dt < :end
    """,
)
''',
    "dim/dim_thing_history": HEADER + """
class DimThingHistory(HistoryContract):
    thing_no: Text = key("Thing")
    size: Integer = column("Size")
    version_no: Integer = column("Number of the version")

dim_thing_history = table(
    DimThingHistory,
    owner="team:trade",
    materialization=scd2(of="ods_thing", columns=("size",), snapshots=True),
)
""",
}  # fmt: skip
PARTITIONED = ("ods_thing", "dwd_seen", "dwd_booked")
MERGED = ("dwd_state", "dim_thing_history")


@pytest.fixture
def lake(tmp_path: Path, write_warehouse: WriteWarehouse) -> LogLake:
    """Five days delivered, and every table published once over all of them."""
    made = LogLake.make(write_warehouse(TABLES), tmp_path)
    for number in range(DAYS):
        _deliver(made, number, size=1)
    for name in PARTITIONED:
        made.run(name, 0, DAYS - 1)
    for name in MERGED:
        made.run(name)
    return made


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts metadata loads, evolution plans and record reads, by table."""
    done: Counter[str] = Counter()
    load_table, commit_table = SqlCatalog.load_table, SqlCatalog.commit_table
    made = Evolution.__init__
    commits: list[str] = []
    read_text = publication_store._text  # pyright: ignore[reportPrivateUsage]

    def load(catalog: SqlCatalog, identifier: Any) -> Any:
        whose = " by pyiceberg's commit" if commits else ""
        done[f"loads of {identifier[-1]}{whose}"] += 1
        return load_table(catalog, identifier)

    def commit(catalog: SqlCatalog, table: Any, *args: Any) -> Any:
        commits.append(table.name())
        try:
            return commit_table(catalog, table, *args)
        finally:
            commits.pop()

    def plan(evolution: Evolution, *args: Any) -> None:
        done[f"plans of {args[0].name}"] += 1
        made(evolution, *args)

    def read(location: str, io: Any) -> str:
        text = read_text(location, io)
        table = PublicationRecord.from_json(text).table.split(".")[-1]
        done[f"reads of records of {table}, {len(json.loads(text)['partitions'])} days"] += 1
        return text

    monkeypatch.setattr(SqlCatalog, "load_table", load)
    monkeypatch.setattr(SqlCatalog, "commit_table", commit)
    monkeypatch.setattr(Evolution, "__init__", plan)
    monkeypatch.setattr(publication_store, "_text", read)
    return done


def _deliver(lake: LogLake, number: int, size: int) -> None:
    values = {"note": "", "is_deleted": "false", "changed_columns": "-", "version_no": number + 1}
    lake.deliver("ods_thing", number, [{"thing_no": "A", "size": size, **values}])


@pytest.mark.parametrize("name", [*PARTITIONED, *MERGED])
@pytest.mark.parametrize("size", [1, 2], ids=["same_rows", "other_rows"])
def test_a_run_loads_its_table_and_plans_twice_and_each_input_and_record_once(
    lake: LogLake, work: Counter[str], name: str, size: int
) -> None:
    _deliver(lake, DAYS - 1, size)
    lake.run("ods_thing", DAYS - 1)
    work.clear()
    publication_store._read.cache_clear()  # pyright: ignore[reportPrivateUsage]

    lake.run(name, *((0, DAYS - 1) if name in PARTITIONED else ()))

    print(name, dict(sorted(work.items())))  # noqa: T201
    assert work[f"loads of {name}"] == 2
    assert work[f"plans of {name}"] == 2
    assert work["loads of ods_thing"] == (2 if name == "ods_thing" else 1)
    # The five days of the table are of one record, those of its input of two.
    reads = {what: count for what, count in work.items() if what.startswith("reads of records")}
    assert reads[f"reads of records of {name}, {DAYS if name in PARTITIONED else 1} days"] == 1
    assert set(reads.values()) == {1}
