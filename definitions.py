"""What Dagster loads: the code location of this project."""

from warehouse_assets.orchestration.code_location import code_location

defs = code_location()
