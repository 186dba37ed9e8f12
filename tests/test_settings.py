"""Settings come from the environment, and a wrong one says which and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from resources.errors import SettingsError
from resources.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LEDGERLAKE_TIME_ZONE", "Mars/Olympus", "Mars/Olympus is no time zone"),
        (
            "LEDGERLAKE_FIRST_DATE",
            "1969-12-31",
            "1969-12-31 is not within the years .* 1970 to 2035",
        ),
        (
            "LEDGERLAKE_FIRST_DATE",
            "2036-01-01",
            "2036-01-01 is not within the years .* 1970 to 2035",
        ),
        ("LEDGERLAKE_FIRST_DATE", "soon", "date"),
        ("LEDGERLAKE_MEMORY", "lots", "pattern"),
        ("LEDGERLAKE_MEMORY", "0MiB", "at least"),
        ("LEDGERLAKE_MEMORY", "15MiB", "at least"),
        ("LEDGERLAKE_MEMORY", "0GiB", "at least"),
        ("LEDGERLAKE_CATALOG_KIND", "hadoop", "'sql', 'rest' or 'hive'"),
        ("LEDGERLAKE_THREADS", "0", "greater than or equal to 1"),
        ("LEDGERLAKE_THREADS", "100000", "less than or equal to 256"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"(?s){name}.*{words}"):
        load_settings()


def test_a_lake_keeps_its_own_settings_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path))
    monkeypatch.delenv("LEDGERLAKE_FIRST_DATE", raising=False)
    monkeypatch.delenv("LEDGERLAKE_TIME_ZONE", raising=False)
    (tmp_path / "settings.env").write_text(
        "LEDGERLAKE_FIRST_DATE=2026-05-05\nLEDGERLAKE_TIME_ZONE=Europe/Paris\n"
    )
    assert load_settings().first_date == date(2026, 5, 5)
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", "2026-06-06")
    settings = load_settings()
    assert (settings.first_date, settings.time_zone) == (date(2026, 6, 6), "Europe/Paris")
