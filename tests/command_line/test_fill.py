"""The sample shop by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.command_line.conftest import FIRST, LAST, invoke


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LEDGERLAKE_FIRST_DATE", FIRST.isoformat())


def files(home: Path) -> dict[str, bytes]:
    landing = home / "landing"
    return {
        str(path.relative_to(landing)): path.read_bytes()
        for path in sorted(landing.rglob("part-*"))
    }


def test_later_days_are_the_same_shop(tmp_path: Path) -> None:
    first = invoke("fill", "--from", FIRST, "--to", FIRST, "--orders", 5, "--seed", 3)
    assert first.exit_code == 0, first.output
    before = files(tmp_path)
    later = invoke("fill", "--from", FIRST, "--to", LAST)
    assert later.exit_code == 0, later.output
    assert "1 day (5 orders a day)" in later.output
    assert before.items() < files(tmp_path).items()


def test_days_before_the_first_are_refused(tmp_path: Path) -> None:
    result = invoke("fill", "--from", date(2025, 12, 31), "--to", FIRST)
    assert result.exit_code == 1
    assert not (tmp_path / "landing").exists()


def test_errors_are_asked_for_once_and_then_stay(tmp_path: Path) -> None:
    asked = ("--error", "bank_amount=1", "--error", "bill_amount=0.5")
    first = invoke("fill", "--from", FIRST, "--to", FIRST, "--orders", 20, *asked)
    assert first.exit_code == 0, first.output
    later = invoke("fill", "--from", FIRST, "--to", LAST)
    assert later.exit_code == 0, later.output
    truth = (tmp_path / "landing" / "_truth" / f"{LAST.isoformat()}.jsonl").read_text("utf-8")
    assert '"bank_amount"' in truth and '"bill_amount"' in truth


@pytest.mark.parametrize("asked", [("--error", "bill_amount"), ("--error", "no_such_error=0.1")])
def test_errors_that_make_no_sense_are_refused(tmp_path: Path, asked: tuple[str, str]) -> None:
    result = invoke("fill", "--from", FIRST, "--to", FIRST, *asked)
    assert result.exit_code != 0
    assert not (tmp_path / "landing").exists()
