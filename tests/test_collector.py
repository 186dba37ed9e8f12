"""Python's collector is put off in a block, and comes back as it was."""

from __future__ import annotations

import gc

import pytest

from resources.collector import without_collector


@pytest.mark.parametrize("was_enabled", [True, False])
def test_the_collector_is_as_it_was_afterwards(was_enabled: bool) -> None:
    def fail() -> None:
        with without_collector():
            assert not gc.isenabled()
            raise KeyError

    if not was_enabled:
        gc.disable()
    try:
        with pytest.raises(KeyError):
            fail()
        assert gc.isenabled() is was_enabled
    finally:
        gc.enable()
