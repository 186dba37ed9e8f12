"""The code location: every table that loads, what automation declares, the lake bound."""

import dagster as dg

from resources.settings import load_settings
from warehouse_assets.modeling.loading.whole_tables import load_whole_tables
from warehouse_assets.orchestration.assets import table_assets
from warehouse_assets.orchestration.lake_resource import LakeResource
from warehouse_assets.orchestration.unattended import unattended

_warehouse, _settings = load_whole_tables(), load_settings()

defs = dg.Definitions.merge(
    dg.Definitions(
        assets=table_assets(_warehouse, _settings),
        resources={"lake": LakeResource()},
        executor=dg.in_process_executor,
    ),
    unattended(_warehouse, _settings),
)
