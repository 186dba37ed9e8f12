"""Functions that a table's SQL may call beside the standard ones: one meaning, every engine.

Standard SQL has no exact division and no portable way from an instant to a business date, so
both have one home here. Quotients are rounded half away from zero, in integers throughout:
DuckDB's `/` would go through a double.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.identifiers import text_literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERSION = 1
"""Part of every table's code version: raise it when a function's result changes."""

NAMES = frozenset({"divide_money", "divide_rate", "business_date"})

_WHOLE = "CAST(CAST({value} AS DECIMAL(30,2)) * {factor} AS HUGEINT)"


def _quotient(scale: int, result: str) -> str:
    """`part / whole` to `scale` digits; NULL where whole is 0 or either is NULL."""
    part = _WHOLE.format(value="part", factor=100 * 10**scale)
    whole = _WHOLE.format(value="whole", factor=100)
    rounded = f"(2 * abs({part}) + abs({whole})) // (2 * abs({whole}))"
    sign = f"CAST(sign({part}) * sign({whole}) AS HUGEINT)"
    unit = f"CAST('{10**-scale:.{scale}f}' AS DECIMAL({scale + 1},{scale}))"
    product = f"CAST({sign} * ({rounded}) AS DECIMAL(28,0)) * {unit}"
    return f"CASE WHEN whole <> 0 THEN CAST({product} AS {result}) END"


def install(connection: DuckDBPyConnection, time_zone: str) -> None:
    """Define the functions in a session.

    * `divide_money(part, whole)`: DECIMAL(18,2), an amount by a count; NULL where whole is 0.
    * `divide_rate(part, whole)`: DECIMAL(9,6), amounts or counts; NULL where whole is 0.
    * `business_date(instant)`: DATE in the business time zone.

    `part` and `whole` have at most two decimals.
    """
    zone = text_literal(time_zone)
    macros = {
        "divide_money(part, whole)": _quotient(2, "DECIMAL(18,2)"),
        "divide_rate(part, whole)": _quotient(6, "DECIMAL(9,6)"),
        "business_date(instant)": f"CAST(timezone({zone}, instant) AS DATE)",
    }
    for signature, body in macros.items():
        connection.execute(f"CREATE OR REPLACE TEMP MACRO {signature} AS {body}")
