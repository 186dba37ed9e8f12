"""Processes that can be killed."""

from tests.starrocks.conftest import processes

__all__ = ["processes"]
