"""Lists of things fit every screen: no number cut, no text one letter a line."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout

import pytest
from hypothesis import given, strategies as st

from tests.command_line.conftest import Run
from warehouse_assets.command_line.output.listing import Listing

words = st.lists(st.from_regex("[a-z]{1,12}", fullmatch=True), min_size=1, max_size=12)


@given(
    width=st.integers(60, 200),
    rows=st.lists(
        st.tuples(words, st.integers(0, 10**12)),
        min_size=1,
        max_size=5,
    ),
)
def test_every_number_and_every_word_is_there_whole(
    width: int, rows: list[tuple[list[str], int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        stream = io.StringIO()
        listing = Listing(
            ["table", "one row per", "rows", "published"], right=["rows"], long=["one row per"]
        )
        for number, (text, count) in enumerate(rows):
            listing.add(f"t_{number}", " ".join(text), f"{count:,}", "2026-01-01 .. 2026-12-31")
        with redirect_stdout(stream):
            listing.print()
    out = stream.getvalue()
    shown = re.findall(r"\S+", out)
    for number, (text, count) in enumerate(rows):
        assert f"t_{number}" in shown
        assert f"{count:,}" in shown
        assert set(text) <= set(shown)
    assert "…" not in out
    assert all(len(line) <= width for line in out.splitlines())


@pytest.mark.parametrize("command", [["tables"], ["metrics"]])
def test_commands_at_80_columns_cut_nothing(
    run: Run, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = run(*command).output
    monkeypatch.setenv("COLUMNS", "80")
    narrow = run(*command).output
    assert "…" not in narrow
    assert all(len(line) <= 80 for line in narrow.splitlines())
    numbers = re.findall(r"\d[\d,]{3,}", wide)
    assert command == ["metrics"] or numbers
    assert set(numbers) <= set(re.findall(r"\d[\d,]{3,}", narrow))
    assert len(narrow.splitlines()) < 8 * len(wide.splitlines())
