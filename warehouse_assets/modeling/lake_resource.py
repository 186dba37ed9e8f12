"""The lake as Dagster hands it to an asset: settings are read when a run starts, not at load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from resources.lake.lake import Lake

    from resources.settings import Settings


class LakeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Opens the lake that the environment describes."""

    def settings(self) -> Settings:
        """The settings of this process."""
        from resources.settings import load_settings

        return load_settings()

    def lake(self) -> Lake:
        """The lake of this process's settings."""
        from resources.lake.lake import Lake

        return Lake(self.settings())
