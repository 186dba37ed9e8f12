"""What was delivered: found by looking at folders, compared with what was loaded before."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from resources.errors import InputMissing, SettingsError, SourceError
from resources.lake.model.publication_record import SourceFile
from resources.lake.model.window import Window
from resources.sources.declaration.files import files
from resources.sources.delivery.day_folder import Delivered
from resources.sources.delivery.delivery import changed_since, delivered, recorded_files, settled
from resources.sources.landing import complete_day
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


def loaded_files(landing: Landing) -> list[Delivered]:
    """The files of the day as a run records them."""
    with landing.load(SOURCE, {"x": "BIGINT"}) as loaded:
        return list(loaded.delivered)


def test_every_kind_of_change_is_noticed(landing: Landing) -> None:
    root, window = landing.settings.landing_folder, Window.of_day(DAY)
    for number, name in enumerate(("same.csv", "grows.csv", "touched.csv", "goes.csv", "was.csv")):
        landing.deliver(name, f"x\n{number}\n")
    before = loaded_files(landing)
    assert changed_since(before, delivered(SOURCE, root, window), root) == []
    landing.deliver("grows.csv", "x\n1\n2\n")
    os.utime(landing.folder() / "touched.csv", ns=(0, 1))
    landing.deliver("was.csv", "x\n9\n")
    (landing.folder() / "goes.csv").unlink()
    landing.deliver("comes.csv", "x\n")
    differences = changed_since(before, delivered(SOURCE, root, window), root)
    assert [each.removeprefix(f"{FOLDER}/2026-01-05/") for each in differences] == [
        "comes.csv was added",
        "goes.csv was removed",
        "grows.csv changed: 4 bytes became 6",
        "was.csv changed: other content of the same size",
    ]


def test_content_says_whether_a_file_changed_and_its_times_do_not(landing: Landing) -> None:
    root, window = landing.settings.landing_folder, Window.of_day(DAY)
    file = landing.deliver("a.csv", "x\n1\n")
    [before] = loaded_files(landing)
    assert before.digest == "sha256:" + hashlib.sha256(b"x\n1\n").hexdigest()
    times = file.stat()
    file.write_text("x\n7\n")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.modified_ns
    [said] = changed_since([before], delivered(SOURCE, root, window), root)
    assert said.endswith("a.csv changed: other content of the same size")
    file.unlink()
    landing.deliver("a.csv", "x\n1\n")
    assert changed_since([before], delivered(SOURCE, root, window), root) == []


def test_a_file_is_read_again_only_where_its_times_prove_nothing(
    landing: Landing, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, window = landing.settings.landing_folder, Window.of_day(DAY)
    landing.deliver("a.csv", "x\n1\n")
    [now] = delivered(SOURCE, root, window)
    long_ago = replace(now, digest="sha256:of another content")
    read: list[Path] = []
    monkeypatch.setattr(
        "resources.sources.delivery.delivery.content_digest",
        lambda path: read.append(path) or "sha256:new",
    )
    assert changed_since([long_ago], [now], root) == []
    assert read == []
    # It was loaded in the moment in which it was written.
    assert settled(long_ago).changed_ns == 0
    assert changed_since([settled(long_ago)], [now], root) != []
    assert read == [root / now.path]


def test_records_of_earlier_versions_are_compared_by_size_and_time(landing: Landing) -> None:
    root, window = landing.settings.landing_folder, Window.of_day(DAY)
    file = landing.deliver("a.csv", "x\n1\n")
    status = file.stat()
    record = [SourceFile(f"{FOLDER}/{DAY}/a.csv", status.st_size, status.st_mtime_ns, 1)]
    [before] = recorded_files(SOURCE, record, DAY)
    assert changed_since([before], delivered(SOURCE, root, window), root) == []
    os.utime(file, ns=(0, 1))
    [said] = changed_since([before], delivered(SOURCE, root, window), root)
    assert said.endswith("a.csv was written again: same size, newer or older time")


SHARDS = files(
    FOLDER,
    format="csv",
    folders="database_{database}/table_{part}",
    complete=complete_day(database=range(2), part=range(2)),
)
PLACES = [f"database_{database}/table_{part}" for database in range(2) for part in range(2)]


def deliver_shards(landing: Landing, *places: str) -> None:
    for place in places:
        (landing.folder() / place).mkdir(parents=True)
        landing.deliver(f"{place}/a.csv", f"x\n{len(place)}\n")


@pytest.mark.parametrize("missing", range(4))
@pytest.mark.parametrize("declared", [True, False])
def test_a_missing_shard_is_named(landing: Landing, missing: int, declared: bool) -> None:
    deliver_shards(landing, *(place for at, place in enumerate(PLACES) if at != missing))
    source = SHARDS if declared else replace(SHARDS, complete=None)
    said = f"nothing was delivered for database {missing // 2}, part {missing % 2}"
    with pytest.raises(InputMissing, match=f"2026-01-05 is not complete: {said}"):
        delivered(source, landing.settings.landing_folder, Window.of_day(DAY))
    # A shard without rows is there, and empty.
    (landing.folder() / PLACES[missing]).mkdir(parents=True)
    assert len(delivered(source, landing.settings.landing_folder, Window.of_day(DAY))) == 3


def test_a_missing_database_is_missed_only_where_it_is_declared(landing: Landing) -> None:
    deliver_shards(landing, *PLACES[:2])
    with pytest.raises(InputMissing, match="database 1, part 0; database 1, part 1"):
        delivered(SHARDS, landing.settings.landing_folder, Window.of_day(DAY))


def test_a_shard_that_nobody_declared_is_named(landing: Landing) -> None:
    deliver_shards(landing, *PLACES, "database_2/table_0")
    with pytest.raises(SourceError, match="database is '2', which is none of the declared 0, 1"):
        delivered(SHARDS, landing.settings.landing_folder, Window.of_day(DAY))


def test_declared_values_of_names_and_numbers_of_files_must_be_there(landing: Landing) -> None:
    by_region = files(
        FOLDER,
        format="csv",
        pattern="sales_{region}.csv",
        complete=complete_day(region=["east", "west"]),
    )
    landing.deliver("sales_east.csv", "x\n1\n")
    with pytest.raises(InputMissing, match="nothing was delivered for region west"):
        delivered(by_region, landing.settings.landing_folder, Window.of_day(DAY))
    counted = files(FOLDER, format="csv", complete=complete_day(files=2))
    with pytest.raises(InputMissing, match="it has 1 files, not 2"):
        delivered(counted, landing.settings.landing_folder, Window.of_day(DAY))
    landing.deliver("sales_west.csv", "x\n2\n")
    for source in (by_region, counted):
        assert len(delivered(source, landing.settings.landing_folder, Window.of_day(DAY))) == 2


def test_a_completeness_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(SettingsError, match="names shard, which no folder and no file"):
        files(FOLDER, format="csv", complete=complete_day(shard=range(2)))
    with pytest.raises(SettingsError, match="0 is no number of files"):
        complete_day(files=0)
    with pytest.raises(SettingsError, match="no different values"):
        complete_day(shard=())
