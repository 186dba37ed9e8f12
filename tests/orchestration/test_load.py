"""What Dagster loads before it runs anything: each of its processes does."""

import os
import subprocess
import sys
from pathlib import Path


def test_the_code_location_loads_nothing_that_only_runs_need(
    project_root: Path, tmp_path: Path
) -> None:
    needed_by_runs = {"pyiceberg.table", "pyarrow", "pyiceberg.catalog", "xlsxwriter", "openpyxl"}
    code = f"import sys; import definitions; print(sorted({needed_by_runs!r} & set(sys.modules)))"
    environment = os.environ | {
        "LEDGERLAKE_HOME": str(tmp_path),
        "DAGSTER_HOME": str(tmp_path),
        "PYTHONPATH": str(project_root),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project_root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
