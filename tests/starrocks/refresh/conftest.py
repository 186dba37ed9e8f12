"""A lake of two served tables, and the places where a test steps into a refresh."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resources.starrocks.client.client import StarRocks
from resources.starrocks.refresh import refresh
from resources.starrocks.refresh.post_refresh import AfterRefresh
from resources.starrocks.refresh.refresh import Refresher
from resources.starrocks.refresh.verification import Shown, compare
from tests.starrocks.scenes import Scene, clock, scene

__all__ = ["clock"]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Scene]:
    """Two tables; StarRocks has cached their first rows."""
    with scene(tmp_path / "home", 2) as two:
        yield two


class Steps:
    """The steps of a refresh in this process, in place of which a test has others."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def comparing(self, instead: Callable[..., Shown]) -> None:
        """What StarRocks shows is compared with the lake like this."""
        self._patch.setattr(refresh, "compare", instead)

    def before_comparing(self, act: Callable[[], None]) -> None:
        """Act once, after a REFRESH was answered and before what is shown is compared."""
        acts = [act]

        def late(*arguments: Any) -> Shown:
            if acts:
                acts.pop()()
            return compare(*arguments)

        self.comparing(late)

    def following(self, instead: Callable[..., AfterRefresh]) -> None:
        """Warm-up and view are taken like this."""
        self._patch.setattr(refresh, "after_verified", instead)

    def sending(self, instead: Callable[..., Any]) -> None:
        """Statements are sent like this; it is given the client first."""
        self._patch.setattr(StarRocks, "run", instead)

    def refreshing(self, instead: Callable[..., Any]) -> None:
        """A table is refreshed like this; it is given the refresher first."""
        self._patch.setattr(Refresher, "_refresh", instead)

    def renew_each_time(self) -> None:
        """The run's leases are renewed before each statement, however short the time."""
        self._patch.setattr(refresh, "_RENEW_SECONDS", 0.0)

    def as_they_are(self) -> None:
        """Take everything back."""
        self._patch.undo()


@pytest.fixture
def steps() -> Iterator[Steps]:
    """Those of this test; taken back at its end. Its own patches, apart from the clock's."""
    with pytest.MonkeyPatch.context() as patch:
        yield Steps(patch)
