"""Statements reach a front end that answers, once unless they may be repeated; all on record."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from pydantic import SecretStr

from resources.errors import SettingsError
from resources.settings import Settings
from resources.starrocks.client.client import StarRocks, StatementRecord
from resources.starrocks.client.connection import Account
from resources.starrocks.client.errors import (
    Denied,
    OutcomeUnknown,
    Refused,
    StarRocksError,
    Unreachable,
)
from tests.starrocks.client.tls_front_end import tls_front_end
from tests.starrocks_stand_in import StandIn

ANSWER = "SELECT 1"
CREATE = "CREATE DATABASE IF NOT EXISTS `made`"


@pytest.fixture(scope="module")
def two() -> Generator[StandIn]:
    """Two front ends of one cluster."""
    with StandIn.start(Settings(), version="4.0.9", front_ends=2) as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(two: StandIn) -> Generator[StandIn]:
    """Both alive and well, before and after the test."""
    yield two
    two.faults.clear()
    for number in range(2):
        if number in two.state.stopped:
            two.start_again(number)


@pytest.fixture
def records() -> list[StatementRecord]:
    return []


@pytest.fixture
def client(stand_in: StandIn, records: list[StatementRecord]) -> Generator[StarRocks]:
    """The administrator's, which may do everything."""
    account = Account(stand_in.admin_user, SecretStr(stand_in.admin_password))
    with StarRocks(stand_in.settings, records.append, account) as client:
        yield client


def sent(stand_in: StandIn, statement: str) -> list[int]:
    """The front ends that received the statement."""
    return [each.front_end for each in stand_in.sent(f"^{re.escape(statement)}$")]


def test_rows_come_as_they_are_and_other_statements_give_none(client: StarRocks) -> None:
    assert client.run("SELECT 1, 'a', NULL") == [(1, "a", None)]
    assert client.run(CREATE) == []
    assert str(client.version()) == "4.0.9"


def test_another_front_end_answers_when_the_first_is_dead(
    stand_in: StandIn, client: StarRocks
) -> None:
    stand_in.stop(0)
    assert client.run(ANSWER) == [(1,)]
    stand_in.start_again(0)
    stand_in.stop(1)
    assert client.run(ANSWER) == [(1,)]


def test_all_dead_names_each_and_may_be_tried_again(stand_in: StandIn, client: StarRocks) -> None:
    stand_in.stop()
    with pytest.raises(Unreachable) as caught:
        client.run(CREATE)
    for port in stand_in.ports:
        assert f"127.0.0.1:{port}" in caught.value.message
    stand_in.start_again()
    assert client.run(ANSWER) == [(1,)]


