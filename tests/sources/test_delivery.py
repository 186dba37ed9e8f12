"""What was delivered: found by looking at folders, compared with what was loaded before."""

from __future__ import annotations

import os
from datetime import date

import pytest

from resources.errors import InputMissing, SourceError
from resources.lake.window import Window
from resources.sources.delivery import changed_since, delivered
from resources.sources.files import files
from tests.sources.conftest import DAY, FOLDER, Landing

SOURCE = files(FOLDER, format="csv")
NEXT = date(2026, 1, 6)
BOTH = Window.of_days(DAY, NEXT)


def test_files_are_listed_by_day_and_name_without_markers(landing: Landing) -> None:
    landing.deliver("b.csv", "x\n1\n")
    landing.deliver("a.csv", "x\n22\n")
    landing.deliver("_log", "")
    landing.deliver(".a.csv.tmp", "")
    landing.deliver("a.csv", "x\n", NEXT)
    found = delivered(SOURCE, landing.settings.landing_folder, BOTH)
    assert [(one.path, one.size, one.partition) for one in found] == [
        (f"{FOLDER}/2026-01-05/a.csv", 5, DAY),
        (f"{FOLDER}/2026-01-05/b.csv", 4, DAY),
        (f"{FOLDER}/2026-01-06/a.csv", 2, NEXT),
    ]
    assert found[0].modified_ns == (landing.folder() / "a.csv").stat().st_mtime_ns


def test_a_marker_of_any_name_is_no_data(landing: Landing) -> None:
    landing.deliver("a.csv", "x\n")
    landing.deliver("done.txt", "")
    (landing.folder() / "_SUCCESS").unlink()
    source = files(FOLDER, format="csv", done_marker="done.txt")
    found = delivered(source, landing.settings.landing_folder, Window.of_day(DAY))
    assert [one.path for one in found] == [f"{FOLDER}/2026-01-05/a.csv"]


def test_a_missing_day_is_named(landing: Landing) -> None:
    landing.deliver("a.csv", "x\n")
    with pytest.raises(InputMissing, match="nothing was delivered for 2026-01-06"):
        delivered(SOURCE, landing.settings.landing_folder, BOTH)


def test_a_day_without_marker_is_not_complete(landing: Landing) -> None:
    landing.deliver("a.csv", "x\n")
    (landing.folder() / "_SUCCESS").unlink()
    with pytest.raises(InputMissing, match="2026-01-05 is not complete"):
        delivered(SOURCE, landing.settings.landing_folder, Window.of_day(DAY))
    unmarked = files(FOLDER, format="csv", done_marker=None)
    assert len(delivered(unmarked, landing.settings.landing_folder, Window.of_day(DAY))) == 1


def test_a_folder_in_a_day_is_not_overlooked(landing: Landing) -> None:
    landing.deliver("a.csv", "x\n")
    (landing.folder() / "part-2").mkdir()
    with pytest.raises(SourceError, match="part-2 is a folder"):
        delivered(SOURCE, landing.settings.landing_folder, Window.of_day(DAY))


def test_every_kind_of_change_is_noticed(landing: Landing) -> None:
    root, window = landing.settings.landing_folder, Window.of_day(DAY)
    for name in ("same.csv", "grows.csv", "touched.csv", "goes.csv"):
        landing.deliver(name, "x\n1\n")
    before = delivered(SOURCE, root, window)
    assert changed_since(before, delivered(SOURCE, root, window)) == []
    landing.deliver("grows.csv", "x\n1\n2\n")
    os.utime(landing.folder() / "touched.csv", ns=(0, 1))
    (landing.folder() / "goes.csv").unlink()
    landing.deliver("comes.csv", "x\n")
    differences = changed_since(before, delivered(SOURCE, root, window))
    assert [each.removeprefix(f"{FOLDER}/2026-01-05/") for each in differences] == [
        "comes.csv was added",
        "goes.csv was removed",
        "grows.csv changed: 4 bytes became 6",
        "touched.csv was written again: same size, newer or older time",
    ]
