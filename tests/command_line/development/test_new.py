"""A new table: two files that load, pass and run as they stand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resources.errors import SettingsError
from warehouse_assets.command_line.development.new import write_table

ADD_AND_CHECK = """
from warehouse_assets.command_line.main import app
for arguments in (["new", "dws_province_1d"], ["new", "ods_complaint"], ["check"]):
    app(arguments, standalone_mode=False)
"""


@pytest.fixture(scope="module")
def tree(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code and what tests of tables need, in a folder of its own."""
    copy = tmp_path_factory.mktemp("tree")
    clean = shutil.ignore_patterns("__pycache__")
    for folder in ("warehouse_assets", "resources", "examples/sample_shop"):
        shutil.copytree(project_root / folder, copy / folder, ignore=clean)
    shutil.copytree(project_root / "tests" / "servers", copy / "tests" / "servers", ignore=clean)
    (copy / "tests" / "tables").mkdir()
    for file in ("definitions.py", "pyproject.toml", "tests/__init__.py", "tests/conftest.py",
                 "tests/scheduling.py",
                 "tests/tables/run_sql.py"):  # fmt: skip
        shutil.copy(project_root / file, copy / file)
    return copy


def test_new_tables_load_and_their_tests_pass(tree: Path) -> None:
    added = python(tree, "-c", ADD_AND_CHECK)
    assert added.returncode == 0, added.stderr
    assert "warehouse_assets/fact/dws_province_1d.py" in added.stdout
    assert "Everything fits" in added.stdout
    tests = [
        f"tests/tables/{place}.py"
        for place in ("fact/test_dws_province_1d", "ods/test_ods_complaint")
    ]
    tested = python(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert tested.returncode == 0, tested.stdout
    assert "4 passed" in tested.stdout


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "LEDGERLAKE_HOME": str(folder / "home"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("dim_x", "dim"),
        ("dwd_x", "fact"),
        ("dws_x", "fact"),
        ("rec_x", "reconciliation"),
        ("ads_x", "ads"),
        ("dm_x", "ads"),
    ],
)
def test_the_prefix_says_the_layer(tmp_path: Path, name: str, layer: str) -> None:
    module, test = write_table(tmp_path, name, None)
    assert module == tmp_path / "warehouse_assets" / layer / f"{name}.py"
    assert test == tmp_path / "tests" / "tables" / layer / f"test_{name}.py"
    assert write_table(tmp_path, f"{name}_again", layer)[0].parent == module.parent


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("city_1d", None),
        ("dws_", None),
        ("dws_City", None),
        ("dws_city-1d", None),
        ("../dws_city", None),
        ("dws_" + "x" * 60, None),
        ("dws_province_1d", "ads"),
        ("dws_province_1d", "facts"),
    ],
)
def test_a_name_that_does_not_fit_writes_nothing(
    tmp_path: Path, name: str, layer: str | None
) -> None:
    with pytest.raises(SettingsError) as refused:
        write_table(tmp_path, name, layer)
    assert refused.value.next_step
    assert list(tmp_path.iterdir()) == []


def test_an_existing_table_is_not_overwritten(tmp_path: Path) -> None:
    module, test = write_table(tmp_path, "dws_province_1d", None)
    module.write_text("mine")
    with pytest.raises(SettingsError, match="there is a table dws_province_1d"):
        write_table(tmp_path, "dws_province_1d", None)
    assert module.read_text() == "mine"
    module.unlink()
    test.write_text("mine too")
    with pytest.raises(SettingsError, match="test_dws_province_1d"):
        write_table(tmp_path, "dws_province_1d", None)
    assert test.read_text() == "mine too"
