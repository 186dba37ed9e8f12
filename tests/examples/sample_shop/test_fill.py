"""Filling a landing folder: the same rows whichever way, whole days, and nothing else's data."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from examples.sample_shop import deliveries
from examples.sample_shop.fill import fill
from examples.sample_shop.manifest import GENERATION, MANIFEST
from examples.sample_shop.shop_settings import ShopSettings
from resources.errors import SettingsError, SourceError, StorageError
from resources.lake.model.window import Window
from tests.examples.sample_shop.reading import SOURCES, as_multiset, read_day, read_landing

FIRST = date(2026, 1, 1)
SHOP = ShopSettings(seed=3, orders_per_day=60, first_date=FIRST)
DAYS = [FIRST + timedelta(days=number) for number in range(9)]


def _content(landing: Path, days: list[date]) -> dict[tuple[str, date], list[str]]:
    return {
        (source, day): as_multiset(read_day(landing, source, day))
        for source in SOURCES
        for day in days
    }


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, date], list[str]]:
    """The nine days, filled in one go."""
    landing = tmp_path_factory.mktemp("at_once")
    fill(landing, SHOP, Window.of_days(DAYS[0], DAYS[-1]))
    return _content(landing, DAYS)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cut=st.integers(1, 8),
    is_later_first=st.booleans(),
    threads=st.integers(1, 3),
    slice_size=st.sampled_from([200, 600, 2000]),
)
@example(cut=8, is_later_first=True, threads=2, slice_size=100)
def test_a_day_is_the_same_whatever_else_is_filled_and_however(
    at_once: dict[tuple[str, date], list[str]],
    tmp_path_factory: pytest.TempPathFactory,
    cut: int,
    is_later_first: bool,
    threads: int,
    slice_size: int,
) -> None:
    landing = tmp_path_factory.mktemp("landing")
    windows = [Window.of_days(DAYS[0], DAYS[cut - 1]), Window.of_days(DAYS[cut], DAYS[-1])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "SLICE", slice_size)
        for window in reversed(windows) if is_later_first else windows:
            fill(landing, SHOP, window, threads=threads)
    assert _content(landing, DAYS) == at_once


def test_the_same_shop_writes_the_same_bytes(tmp_path: Path) -> None:
    window = Window.of_days(DAYS[0], DAYS[1])
    for name in ("one", "other"):
        fill(tmp_path / name, SHOP, window)
    files = sorted(
        path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("part-*")
    )
    assert len(files) >= 2 * len(SOURCES)
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_rows_change_only_with_the_generation(
    at_once: dict[tuple[str, date], list[str]],
) -> None:
    # Another digest: raise GENERATION in manifest.py, or people's landing folders hold two shops.
    text = "\n".join(row for source in SOURCES for row in at_once[source, DAYS[8]])
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    assert (GENERATION, digest) == (3, "546eb711e5d5188a")


def test_another_seed_is_another_shop(
    tmp_path: Path, at_once: dict[tuple[str, date], list[str]]
) -> None:
    fill(tmp_path, replace(SHOP, seed=4), Window.of_day(FIRST))
    for source in ("order", "order_item", "payment", "user", "sku", "seller"):
        shared = set(as_multiset(read_day(tmp_path, source, FIRST))) & set(at_once[source, FIRST])
        assert not shared, source


def test_days_already_there_are_left_alone_and_reported(tmp_path: Path) -> None:
    told: list[date] = []
    first = fill(tmp_path, SHOP, Window.of_days(DAYS[0], DAYS[1]), told.append)
    assert (first.skipped, told) == ((), DAYS[:2])
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("part-*")}

    second = fill(tmp_path, SHOP, Window.of_days(DAYS[0], DAYS[2]), told.append)
    assert (second.skipped, told[2:]) == (tuple(DAYS[:2]), DAYS[:3])
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())
    for source, folder in SOURCES.items():
        counted = {day: len(read_day(tmp_path, source, day)) for day in DAYS[:3]}
        assert second.rows[folder] == counted, source


def test_a_day_whose_folder_was_removed_comes_back(
    tmp_path: Path, at_once: dict[tuple[str, date], list[str]]
) -> None:
    fill(tmp_path, SHOP, Window.of_day(FIRST))
    (tmp_path / SOURCES["sku"] / FIRST.isoformat() / "_SUCCESS").unlink()
    assert fill(tmp_path, SHOP, Window.of_day(FIRST)).skipped == ()
    assert as_multiset(read_day(tmp_path, "sku", FIRST)) == at_once["sku", FIRST]


def test_a_landing_folder_belongs_to_one_shop(tmp_path: Path) -> None:
    fill(tmp_path, SHOP, Window.of_day(FIRST))
    with pytest.raises(SettingsError, match="seed 3 there, 5 asked for"):
        fill(tmp_path, replace(SHOP, seed=5), Window.of_day(FIRST))
    # What is derived and what is spelled out are the same shop.
    same = replace(SHOP, users=300, skus=200, sellers=20)
    assert fill(tmp_path, same, Window.of_day(FIRST)).skipped == (FIRST,)


def test_deliveries_of_others_are_not_touched(tmp_path: Path) -> None:
    foreign = tmp_path / SOURCES["order"] / "2026-01-01" / "orders.csv"
    foreign.parent.mkdir(parents=True)
    foreign.write_text("order_no\n1\n")
    with pytest.raises(SettingsError, match="no sample shop made"):
        fill(tmp_path, SHOP, Window.of_day(FIRST))
    assert foreign.read_text() == "order_no\n1\n"


def test_the_shop_delivers_nothing_before_it_opens(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="opens on 2026-01-01"):
        fill(tmp_path, SHOP, Window.of_days(FIRST - timedelta(days=1), FIRST))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "sizes",
    [
        {"orders_per_day": -1},
        {"orders_per_day": 100_000_000},
        {"time_zone": "Middle/Earth"},
        {"users": 0},
        {"skus": 1},
        {"sellers": 0},
        {"databases": 0},
        {"tables": 100},
    ],
)
def test_impossible_shops_are_refused(sizes: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="sample shop"):
        ShopSettings(**sizes)  # type: ignore[arg-type]


def test_unreadable_manifest_and_unwritable_folders_are_clear_errors(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"shop": ')
    with pytest.raises(SourceError, match="cannot be read"):
        fill(tmp_path, SHOP, Window.of_day(FIRST))

    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "product_center").write_text("a file where a folder should be")
    with pytest.raises(StorageError, match="2026-01-01"):
        fill(blocked, SHOP, Window.of_day(FIRST))

    with pytest.raises(StorageError, match="landing folder"):
        fill(tmp_path / MANIFEST / "below_a_file", SHOP, Window.of_day(FIRST))


def test_a_full_disk_is_a_clear_error_and_leaves_no_day(tmp_path: Path) -> None:
    # A limit on the size of files fails writes half-way, as a full disk does.
    program = f"""
