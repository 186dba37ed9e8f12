"""From a publish until StarRocks is seen to show it, with the stand-in of the tests for StarRocks.

It answers without delay: what is measured is ours and Dagster's, at the intervals as delivered.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg

from benchmarks.measure import ROOT, Line, line, timed
from resources.lake.lake import Lake
from resources.settings import Settings
from resources.starrocks.client.names import TableName
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.refresh_ledger import Ledger
from tests.starrocks.scenes import REFRESH, Scene, scene, served_tables
from tests.starrocks_stand_in.process import StandInProcess, environment_of
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.starrocks.refresh_sensor import refresh_sensor

DAY = date(2026, 11, 1)
PUBLISHES = 12
TABLES, PARTITIONS, SERVED = 20, 200, 100
VERIFIED_BAR, WORK_BAR, TICK_BAR, DOWN_BAR = 40.0, 0.3, 0.2, 1.0


def run(runs: int = PUBLISHES) -> list[Line]:
    """The bars of serving."""
    with tempfile.TemporaryDirectory(prefix="ledgerlake-bench-") as folder:
        return [
            *_publish_to_verified(Path(folder) / "daemon", runs),
            *_backfill(Path(folder) / "backfill"),
            *_nothing_new(Path(folder) / "tick"),
            *_while_down(Path(folder) / "down"),
        ]


def _publish_to_verified(folder: Path, runs: int) -> list[Line]:
    """A real daemon over the whole warehouse; one dimension is published again and again."""
    folder.mkdir()
    settings = Settings(home=folder / "home", first_date=DAY)
    table = TableName(settings.catalog_name, "dim", "dim_channel")
    behind: list[float] = []
    with StandInProcess.start(settings, folder) as stand_in:
        served = stand_in.settings
        environment = environment_of(served) | {
            "DAGSTER_HOME": str(settings.home / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
            "PYTHONPATH": str(ROOT),
        }
        publish = [sys.executable, "-m", "benchmarks.starrocks", "publish"]
        ledger = Ledger(served)
        subprocess.run(publish, env=environment, cwd=ROOT, check=True, capture_output=True)
        with _daemon(environment):
            _wait_for(lambda: ledger.entry(table).verified_snapshot is not None)
            for _ in range(runs):
                # Not in step with the sensor.
                time.sleep(random.uniform(0, 10))
                subprocess.run(publish, env=environment, cwd=ROOT, check=True, capture_output=True)
                published = Lake(served).history(_spec())[0]
                _wait_for(lambda: ledger.entry(table).verified_snapshot == published.snapshot_id)  # noqa: B023
                verified_at = ledger.entry(table).verified_at
                assert verified_at is not None
                behind.append((verified_at - published.committed_at).total_seconds())
    name = "publish to verified, seconds"
    return [
        line(f"{name}, p95 of {runs}", sorted(behind)[-1 - runs // 20], VERIFIED_BAR),
        line("  median", statistics.median(behind)),
    ]


def _spec():
    from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

    return load_warehouse().table("dim_channel").spec


@contextmanager
def _daemon(environment: dict[str, str]) -> Generator[None]:
    command = [sys.executable, "-m", "dagster._daemon", "run", "-m", "definitions"]
    process = subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for(is_so, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("StarRocks was not refreshed in time")
        time.sleep(0.05)


def _backfill(home: Path) -> list[Line]:
    """Every table's partitions in ten publishes; what one tick and its run send."""
    with scene(home, TABLES) as opened:
        before = len(opened.stand_in.sent(REFRESH))
        for number in range(TABLES):
            for first in range(0, PARTITIONS, PARTITIONS // 10):
                opened.publish_and_want(number, first, PARTITIONS // 10)
        done = opened.work()
        sent = len(opened.stand_in.sent(REFRESH)) - before
        lost = sum(not _is_shown(opened, number) for number in range(TABLES))
    name = f"{TABLES} tables x {PARTITIONS} partitions"
    return [
        line(f"{name}: REFRESH statements of a tick", sent, TABLES),
        line("  tables that are not shown as published", lost, 0),
        line("a refresh's own work, seconds", _median_work(done), WORK_BAR),
    ]


def _is_shown(opened: Scene, number: int) -> bool:
    published = opened.lake.snapshot(opened.tables[number].spec).snapshot_id
    return opened.entry(number).verified_snapshot == published


def _median_work(done: list) -> float:
    return statistics.median(each.work_seconds for each in done)


def _nothing_new(home: Path) -> list[Line]:
    """A tick of the sensor as the daemon has it: the cursor is where it was."""
    settings = Settings(home=home, starrocks_front_ends="127.0.0.1:1")
    tables = served_tables(SERVED)
    names = [TableName(settings.catalog_name, "fact", each.name) for each in tables]
    ledger = Ledger(settings)
    ledger.want(names)
    for name in names:
        ledger.verified(name, 1, 1.0)
        ledger.done(ledger.entry(name))
        ledger.followed(name)
    sensor = refresh_sensor(dg.define_asset_job("no_job"), tables)
    for name, value in environment_of(settings).items():
        if name.startswith("LEDGERLAKE_"):
            os.environ[name] = value
    (home / "dagster").mkdir()
    silent = {"telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(home / "dagster"), overrides=silent) as instance:
        for number in range(2_000):
            event = dg.AssetMaterialization(f"table_{number % SERVED}", partition=str(number))
            instance.report_runless_asset_event(event)
        cursor, seconds = None, []
        for _ in range(21):
            context = dg.build_sensor_context(
                instance=instance, cursor=cursor, resources={"lake": LakeResource()}
            )
            seconds.append(timed(lambda: list(sensor(context)))[0])  # noqa: B023
            cursor = context.cursor
    return [
        line(
            f"a tick with {SERVED} served tables and nothing new, seconds",
            statistics.median(seconds[1:]),
            TICK_BAR,
        )
    ]


def _while_down(home: Path) -> list[Line]:
    """Publishing with StarRocks there and refreshed after each publish, and with nobody there."""
    with scene(home, 1) as opened:
        up: list[float] = []
        down: list[float] = []
        for number in range(40):
            seconds = up if number % 2 else down
            if number % 2:
                opened.stand_in.start_again()
            else:
                opened.stand_in.stop()
            seconds.append(timed(lambda: opened.publish(0, number))[0])  # noqa: B023
            list(Refresher(opened.settings).refresh(opened.tables))
    return [
        line(
            "publishing while StarRocks is down, against up",
            statistics.median(down) / statistics.median(up),
            DOWN_BAR,
        )
    ]


def publish() -> None:
    """Publish the dimension through Dagster, as a person does."""
    from warehouse_assets.command_line.main import app

    app(["materialize", "dim_channel"], standalone_mode=False)


if __name__ == "__main__":
    if sys.argv[1:] == ["publish"]:
        publish()
