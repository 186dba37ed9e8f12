"""Errors say what to do, and never a secret."""

from __future__ import annotations

import pickle
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pymysql
import pytest
from hypothesis import assume, given, strategies as st
from pydantic import SecretStr

from resources.errors import LedgerlakeError
from resources.settings import Settings
from resources.starrocks.client.classification import classify
from resources.starrocks.client.client import StarRocks
from resources.starrocks.client.errors import (
    Denied,
    LakeUnreachable,
    NotThere,
    OutcomeUnknown,
    RefreshIncomplete,
    Refused,
    Retry,
    StarRocksError,
    Unreachable,
)
from resources.starrocks.client.literals import with_values

DOING = "REFRESH EXTERNAL TABLE `l`.`ads`.`t` at fe:9030"


def error(code: int, text: str) -> pymysql.MySQLError:
    return pymysql.OperationalError(code, text)


def late(code: int = 2013) -> pymysql.MySQLError:
    """As the driver raises it when its patience is over."""
    lost = error(code, "Lost connection to MySQL server during query (timed out)")
    lost.__context__ = TimeoutError("timed out")
    return lost


@pytest.mark.parametrize(
    ("exception", "kind", "retry"),
    [
        (
            error(5074, "refresh external table failed: refresh fe x failed"),
            RefreshIncomplete,
            "yes",
        ),
        (error(5203, "Access denied; you need (at least one of) the REFRESH ..."), Denied, "no"),
        (error(1045, "Access denied for user 'u' (using password: YES)"), Denied, "no"),
        (error(5078, "Unknown catalog 'x'"), NotThere, "no"),
        (error(5080, "Unknown catalog.db 'x'"), NotThere, "no"),
        (error(5501, "Unknown database 'x'"), NotThere, "no"),
        (error(5502, "Unknown table 'x'"), NotThere, "no"),
        (error(1008, "Can't drop database 'x'; database doesn't exist"), NotThere, "no"),
        # StarRocks gives its connectors' errors no number of their own.
        (error(1064, "Materialized view x is not found"), NotThere, "no"),
        (error(1064, "Can not find materialized view:x"), NotThere, "no"),
        (error(1064, "Can not find database:x in default_catalog"), NotThere, "no"),
        (error(1064, "cannot find catalog: x"), NotThere, "no"),
        (error(1064, "cannot find db: x"), NotThere, "no"),
        (error(1064, "can not refresh external table l.ads.t, do not support"), Refused, "no"),
        (error(1064, "Getting syntax error at line 1, column 3."), Refused, "no"),
        (error(1064, "Catalog 'l' already exists"), Refused, "no"),
        (error(1064, "Access denied for user 'u' at the catalog's database"), Denied, "no"),
        (error(1064, "No alive backend or compute node in warehouse"), Unreachable, "yes"),
        (error(1064, "Failed to find backend to execute"), Unreachable, "yes"),
        (error(1064, "Backend node not found. Check if any backend is down"), Unreachable, "yes"),
        (
            error(1064, "RepoExecutor\nexecute sql failed: SELECT history_content_json FROM t"),
            Unreachable,
            "yes",
        ),
        (
            error(
                1064,
                "StarRocks planner use long time 3000 ms in logical phase, This probably because "
                "1. FE Full GC, 2. Hive external table fetch metadata took a long time",
            ),
            Unreachable,
            "yes",
        ),
        *(
            (error(1064, said), LakeUnreachable, "yes")
            for said in (
                "Failed to get table ads.x from catalog ledgerlake",
                "Failed to get iceberg table ledgerlake.ads.x. This connection has been closed.",
                "Failed to execute query: SELECT DISTINCT table_namespace FROM iceberg_tables",
                "Failed to execute exists query SELECT table_name FROM iceberg_tables",
                "Unable to execute HTTP request: Connect to s3:9000 failed (SDK Attempt Count: 4)",
                "Failed to get iceberg table l.ads.x. Connect to s3 failed: Connection refused",
            )
        ),
        # What will not mend by itself, though it comes in the same words.
        (
            error(1064, "Failed to get table x. password authentication failed for user r"),
            Denied,
            "no",
        ),
        (
            error(1064, "Failed to get iceberg table x. Denied (Status Code: 403)"),
            Denied,
            "no",
        ),
        (
            error(
                1064,
                "connector create failed {Failed to init connector [type: iceberg, name: l]. msg: "
                "Failed to connect: jdbc:postgresql://db:5432/lake}",
            ),
            Refused,
            "no",
        ),
        (
            error(1064, "Table replication num should be less than of equal to the number of"),
            Refused,
            "no",
        ),
        (error(1064, "Getting analyzing error. Detail message: no column x."), Refused, "no"),
        (error(1203, "User u already has more than 'max_user_connections'"), Unreachable, "yes"),
        (error(1105, "Unknown error"), Refused, "no"),
        (error(2003, "Can't connect to MySQL server on 'fe'"), Unreachable, "yes"),
        (error(2006, "MySQL server has gone away"), Unreachable, "yes"),
        (error(2013, "Lost connection to MySQL server during query"), Unreachable, "yes"),
        (late(), OutcomeUnknown, "unknown"),
        (ValueError("no packet of the protocol"), Unreachable, "yes"),
    ],
)
def test_each_error_says_whether_to_try_again(
    exception: Exception, kind: type[StarRocksError], retry: str
) -> None:
    told = classify(exception, DOING, [])
    assert type(told) is kind
    assert told.retry is Retry(retry)
    assert isinstance(told, LedgerlakeError)
    assert DOING in told.message
    assert told.next_step