import resource
from datetime import date
from pathlib import Path
from resources.errors import StorageError
from resources.lake.model.window import Window
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    fill(Path({str(tmp_path)!r}), ShopSettings(orders_per_day=20_000),
         Window.of_day(date(2026, 1, 1)))
except StorageError as error:
    print(error)
"""
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "could not deliver 2026-01-01" in child.stdout
    assert "File too large" in child.stdout
    assert not list(tmp_path.glob("*/*/2026-01-01"))


def test_a_fill_killed_at_any_moment_is_completed_by_the_next(
    tmp_path: Path, at_once: dict[tuple[str, date], list[str]]
) -> None:
    program = f"""
from datetime import date
from pathlib import Path
from resources.lake.model.window import Window
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
shop = ShopSettings(seed={SHOP.seed}, orders_per_day={SHOP.orders_per_day})
fill(Path({str(tmp_path)!r}), shop, Window.of_days(date(2026, 1, 1), date(2026, 1, 9)),
     lambda day: print(day, flush=True))
"""
    for days_before_the_kill in (1, 1, 2):
        child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(days_before_the_kill):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        for folder in tmp_path.glob("*/*/2026-*"):
            assert (folder / "_SUCCESS").exists(), f"{folder} is visible and not whole"
    fill(tmp_path, SHOP, Window.of_days(DAYS[0], DAYS[-1]))
    assert _content(tmp_path, DAYS) == at_once
    assert not list(tmp_path.glob("*/*/.*"))


def test_events_of_earlier_orders_are_delivered_though_their_day_is_not(tmp_path: Path) -> None:
    fill(tmp_path, SHOP, Window.of_day(DAYS[2]))
    numbers = {row["order_no"][1:9] for row in read_day(tmp_path, "order", DAYS[2])}
    assert numbers == {"20260101", "20260102", "20260103"}


def test_a_shop_without_orders_delivers_empty_days(tmp_path: Path) -> None:
    report = fill(tmp_path, replace(SHOP, orders_per_day=0), Window.of_days(DAYS[0], DAYS[1]))
    assert report.rows[SOURCES["order"]] == dict.fromkeys(DAYS[:2], 0)
    assert read_day(tmp_path, "order_item", DAYS[1]) == []
    assert read_day(tmp_path, "user", DAYS[0])


@pytest.mark.parametrize(
    ("zone", "changes_on"),
    [
        ("America/New_York", date(2026, 3, 8)),
        ("America/New_York", date(2026, 11, 1)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("UTC", date(2026, 6, 1)),
    ],
)
def test_days_are_local_also_where_clocks_change(
    tmp_path: Path, zone: str, changes_on: date
) -> None:
    first = changes_on - timedelta(days=1)
    shop = replace(SHOP, time_zone=zone, first_date=first, orders_per_day=300)
    window = Window.of_days(first, changes_on + timedelta(days=3))
    fill(tmp_path, shop, window)
    delivered = read_landing(tmp_path, shop, list(window))
    for day, order in delivered.log("order"):
        ordered = delivered.business_date(order["ordered_at"])
        assert ordered.strftime("%Y%m%d") == order["order_no"][1:9], order
        assert ordered <= delivered.business_date(order["updated_at"]) <= day, order
    ends = [
        order["order_status"]
        for number, order in delivered.latest("order", "order_no").items()
        if delivered.settled(number)
    ]
    # An order of which everything was lost stays shipped.
    assert len(ends) == 600
    assert set(ends) - {"shipped"} == {"delivered", "cancelled", "unavailable"}
    registered = [
        (delivered.business_date(user["registered_at"]), day)
        for day in delivered.days[1:]
        for user in delivered.rows["user"][day]
        if user["user_id"] > shop.user_count and user["registered_at"] == user["updated_at"]
    ]
    assert registered and all(on == day for on, day in registered)
