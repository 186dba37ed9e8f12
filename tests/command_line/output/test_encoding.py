"""A terminal that knows ASCII only shows what there is to see, in other signs."""

from __future__ import annotations

import io
import sys

import pytest

from tests.command_line.conftest import Run
from warehouse_assets.command_line.output.console import errors, output, show_error


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk", "utf-8"])
def test_every_sign_can_be_written(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    output().print("✓ 销售 …", markup=False)
    show_error("✗ ods_payout: 金额", "Weiter geht's: ☃")
    errors().print("·")
    written = {}
    for name, stream in streams.items():
        stream.flush()
        written[name] = stream.buffer.getvalue().decode(encoding)
    assert written["stdout"].startswith("✓ 销售" if encoding == "utf-8" else ("+", "✓"))
    assert "ods_payout" in written["stderr"]
    if encoding == "ascii":
        assert "\\u9500\\u552e" in written["stdout"]


def test_a_run_on_an_ascii_terminal_succeeds(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    monkeypatch.setattr("tests.command_line.conftest.CliRunner", lambda: CliRunner(charset="ascii"))
    result = run("materialize", "dim_date")
    assert result.exit_code == 0, result.output
    assert "+ dim_date" in result.output
