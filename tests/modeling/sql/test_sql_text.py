"""What of a SQL text is code: a comment or a line break is none, quoted text is."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from warehouse_assets.modeling.sql.sql_text import code_of

PIECES = ["SELECT", "'a -- b'", "'it''s  /* x */'", '"a  b"', "1", "-", "(", "x"]
BETWEEN = [" ", "\n", "\t", " -- why: it's so\n", '/* "one */', "\n  /* two\nlines */  "]


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(BETWEEN)), min_size=1))
def test_comments_and_layout_are_no_code(pairs: list[tuple[str, str]]) -> None:
    text = "".join(piece + between for piece, between in pairs)
    assert code_of(text) == " ".join(piece for piece, _ in pairs)


@pytest.mark.parametrize(("one", "other"), [("'a  b'", "'a b'"), ("'--x'", "''"), ("a", "b")])
def test_other_code_is_told_apart(one: str, other: str) -> None:
    assert code_of(f"SELECT {one}") != code_of(f"SELECT {other}")