def test_what_must_not_happen_twice_has_an_unknown_outcome_when_its_answer_is_lost() -> None:
    lost = error(2013, "Lost connection to MySQL server during query")
    assert type(classify(lost, DOING, [], repeatable=False)) is OutcomeUnknown
    not_sent = error(2006, "MySQL server has gone away")
    assert type(classify(not_sent, DOING, [], repeatable=False)) is Unreachable
    assert type(classify(late(), "Connecting", [], sent=False)) is Unreachable


def told_of(said: str, secret: SecretStr) -> str:
    """All that an error tells in which StarRocks, or the driver, has said this."""
    errors = [classify(each, DOING, [secret]) for each in (error(1064, said), ValueError(said))]
    return "".join(f"{each} {each!r} {vars(each)}" for each in errors)


@given(
    secret=st.text(min_size=1).filter(lambda text: text not in told_of("", SecretStr("\0"))),
    before=st.text(max_size=600),
    quoted=st.booleans(),
)
def test_no_error_tells_a_secret(secret: str, before: str, quoted: bool) -> None:
    hidden = SecretStr(secret)
    said = with_values("%s", (hidden,)) if quoted else secret
    without = f"{before.replace(secret, '')}|"
    assume(secret not in without.join(["", ""]))
    told = told_of(without + said, hidden)
    assert secret not in told.replace("***", "")
    assert "***" in told or len(without) > 400


@contextmanager
def talker(greeting: bytes) -> Generator[int]:
    """A server that greets whoever connects, and says no more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        kept: list[socket.socket] = []

        def talk() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    kept.append(connection)
                    connection.sendall(greeting)
            except OSError:
                return

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.close()
            for connection in kept:
                connection.close()


@pytest.mark.parametrize(
    "greeting",
    [
        pytest.param(b"", id="silent"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 40, id="another protocol"),
        pytest.param(b"\x05\x00\x00\x00\x0a8.0\x00", id="cut short"),
    ],
)
def test_what_is_no_front_end_is_unreachable_within_the_time_to_connect(
    tmp_path: Path, greeting: bytes
) -> None:
    with talker(greeting) as port:
        settings = Settings(
            home=tmp_path, starrocks_front_ends=f"127.0.0.1:{port}", starrocks_connect_seconds=0.2
        )
        began = time.monotonic()
        with StarRocks(settings) as client, pytest.raises(Unreachable) as caught:
            client.run("SELECT 1")
        assert time.monotonic() - began < 5
    assert str(port) in caught.value.message


def test_an_error_crosses_processes() -> None:
    """Dagster sends errors from the run's process to its own."""
    told = classify(error(5074, "refresh failed"), DOING, [])
    again = pickle.loads(pickle.dumps(told))
    assert (type(again), again.code, str(again)) == (type(told), told.code, str(told))
