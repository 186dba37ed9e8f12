"""Python's collector of cycles, put off while many objects are made that stay.

It looks through all of them again and again, and there is nothing to collect.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Generator[None]:
    """Collect nothing in the block, or while the function runs that is decorated with it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
