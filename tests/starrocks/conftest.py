"""Processes that can be killed."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

import pytest


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts real processes, each forked in milliseconds from one that has imported all."""
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["tests.starrocks.children"])
    return forking
