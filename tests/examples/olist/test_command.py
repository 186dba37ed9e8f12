"""python -m examples.olist, as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.examples.olist.export import Shop, hex_id


def run(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "examples.olist", *map(str, arguments)],
        cwd=root,
        env=os.environ | {"COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_shows_what_differs_and_how_to_go_on(project_root: Path, tmp_path: Path) -> None:
    shop = Shop().order("a", "2018-01-02 10:00:00").item("a", "7.00").payment("a", "7.50", 3)
    home = tmp_path / "home"
    done = run(project_root, shop.write(tmp_path / "export"), "--home", home)
    assert done.returncode == 0, done.stderr
    assert "ads_finance_daily  1 rows" in done.stdout
    listed = next(line for line in done.stdout.splitlines() if hex_id("a") in line)
    assert listed.split() == [
        hex_id("a"),
        "2018-01-02",
        "instalment_interest",
        "7.00",
        "7.50",
        "0.50",
    ]
    assert f"LEDGERLAKE_HOME={home}" in done.stdout


def test_an_error_is_a_panel_with_the_next_step(project_root: Path, tmp_path: Path) -> None:
    done = run(project_root, tmp_path, "--home", tmp_path / "home")
    assert done.returncode == 1
    assert "olist_orders_dataset.csv" in done.stderr
    assert "Next step:" in done.stderr
    assert "Traceback" not in done.stderr
