"""The portable subset: SQL that DuckDB, Spark and StarRocks read alike, and that re-runs alike."""

from warehouse_assets.modeling.portable.judge import Refusal, refusals
from warehouse_assets.modeling.portable.parse_errors import unparsed
from warehouse_assets.modeling.portable.value_types import ValueTypes

__all__ = ["Refusal", "ValueTypes", "refusals", "unparsed"]
