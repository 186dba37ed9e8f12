"""The portable subset: SQL that DuckDB, Spark and StarRocks read alike, and that re-runs alike."""

from warehouse_assets.modeling.portability.advice import Refusal
from warehouse_assets.modeling.portability.judge import refusals
from warehouse_assets.modeling.portability.parse_errors import unparsed
from warehouse_assets.modeling.portability.value_types import ValueTypes, expression_refusals

__all__ = ["Refusal", "ValueTypes", "expression_refusals", "refusals", "unparsed"]
