"""What the shop has delivered into a landing folder, and with which settings."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from fcntl import LOCK_EX, flock
from pathlib import Path

from examples.sample_shop.day_totals import DayTotals
from examples.sample_shop.shop_settings import ShopSettings
from resources.errors import SettingsError, SourceError, StorageError

MANIFEST = "_sample_shop.json"
GENERATION = 3
"""Raised whenever the same settings give other rows than before."""


@dataclass
class Manifest:
    """The shop that fills a landing folder and the rows of each day delivered, by source.

    What moved on a day is kept too, of days before those delivered as well: balances go on from
    there.
    """

    path: Path
    settings: Mapping[str, object]
    days: dict[date, dict[str, int]] = field(default_factory=dict[date, dict[str, int]])
    totals: dict[date, DayTotals] = field(default_factory=dict[date, DayTotals])

    def add(self, day: date, rows: Mapping[str, int]) -> None:
        """Note a day as delivered, for good."""
        self.days[day] = dict(rows)
        self.save()

    def save(self) -> None:
        """Write the file aside and rename it into place."""
        content = {
            "shop": self.settings,
            "days": {day.isoformat(): self.days[day] for day in sorted(self.days)},
            "totals": {day.isoformat(): asdict(self.totals[day]) for day in sorted(self.totals)},
        }
        aside = self.path.with_suffix(".aside")
        aside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        aside.replace(self.path)


def _described(shop: ShopSettings) -> dict[str, object]:
    return {
        "generation": GENERATION,
        **asdict(shop),
        "first_date": shop.first_date.isoformat(),
        "users": shop.user_count,
        "skus": shop.sku_count,
        "sellers": shop.seller_count,
    }


@contextmanager
def open_manifest(
    landing: Path, shop: ShopSettings, sources: tuple[str, ...]
) -> Generator[Manifest]:
    """Hold the landing folder's manifest; another process that wants it waits.

    Raises:
        SettingsError: If another shop, or something that is no sample shop, fills the folder.
        SourceError: If the manifest cannot be read.
        StorageError: If the folder cannot be written.
    """
    try:
        landing.mkdir(parents=True, exist_ok=True)
        lock = (landing / ".sample_shop.lock").open("w")
    except OSError as error:
        raise StorageError(
            f"The sample shop cannot write into the landing folder {landing}: {error}",
            "Grant access there, or name another landing folder.",
        ) from error
    with lock:
        flock(lock, LOCK_EX)
        yield _load(landing / MANIFEST, _described(shop), sources)


def _load(path: Path, settings: dict[str, object], sources: tuple[str, ...]) -> Manifest:
    if not path.exists():
        _refuse_foreign(path.parent, sources)
        manifest = Manifest(path, settings)
        manifest.save()
        return manifest
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        days = {date.fromisoformat(day): rows for day, rows in content["days"].items()}
        totals = {
            date.fromisoformat(day): DayTotals.from_json(of)
            for day, of in content.get("totals", {}).items()
        }
        found: dict[str, object] = content["shop"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"The sample shop's manifest {path} cannot be read: {error}",
            "Delete the landing folder and fill it anew.",
        ) from error
    differing = sorted(
        name for name in settings.keys() | found.keys() if settings.get(name) != found.get(name)
    )
    if differing:
        differences = ", ".join(
            f"{name} {found.get(name)!r} there, {settings.get(name)!r} asked for"
            for name in differing
        )
        raise SettingsError(
            f"The landing folder {path.parent} is filled by another sample shop: {differences}",
            "Ask for the same shop, or fill an empty landing folder.",
        )
    return Manifest(path, settings, days, totals)


def _refuse_foreign(landing: Path, sources: tuple[str, ...]) -> None:
    for source in sources:
        folder = landing / source
        if folder.is_dir() and any(folder.iterdir()):
            raise SettingsError(
                f"{folder} holds deliveries that no sample shop made",
                "Fill an empty landing folder.",
            )
