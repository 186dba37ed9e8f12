"""What the SQL of a run cannot do, whatever was let in when the code was loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from resources.duckdb.engine import lake_session
from resources.duckdb.memory import in_memory_of_one_thread, memory_at_most
from resources.duckdb.sandbox import SETTINGS_OF_A_RUN
from resources.duckdb.spill import spilled_rows
from resources.settings import Settings
from tests.duckdb.reach import SECRET, calls, hidden_file, settings, table_functions

PARTS = "SELECT range AS n, range % 3 AS p FROM range(1000)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("confinement")


@pytest.fixture(scope="module")
def hidden(root: Path) -> Path:
    return hidden_file(root)


@pytest.fixture(scope="module")
def lake(root: Path) -> Settings:
    settings = Settings(home=root / "lake", memory="64MiB", threads=1)
    for folder in (settings.landing_folder, Path(settings.warehouse_location)):
        folder.mkdir(parents=True)
    return settings


@pytest.fixture(scope="module")
def session(lake: Settings) -> Iterator[DuckDBPyConnection]:
    with lake_session(lake) as opened:
        yield opened


def beside(root: Path) -> set[Path]:
    """What lies outside of the lake."""
    return {path for path in root.rglob("*") if root / "lake" not in path.parents}


def test_a_run_reads_what_is_delivered_and_writes_tables(
    session: DuckDBPyConnection, lake: Settings
) -> None:
    delivered = lake.landing_folder / "part.csv"
    delivered.write_text("n\n7\n")
    assert session.execute(f"FROM read_csv('{delivered}')").fetchall() == [(7,)]
    for options in ("PARTITION_BY (p)", "FILE_SIZE_BYTES '1MB'"):
        folder = f"{lake.warehouse_location}/{options[:4]}"
        session.execute(f"COPY ({PARTS}) TO '{folder}' (FORMAT parquet, APPEND true, {options})")
        found = session.execute(f"SELECT count(*) FROM read_parquet('{folder}/**')").fetchall()
        assert found == [(1000,)]


def test_a_run_spills_and_spends_less_memory_on_its_way(session: DuckDBPyConnection) -> None:
    big = "SELECT count(*) FROM (SELECT DISTINCT hash(range) AS h, range FROM range(3_000_000))"
    assert session.execute(big).fetchall() == [(3_000_000,)]
    with memory_at_most(session, "32MiB"):
        assert in_memory_of_one_thread(session, lambda: session.execute("SELECT 1").fetchall())
    with spilled_rows(session, PARTS) as rows:
        assert session.execute(f"SELECT count(*) FROM {rows}").fetchall() == [(1000,)]


def test_no_function_that_gives_rows_shows_what_is_beside_the_lake(
    lake: Settings, root: Path, hidden: Path
) -> None:
    there, refused = beside(root), set[str]()
    with lake_session(lake) as session:  # of its own: some of them keep something
        for name in sorted(table_functions()):
            for query in calls(name, hidden):
                try:
                    found = session.execute(query).fetchmany(100)
                except duckdb.Error as error:
                    if "disabled by configuration" in str(error):
                        refused.add(name)
                else:
                    assert SECRET not in str(found), query
    assert refused >= {"read_csv", "read_json", "read_parquet", "read_text", "read_blob", "glob"}
    assert beside(root) == there


def test_a_run_changes_no_setting_but_how_it_spends_memory(lake: Settings) -> None:
    taken: set[str] = set()
    with lake_session(lake) as session:
        for name, value in settings().items():
            for change in (f"SET {name} = '{value}'", f"SET GLOBAL {name} = '{value}'",
                           f"RESET {name}"):  # fmt: skip
                try:
                    session.execute(change)
                except duckdb.Error:
                    continue
                taken.add(name)
    # Other names of threads and memory_limit, and where tables without a schema are looked for.
    assert taken == {*SETTINGS_OF_A_RUN, "worker_threads", "max_memory", "schema", "search_path"}


@pytest.mark.parametrize(
    "query",
    [
        "FROM '{hidden}'",
        "FROM read_csv('{lake}/warehouse/../../hidden.csv')",
        "FROM read_csv('{lake}/warehouse/link.csv')",
        "FROM read_csv('file://{hidden}')",
        "FROM read_text('/etc/passwd')",
        "FROM read_text('{lake}/catalog.db')",
        "FROM read_csv('{lake}/warehouse-of-another/x.csv')",
        "FROM 'http://127.0.0.1:9/x.parquet'",
        "FROM 's3://bucket/x.parquet'",
        "FROM hidden_frame",
        "COPY (SELECT 1) TO '{hidden}.out'",
        "COPY (SELECT 1) TO '{lake}/settings.env'",
        "EXPORT DATABASE '{hidden}.out'",
        "ATTACH '{hidden}.out' AS other",
        "INSTALL spatial",
        "LOAD '{hidden}'",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
    ],
)
def test_nothing_else_is_reached(
    session: DuckDBPyConnection, root: Path, lake: Settings, hidden: Path, query: str
) -> None:
    import pyarrow

    hidden_frame = pyarrow.table({"text": [SECRET]})
    link = Path(lake.warehouse_location) / "link.csv"
    link.unlink(missing_ok=True)
    link.symlink_to(hidden)
    other = lake.home / "warehouse-of-another"
    other.mkdir(exist_ok=True)
    (other / "x.csv").write_text(f"text\n{SECRET}\n")
    (lake.home / "catalog.db").write_text(SECRET)
    there = beside(root)
    with pytest.raises(duckdb.Error):
        session.execute(query.format(hidden=hidden, lake=lake.home)).fetchall()
    assert hidden_frame.num_rows == 1
    assert beside(root) == there and not (lake.home / "settings.env").exists()
