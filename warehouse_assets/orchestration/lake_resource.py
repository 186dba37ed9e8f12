"""The lake as a Dagster resource: settings are read when a run starts, not at load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from resources.lake.lake import Lake


class LakeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the lake that the environment describes."""

    def lake(self) -> Lake:
        """The lake of this process's settings, which it carries as `lake().settings`."""
        from resources.lake.lake import Lake
        from resources.settings import load_settings

        return Lake(load_settings())
