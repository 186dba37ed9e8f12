"""What tests of the refresh run in processes of their own, to be killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Sequence
from multiprocessing.synchronize import Event

import dagster as dg
import pytest

from resources.settings import Settings
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.views.served_table import ServedTable
from tests.starrocks_stand_in.process import environment_of
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.starrocks.assets import asset_key
from warehouse_assets.orchestration.starrocks.refresh_sensor import refresh_sensor


def refresh(settings: Settings, tables: Iterable[ServedTable]) -> None:
    """Refresh them, as a run does."""
    list(Refresher(settings, "child").refresh(tables))


def refresh_and_die(settings: Settings, tables: Iterable[ServedTable], moment: str) -> None:
    """Refresh, and be killed the moment the function of that name is called."""

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    pytest.MonkeyPatch().setattr(moment, die)
    refresh(settings, tables)


def daemon(settings: Settings, tables: Sequence[ServedTable], folder: str, end: Event) -> None:
    """Tick, and run what was asked for, again and again."""
    os.environ.update(environment_of(settings))
    sensor = refresh_sensor(dg.define_asset_job("no_job"), tables)
    cursor = "0"
    with dg.DagsterInstance.from_config(folder) as instance:
        while not end.wait(0.05):
            context = dg.build_sensor_context(
                instance=instance, cursor=cursor, resources={"lake": LakeResource()}
            )
            (found,) = list(sensor(context))  # type: ignore[call-overload]
            cursor = context.cursor or cursor
            if isinstance(found, dg.RunRequest):
                asked = set(found.asset_selection or [])
                refresh(settings, [each for each in tables if asset_key(each.name) in asked])
