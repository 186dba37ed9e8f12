"""A copied lake from the command line: refused with a way out, then a lake of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.command_line.conftest import LAST, DemoLake, Run, invoke


def test_a_copy_is_refused_relocated_and_works(
    run: Run, lake: DemoLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run` first, so that the original is the lake of this test."""
    expected = run("sql", "SELECT * FROM ads_finance_daily ORDER BY ALL", "--format", "json").output
    copy = tmp_path / "copy"
    shutil.copytree(lake.home, copy)
    monkeypatch.setenv("LEDGERLAKE_HOME", str(copy))

    for command in (["tables"], ["maintain"], ["materialize", "dim_date"]):
        refused = invoke(*command)
        assert refused.exit_code == 1, refused.output
        assert "ledgerlake relocate" in " ".join(refused.output.replace("│", " ").split())

    planned = invoke("relocate", "--dry-run", "--json")
    assert planned.exit_code == 0, planned.output
    tables = json.loads(planned.stdout)["tables"]
    assert tables and all(each["moved"] for each in tables)
    assert all(each["source"].startswith(str(lake.home)) for each in tables)
    assert all(each["target"].startswith(str(copy)) for each in tables)
    assert invoke("tables").exit_code == 1

    done = invoke("relocate")
    assert done.exit_code == 0, done.output
    assert f"Relocated {len(tables)} tables; 0 tables right already" in done.output
    query = ("sql", "SELECT * FROM ads_finance_daily ORDER BY ALL", "--format", "json")
    assert invoke(*query).output == expected
    assert invoke("materialize", "dwd_payout", "--partition", LAST).exit_code == 0
    assert "Relocated 0 tables" in invoke("relocate").output