def test_a_connection_that_died_meanwhile_is_replaced_for_any_statement(
    stand_in: StandIn, client: StarRocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.starrocks.client.connection._TRUSTED_SECONDS", 0.0)
    before = len(sent(stand_in, CREATE))
    client.run(ANSWER)
    stand_in.stop()
    stand_in.start_again()
    client.run(CREATE)
    assert len(sent(stand_in, CREATE)) == before + 1


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
@pytest.mark.parametrize("statement", ["SELECT 2", "SHOW CATALOGS"])
def test_what_changes_nothing_is_sent_again_when_the_connection_is_lost(
    stand_in: StandIn, client: StarRocks, statement: str, after: bool
) -> None:
    before = len(sent(stand_in, statement))
    stand_in.faults.drop(after=after, matching=f"^{statement}", times=1)
    assert client.run(statement)
    assert len(sent(stand_in, statement)) == before + 2


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_what_changes_something_is_sent_once_and_its_outcome_unknown(
    stand_in: StandIn, client: StarRocks, after: bool
) -> None:
    before = len(sent(stand_in, CREATE))
    stand_in.faults.drop(after=after, matching="^CREATE", times=1)
    with pytest.raises(OutcomeUnknown):
        client.run(CREATE)
    assert len(sent(stand_in, CREATE)) == before + 1
    assert client.run(ANSWER) == [(1,)]


def test_what_a_front_end_answers_is_not_asked_of_another(
    stand_in: StandIn, client: StarRocks
) -> None:
    """A cluster that is too busy is not helped by a second query."""
    for number in (5024, 5074, 1064):
        statement = f"SELECT {number}"
        stand_in.faults.fail(number, matching=f"^{statement}", times=1)
        with pytest.raises(StarRocksError):
            client.run(statement)
        assert len(sent(stand_in, statement)) == 1


def test_a_slow_answer_is_given_up_in_time_and_not_asked_for_elsewhere(
    stand_in: StandIn, client: StarRocks
) -> None:
    client.run(ANSWER)
    before = len(sent(stand_in, "SELECT 3"))
    stand_in.faults.slow(3.0, matching="^SELECT 3", times=1)
    began = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        client.run("SELECT 3", answer_seconds=0.2)
    assert time.monotonic() - began < 1.5
    assert len(sent(stand_in, "SELECT 3")) == before + 1
    assert client.run(ANSWER) == [(1,)]


def test_a_wrong_password_is_tried_once(stand_in: StandIn) -> None:
    """Each try counts where accounts are locked after some."""
    wrong = Account(stand_in.user, SecretStr("not the word"))
    with socket.create_server(("127.0.0.1", 0)) as second:
        second.setblocking(False)
        both = f"127.0.0.1:{stand_in.ports[0]},127.0.0.1:{second.getsockname()[1]}"
        settings = stand_in.settings.model_copy(update={"starrocks_front_ends": both})
        with StarRocks(settings, account=wrong) as client, pytest.raises(Denied) as caught:
            client.run(ANSWER)
        with pytest.raises(BlockingIOError):
            second.accept()
    assert "not the word" not in str(caught.value)


def test_everything_sent_is_on_record_in_order_with_its_outcome(
    stand_in: StandIn, client: StarRocks, records: list[StatementRecord]
) -> None:
    earlier = len(stand_in.statements)
    stand_in.faults.drop(after=True, matching="^SELECT 4", times=1)
    client.run(ANSWER)
    client.run("SELECT 4")
    with pytest.raises(Refused):
        client.run("REFRESH THE LAKE")
    received = [
        each.statement
        for each in stand_in.statements[earlier:]
        if not each.statement.startswith("SET ")
    ]
    assert [record.statement for record in records] == received
    assert [record.error is None for record in records] == [True, False, True, False]
    assert {record.front_end for record in records} <= set(stand_in.front_ends.split(","))
    assert all(0 <= record.seconds < 5 for record in records)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(password=st.text(st.characters(exclude_categories=["C"]), min_size=4))
def test_any_password_is_sent_whole_and_on_record_nowhere(
    stand_in: StandIn, client: StarRocks, records: list[StatementRecord], password: str
) -> None:
    records.clear()
    secret = SecretStr(password)
    client.run("CREATE USER IF NOT EXISTS 'someone'@'%%' IDENTIFIED BY %s", (secret,))
    client.run("ALTER USER 'someone'@'%%' IDENTIFIED BY %s", (secret,))
    assert [record.statement for record in records] == [
        "CREATE USER IF NOT EXISTS 'someone'@'%' IDENTIFIED BY '***'",
        "ALTER USER 'someone'@'%' IDENTIFIED BY '***'",
    ]
    with StarRocks(stand_in.settings, account=Account("someone", secret)) as other:
        assert other.run(ANSWER) == [(1,)]


def test_what_is_in_use_in_a_session_is_forgotten_with_it(client: StarRocks) -> None:
    client.run("CREATE DATABASE IF NOT EXISTS `here`")
    with client.session() as run:
        run("USE `here`")
        assert run("SHOW TABLES") == []
    with pytest.raises(StarRocksError):
        client.run("SHOW TABLES")


@pytest.mark.parametrize("text", ["", " , ", "fe:", "fe:x", "fe:70000", ":9030"])
def test_front_ends_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"STARROCKS_FRONT_ENDS|not configured"):
        StarRocks(Settings(home=tmp_path, starrocks_front_ends=text))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1, which is its own authority, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=stand-in -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder


def test_with_an_authority_only_the_right_front_end_is_spoken_to(certificate: Path) -> None:
    with tls_front_end(certificate) as (port, commands):
        trusting = Settings(
            starrocks_front_ends=f"127.0.0.1:{port}",
            starrocks_password=SecretStr("word"),
            starrocks_tls_authority=certificate / "cert.pem",
        )
        with StarRocks(trusting) as client:
            client.run(ANSWER)
        assert commands[-1] == ANSWER
        commands.clear()
        # The certificate is for the address, not for this name of it.
        elsewhere = trusting.model_copy(update={"starrocks_front_ends": f"localhost:{port}"})
        with StarRocks(elsewhere) as client, pytest.raises(Refused) as caught:
            client.run(ANSWER)
        assert "TLS_AUTHORITY" in str(caught.value.next_step)
        assert commands == []


def test_with_an_authority_a_front_end_without_tls_learns_nothing(
    stand_in: StandIn, certificate: Path
) -> None:
    earlier = len(stand_in.statements)
    trusting = stand_in.settings.model_copy(
        update={"starrocks_tls_authority": certificate / "cert.pem"}
    )
    with StarRocks(trusting) as client, pytest.raises(Refused):
        client.run(ANSWER)
    assert len(stand_in.statements) == earlier
