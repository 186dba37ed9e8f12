"""What Dagster loads before it runs anything: each of its processes does."""

from pathlib import Path

from tests.loaded_modules import loaded_modules


def test_the_code_location_loads_nothing_that_only_runs_need(
    project_root: Path, tmp_path: Path
) -> None:
    needed_by_runs = {"pyiceberg.table", "pyarrow", "pyiceberg.catalog", "xlsxwriter", "openpyxl"}
    home = {"LEDGERLAKE_HOME": str(tmp_path), "DAGSTER_HOME": str(tmp_path)}
    assert loaded_modules("import definitions", needed_by_runs, project_root, **home) == []
