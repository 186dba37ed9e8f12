"""What a person on duty learns of deliveries: files that are not read, changes of long ago."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublicationRecord
from resources.lake.read.table_snapshot import TableSnapshot
from resources.settings import Settings
from tests.modeling.conftest import HEADER, WriteWarehouse
from tests.orchestration.conftest import FIRST, Project, project_of
from tests.orchestration.test_delivered import delivered_project
from warehouse_assets.modeling.execution import delivery_watch
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.orchestration.scheduled_checks import UNCHANGED, problem_of

__all__ = ["delivered_project"]

ROW = "order_no,pay_amount,ordered_at\n{},{},2026-03-06T12:00:00Z\n"
LAST = FIRST + timedelta(days=44)


def deliver(settings: Settings, day: date, text: str, name: str = "orders.csv") -> None:
    folder = settings.landing_folder / "shop" / "order" / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    (folder / "_SUCCESS").touch()


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=number) for number in range(45))


def noticed(project: Project) -> str | None:
    table = project.warehouse.table("ods_order")
    return problem_of(UNCHANGED, table, project.warehouse, Lake(project.settings))


def reason(project: Project, day: date = FIRST) -> str | None:
    table, lake = project.warehouse.table("ods_order"), Lake(project.settings)
    return Staleness(project.warehouse, lake, project.settings).reason(table, day)


def test_files_that_are_not_read_are_named_to_the_person_on_duty(
    delivered_project: Project,
) -> None:
    project = delivered_project
    deliver(project.settings, FIRST, ROW.format("A", "1.00"))
    deliver(project.settings, FIRST, "backup", "orders.csv.bak")
    result = project.run(["ods_order"], FIRST, FIRST)
    assert result.success
    assert len(project.rows("ods_order")) == 1
    [materialization] = result.asset_materializations_for_node("ods_order")
    assert materialization.metadata["files_not_read"].value == 1
    assert "orders.csv.bak`: an editor's backup" in str(materialization.metadata["not_read"].value)


def test_deliveries_of_long_ago_are_watched(
    delivered_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = delivered_project
    for number, day in enumerate(days()):
        deliver(project.settings, day, ROW.format(f"A{number}", "1.00"))
    assert project.run(["ods_order"], FIRST, LAST).success
    assert noticed(project) is None
    old, newer = FIRST + timedelta(days=2), FIRST + timedelta(days=20)
    for day in (old, newer):
        deliver(project.settings, day, ROW.format("A", "999.00"))
    said = noticed(project)
    assert said is not None
    assert [part[:10] for part in said.split("; ")] == [str(old), str(newer)]
    assert project.run(["ods_order"], old, old).success
    assert (noticed(project) or "").startswith(f"{newer}: ")
    # What was found unchanged once costs a look at the folder, no record and no file.
    monkeypatch.setattr(delivery_watch, "_SETTLED_NS", 0)
    noticed(project)
    delivery_watch.delivery_watch.cache_clear()
    read: list[date] = []
    really = Lake.record

    def counted(self: Lake, snapshot: TableSnapshot, day: date) -> PublicationRecord | None:
        read.append(day)
        return really(self, snapshot, day)

    monkeypatch.setattr(Lake, "record", counted)
    assert (noticed(project) or "").startswith(f"{newer}: ")
    assert read == [newer]


def test_without_a_place_for_what_is_known_deliveries_are_watched(
    delivered_project: Project,
) -> None:
    project = delivered_project
    deliver(project.settings, FIRST, ROW.format("A", "1.00"))
    assert project.run(["ods_order"], FIRST, FIRST).success
    delivery_watch.delivery_watch.cache_clear()
    place = project.settings.home / "watched_deliveries.db"
    place.unlink(missing_ok=True)
    place.write_text("no database")
    assert noticed(project) is None
    deliver(project.settings, FIRST, ROW.format("A", "2.00"))
    assert "orders.csv changed" in str(noticed(project))


def test_content_decides_whether_a_published_day_is_stale(delivered_project: Project) -> None:
    project = delivered_project
    deliver(project.settings, FIRST, ROW.format("A", "100.00"))
    assert project.run(["ods_order"], FIRST, FIRST).success
    file = project.settings.landing_folder / "shop/order" / str(FIRST) / "orders.csv"
    times = file.stat()
    os.utime(file, ns=(1, 1))
    assert reason(project) is None
    assert noticed(project) is None
    file.write_text(ROW.format("A", "900.00"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert "orders.csv changed: other content of the same size" in str(reason(project))
    # The same run over again takes the new rows, though size and time are the old ones.
    assert project.run(["ods_order"], FIRST, FIRST).success
    assert [str(row[1]) for row in project.rows("ods_order")] == ["900.00"]
    assert reason(project) is None


@pytest.mark.parametrize("name", ["orders (1).csv", "more.csv.filepart"])
def test_what_comes_later_and_stops_the_day_is_a_reason_not_a_crash(
    delivered_project: Project, name: str
) -> None:
    project = delivered_project
    deliver(project.settings, FIRST, ROW.format("A", "1.00"))
    assert project.run(["ods_order"], FIRST, FIRST).success
    deliver(project.settings, FIRST, ROW.format("B", "2.00"), name)
    assert name in str(reason(project))
    assert name in str(noticed(project))
    assert len(project.rows("ods_order")) == 1


MONTHLY = (
    HEADER
    + """
from resources.sources.declaration.files import files
from resources.sources.landing import by_day_of

class OdsBooking(DeliveredContract):
    seq: Text = column("Number")
    booked_at: Timestamp = column("When")

ods_booking = table(OdsBooking, owner="team:finance",
    source=files("book", format="csv", split=by_day_of("booked_at")))
"""
)


def test_a_months_file_is_known_to_each_of_its_days(
    delivered_project: Project, write_warehouse: WriteWarehouse
) -> None:
    settings = delivered_project.settings
    project = project_of(write_warehouse({"ods/ods_booking": MONTHLY}), settings)
    folder = settings.landing_folder / "book" / f"{FIRST:%Y-%m}"
    folder.mkdir(parents=True)
    second = FIRST + timedelta(days=1)
    rows = f"seq,booked_at\n1,{FIRST}T12:00:00Z\n2,{second}T12:00:00Z\n"
    (folder / "book.csv").write_text(rows)
    (folder / "_SUCCESS").touch()
    assert project.run(["ods_booking"], FIRST, second).success
    assert sorted((row[0], row[-1]) for row in project.rows("ods_booking")) == [
        ("1", FIRST),
        ("2", second),
    ]
    table, lake = project.warehouse.table("ods_booking"), Lake(settings)
    assert not Staleness(project.warehouse, lake, settings).stale(table, [FIRST, second])
    (folder / "book.csv").write_text(rows + f"3,{second}T13:00:00Z\n")
    assert set(Staleness(project.warehouse, lake, settings).stale(table, [FIRST, second])) == {
        FIRST,
        second,
    }
    assert project.run(["ods_booking"], second, second).success
    assert len(project.rows("ods_booking")) == 3
