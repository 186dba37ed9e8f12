"""The framework's version changes with what its code does, not with how it is explained."""

from __future__ import annotations

import pytest

from warehouse_assets.modeling.execution.framework_version import meaning_of

CODE = b'''"""Rounds."""


def rounded(amount):
    """To the cent."""
    return round(amount, 2)  # half to even
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"To the cent.", b"To two places."), (b"  # half to even", b""), (b"\n\n", b"\n\n\n\n")],
    ids=["docstring", "comment", "lines"],
)
def test_what_explains_the_code_is_no_change(old: bytes, new: bytes) -> None:
    assert CODE.replace(old, new) != CODE
    assert meaning_of(CODE.replace(old, new)) == meaning_of(CODE)


@pytest.mark.parametrize(("old", "new"), [(b", 2)", b", 3)"), (b"rounded", b"rounding")])
def test_other_code_is_a_change(old: bytes, new: bytes) -> None:
    assert meaning_of(CODE.replace(old, new)) != meaning_of(CODE)
