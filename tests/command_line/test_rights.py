"""Users who share a lake: members of its group publish, others who may only read can look."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from resources.lake.relocation.relocate import relocate
from resources.settings import Settings
from tests.command_line.children import run_as
from tests.command_line.conftest import FIRST, LAST, DemoLake
from tests.command_line.test_simultaneous import processes

__all__ = ["processes"]

GROUP, MEMBER, OTHER_MEMBER, READER = 54321, 50001, 50002, 50003

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


@pytest.fixture(scope="module")
def copied_home(lake: DemoLake) -> Iterator[Path]:
    """The demo lake in a home that other users can reach."""
    folder = Path(tempfile.mkdtemp(prefix="ledgerlake-"))
    folder.chmod(0o755)
    home = folder / "home"
    shutil.copytree(lake.home, home)
    relocate(Settings(home=home, first_date=FIRST))
    yield home
    shutil.rmtree(folder)


@pytest.fixture
def shared_home(copied_home: Path) -> Path:
    """The home of one user, whose group may write to it, and others may read."""
    for path in (copied_home, *copied_home.rglob("*")):
        os.chown(path, MEMBER, GROUP)
        path.chmod(0o2775 if path.is_dir() else 0o664)
    return copied_home


def as_user(
    processes: ForkServerContext, home: Path, user: int, *commands: list[object], umask: int = 0o022
) -> list[tuple[int, str]]:
    """Code and output of the commands, run one after the other by the user."""
    mine, theirs = processes.Pipe(duplex=False)
    groups = [] if user == READER else [GROUP]
    group = user if user else 0
    process = processes.Process(
        target=run_as, args=(theirs, home, user, group, groups, umask, list(commands))
    )
    process.start()
    theirs.close()
    answers = mine.recv() if mine.poll(240) else [(-1, "silent")]
    process.join(10)
    return answers


DIM = ["materialize", "dim_date"]
DAY = ["materialize", "ods_category", "dim_category", "--partition", LAST]


def test_members_of_the_group_and_root_publish_in_turns(
    shared_home: Path, processes: ForkServerContext
) -> None:
    """Whatever their umask is, and whoever was there first."""
    for path in (shared_home / "locks", shared_home / "attempts", shared_home / "spill"):
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(shared_home / "dagster")
    for user in (0, OTHER_MEMBER, MEMBER):
        answers = as_user(processes, shared_home, user, DIM, DAY)
        assert [code for code, _ in answers] == [0, 0], (user, answers)
    for path in (shared_home, *shared_home.rglob("*")):
        state = path.stat()
        if path.is_dir() and path.parent.name != "spill":
            assert state.st_mode & stat.S_IWGRP, path
            assert state.st_gid == GROUP, path
    lock = shared_home / "locks" / "dim.dim_date.lock"
    assert stat.S_IMODE(lock.stat().st_mode) & 0o060 == 0o060


def test_one_run_as_root_locks_the_owner_of_a_private_home_out_of_nothing(
    shared_home: Path, processes: ForkServerContext
) -> None:
    for path in (shared_home, *shared_home.rglob("*")):
        os.chown(path, MEMBER, MEMBER)
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(shared_home / "locks")
    for user in (0, MEMBER):
        answers = as_user(processes, shared_home, user, DAY)
        assert [code for code, _ in answers] == [0], (user, answers)


def test_who_may_only_read_can_look_and_is_told_that_nothing_more(
    shared_home: Path, processes: ForkServerContext
) -> None:
    before = _state(shared_home)
    answers = as_user(
        processes,
        shared_home,
        READER,
        ["sql", "SELECT count(*) AS n FROM dim_category", "--format", "json"],
        ["show", "ads_finance_daily"],
        ["tables"],
        ["trace", "ads_finance_daily", "--partition", LAST],
        DIM,
        ["maintain"],
    )
    assert [code for code, _ in answers] == [0, 0, 0, 0, 1, 1], answers
    assert json.loads(answers[0][1])
    for code, output in answers[4:]:
        assert code == 1
        assert "Next step" in output and "Traceback" not in output, output
        assert "right" in output, output
    assert _state(shared_home) == before


def _state(home: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in (home, *home.rglob("*"))
    }
