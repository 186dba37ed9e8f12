"""What a person's query cannot do: read the host, reach the network, change or write anything."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from resources.duckdb.engine import duckdb_session
from resources.duckdb.s3 import S3Access, reach_s3
from resources.duckdb.sandbox import TABLE_FUNCTIONS, QueryError, check_query, seal
from resources.identifiers import text_literal
from resources.settings import Settings
from tests.duckdb.reach import SECRET, calls, hidden_file, settings, table_functions
from tests.loaded_modules import loaded_modules


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="module")
def hidden(home: Path) -> Path:
    return hidden_file(home)


@pytest.fixture(scope="module")
def session(home: Path) -> Iterator[DuckDBPyConnection]:
    """A sealed session with one table, and httpfs within reach of a fake S3."""
    file = home / "seen.parquet"
    access = S3Access("http://127.0.0.1:9", "us-east-1", "key", _secret(), path_style=True)
    with duckdb_session(Settings(home=home / "lake", memory="64MiB")) as opened:
        opened.execute(f"COPY (SELECT 7 AS n) TO '{file}' (FORMAT parquet)")
        opened.execute(f"CREATE VIEW seen AS SELECT n FROM read_parquet(['{file}'])")
        reach_s3(opened, access)
        seal(opened, [str(file)])
        yield opened


def _secret():
    from pydantic import SecretStr

    return SecretStr("never")


def refused(session: DuckDBPyConnection, query: str) -> bool:
    """Whether a wall stops the query; what it gives, if none does, has nothing of the host."""
    try:
        check_query(session, query)
        found = session.execute(query).fetchall()
    except (QueryError, duckdb.Error):
        return True
    assert SECRET not in str(found), query
    return False


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT n FROM seen\0 WHERE n > 7", "the character NUL"),
        ("SELECT 'a\udcff'", "no text in UTF-8"),
    ],
)
def test_a_query_that_the_engine_would_read_in_part_is_refused(
    session: DuckDBPyConnection, query: str, said: str
) -> None:
    with pytest.raises(QueryError, match=said):
        check_query(session, query)


@pytest.mark.parametrize("text", ["it's", "''", "a\\'b", "$$", "\n--"])
def test_a_query_is_judged_as_it_is_written(session: DuckDBPyConnection, text: str) -> None:
    query = f"SELECT {text_literal(text)}"
    check_query(session, query)
    assert session.execute(query).fetchall() == [(text,)]


def test_a_query_is_judged_without_pandas(project_root: Path) -> None:
    """The engine imports it to look at a bound value, for half a second."""
    judging = (
        "import duckdb; from resources.duckdb.sandbox import check_query; "
        "check_query(duckdb.connect(), 'SELECT 1')"
    )
    assert loaded_modules(judging, {"pandas"}, project_root) == []


def test_the_table_is_seen_and_big_queries_spill(session: DuckDBPyConnection) -> None:
    query = "SELECT n + 1 FROM seen"
    check_query(session, query)
    assert session.execute(query).fetchall() == [(8,)]
    big = "SELECT count(*) FROM (SELECT DISTINCT hash(range) AS h, range FROM range(3_000_000))"
    check_query(session, big)
    assert session.execute(big).fetchall() == [(3_000_000,)]


def test_no_function_that_gives_rows_is_let_in_but_those_listed(
    session: DuckDBPyConnection, hidden: Path
) -> None:
    names = table_functions()
    assert names >= TABLE_FUNCTIONS - {"unnest"}
    for name in names - TABLE_FUNCTIONS:
        for query in calls(name, hidden):
            with pytest.raises(QueryError):
                check_query(session, query)


def test_looking_at_a_text_opens_no_file(session: DuckDBPyConnection, tmp_path: Path) -> None:
    """The engine reads the files of IMPORT DATABASE before it knows what the statement is."""
    (tmp_path / "schema.sql").write_text(f"{SECRET} is no SQL;")
    (tmp_path / "load.sql").write_text("")
    with pytest.raises(duckdb.ParserException):
        duckdb.connect().extract_statements(f"IMPORT DATABASE '{tmp_path}'")
    for folder in (tmp_path, tmp_path / "not there"):
        with pytest.raises(QueryError, match="disabled by configuration"):
            check_query(session, f"IMPORT DATABASE '{folder}'")


@pytest.mark.parametrize("name", ["read_text", "read_csv", "read_blob", "read_parquet", "glob",
                                  "sniff_csv", "parquet_metadata", "read_json"])  # fmt: skip
def test_the_second_wall_holds_by_itself(
    session: DuckDBPyConnection, hidden: Path, name: str
) -> None:
    for place in (hidden, "/etc/passwd", "s3://b/x.csv", "http://127.0.0.1:9/x.csv"):
        with pytest.raises(duckdb.Error, match="disabled by configuration"):
            session.execute(f"SELECT * FROM {name}('{place}')").fetchall()


def test_no_setting_can_be_changed(session: DuckDBPyConnection) -> None:
    known = settings()
    assert known
    for name, value in known.items():
        for query in (f"SET {name} = '{value}'", f"RESET {name}", f"PRAGMA {name} = '{value}'"):
            with pytest.raises(QueryError):
                check_query(session, query)
        before = session.execute("SELECT value FROM duckdb_settings() WHERE name = ?", [name])
        held = before.fetchall()
        with pytest.raises(duckdb.Error):
            session.execute(f"SET GLOBAL {name} = '{value}'")
        after = session.execute("SELECT value FROM duckdb_settings() WHERE name = ?", [name])
        assert after.fetchall() == held


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM '{hidden}'",
        "SELECT * FROM read_text('{hidden}')",
        "SELECT (SELECT content FROM read_text('{hidden}'))",
        "SELECT * FROM seen WHERE n IN (SELECT size FROM read_blob('{hidden}'))",
        "WITH t AS (SELECT * FROM read_csv('{hidden}')) SELECT * FROM t",
        "SELECT * FROM query('SELECT * FROM read_text(''{hidden}'')')",
        "SELECT * FROM query_table('{hidden}')",
        "SELECT * FROM seen UNION ALL BY NAME SELECT * FROM read_csv('{hidden}')",
        "SELECT * FROM read_csv('s3://b/x.csv?s3_endpoint=127.0.0.1:{port}&s3_use_ssl=false')",
        "SELECT * FROM 's3://b/x.parquet?s3_endpoint=127.0.0.1:{port}&s3_use_ssl=false'",
        "SELECT * FROM 'http://127.0.0.1:{port}/x.parquet'",
        "SELECT getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM enable_profiling(save_location = '{hidden}.out')",
        "SELECT * FROM enable_logging(storage = 'file', storage_path = '{hidden}.out')",
        "COPY seen TO '{hidden}.out'",
        "EXPORT DATABASE '{hidden}.out'",
        "ATTACH '{hidden}.out' AS other",
        "CREATE TABLE t AS SELECT 1",
        "INSTALL spatial",
        "LOAD '{hidden}'",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT * FROM hidden_frame",
        "SELECT 1; SELECT 2",
    ],
)
def test_nothing_else_is_reached(session: DuckDBPyConnection, hidden: Path, query: str) -> None:
    import pyarrow

    hidden_frame = pyarrow.table({"text": [SECRET]})
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.05)
        port = listener.getsockname()[1]
        asked = query.replace("{hidden}", str(hidden)).replace("{port}", str(port))
        assert refused(session, asked)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert hidden_frame.num_rows == 1
    assert not [path for path in hidden.parent.iterdir() if ".out" in path.name]
