"""A code version changes with what could make other rows, and is the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.modeling.conftest import DWD, ORDERS, WriteWarehouse, changed
from warehouse_assets.dim.dim_account import dim_account
from warehouse_assets.modeling.sql.code_version import (
    _digest,  # pyright: ignore[reportPrivateUsage]
    code_version,
)


def version(write: WriteWarehouse, module: str) -> str:
    return code_version(
        write({"ods/ods_order": ORDERS, "fact/dwd_order": module}).table("dwd_order")
    )


def test_a_meaning_is_no_code(write_warehouse: WriteWarehouse) -> None:
    """Other words make no other rows: nothing has to be made again."""
    other = changed(DWD, '"What was paid"', '"What the buyer paid"')
    assert version(write_warehouse, other) == version(write_warehouse, DWD)


def test_a_check_and_a_type_are_code(write_warehouse: WriteWarehouse) -> None:
    versions = {
        version(write_warehouse, module)
        for module in (DWD, changed(DWD, "ge=0", "ge=1"), changed(DWD, "ge=0", "ge=0, null=True"))
    }
    assert len(versions) == 3


def test_versions_do_not_depend_on_the_process(project_root: Path) -> None:
    """Sets have an order of their own in each process."""
    script = (
        "from warehouse_assets.modeling.loading.load_warehouse import load_warehouse;"
        "from warehouse_assets.modeling.sql.code_version import _digest;"
        "print({name: _digest(table) for name, table in load_warehouse().tables.items()})"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(project_root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1 and "dwd_financial" in found.pop()


def test_what_a_table_made_in_python_imports_of_the_warehouse_is_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The chart of accounts stands beside the functions that give its codes."""
    before = _digest(dim_account)
    read_text = Path.read_text

    def renamed(path: Path, *args: Any, **named: Any) -> str:
        return read_text(path, *args, **named).replace('"Bank"', '"Bank account"')

    monkeypatch.setattr(Path, "read_text", renamed)
    assert _digest(dim_account) != before
    monkeypatch.undo()
    assert _digest(dim_account) == before
