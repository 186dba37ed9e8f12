"""One module with a mistake: the command line and the code location go on with all others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line.conftest import FIRST, LAST, DemoLake

_LEDGERLAKE = """
import json
import sys
from typer.testing import CliRunner
from warehouse_assets.command_line.main import app
ran = [CliRunner().invoke(app, words.split()) for words in sys.argv[1:]]
print(json.dumps([(each.exit_code, each.stdout, each.stderr) for each in ran]))
"""
_LOCATION = """
import json
from definitions import defs
graph = defs.get_repository_def().asset_graph
job = defs.resolve_job_def("finance_day")
print(json.dumps({
    "known": sorted(key.to_user_string() for key in graph.get_all_asset_keys()),
    "made": sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys),
    "marts": [name for name in defs.get_repository_def().job_names if name.startswith("mart_")],
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> Path:
    """This project, with a syntax error in dwd_stock_movement, which dm_operations is made of."""
    root = tmp_path_factory.mktemp("copy")
    for folder in ("resources", "warehouse_assets", "examples/sample_shop"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(project_root / folder, root / folder, ignore=ignored)
    for name in ("definitions.py", "pyproject.toml", "workspace.yaml"):
        shutil.copy(project_root / name, root)
    module = root / "warehouse_assets" / "fact" / "dwd_stock_movement.py"
    module.write_text(module.read_text() + "\nrows = = 1\n")
    return root


def python(copy: Path, lake: DemoLake, code: str, *arguments: str) -> str:
    """What a program of the copy prints."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(copy),
        "LEDGERLAKE_HOME": str(lake.home),
        "LEDGERLAKE_FIRST_DATE": FIRST.isoformat(),
        "COLUMNS": "200",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=copy, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def ledgerlake(copy: Path, lake: DemoLake, *commands: str) -> list[tuple[int, str, str]]:
    """Exit code, output and error output of commands of the copy, one after the other."""
    return json.loads(python(copy, lake, _LEDGERLAKE, *commands))


def test_the_code_location_has_every_table_and_makes_the_whole_ones(
    copy: Path, lake: DemoLake
) -> None:
    found = json.loads(python(copy, lake, _LOCATION))
    assert {"dwd_stock_movement", "dwd_order"} <= set(found["known"])
    assert "dwd_order" in found["made"]
    assert "dwd_stock_movement" not in found["made"]
    assert "mart_finance" in found["marts"]


def test_a_whole_table_is_made_and_a_broken_one_names_its_error(copy: Path, lake: DemoLake) -> None:
    day = f"--partition {LAST}"
    whole, broken, checked = ledgerlake(
        copy,
        lake,
        f"materialize dwd_order {day}",
        f"materialize dwd_stock_movement {day}",
        "check --json",
    )
    assert whole[0] == 0, whole
    code, _, errors = broken
    assert code == 1
    assert "dwd_stock_movement.py:" in errors
    assert "SyntaxError" in errors
    code, output, _ = checked
    assert code == 1
    [problem] = json.loads(output)["problems"]
    assert "dwd_stock_movement.py:" in problem["message"]


def test_check_names_every_module_that_does_not_fit(copy: Path, lake: DemoLake) -> None:
    module = copy / "warehouse_assets" / "fact" / "dws_account_1d.py"
    whole = module.read_text()
    module.write_text(whole.replace("COUNT(*) AS journal_line_count", "COUNT(*) AS lines"))
    try:
        (code, _, errors), as_json = ledgerlake(copy, lake, "check", "check --json")
    finally:
        module.write_text(whole)
    assert (code, as_json[0]) == (1, 1)
    shown = " ".join(errors.replace("│", " ").split())
    for said in ("dwd_stock_movement.py:", "dws_account_1d.py:", "the SQL gives lines",
                 "Write AS journal_line_count", "2 errors"):  # fmt: skip
        assert said in shown, said
    found = json.loads(as_json[1])
    assert found["fits"] is False and len(found["problems"]) == 2
    steps = " ".join(str(each["next_step"]) for each in found["problems"])
    assert "Write AS journal_line_count" in steps
