"""The functions that no business can do without, where standard SQL has none.

Standard SQL has no exact division and no portable way from an instant to a business date or hour.
Their bodies are DuckDB's SQL, not the portable subset: another engine has its own. Products and
quotients are rounded half away from zero, in decimals and integers throughout: DuckDB's `/`
would go through a double.
"""

from __future__ import annotations

from warehouse_assets.modeling.functions.sql_function import SqlFunction

_MONEY, _RATE = "DECIMAL(18,2)", "DECIMAL(9,6)"

_WHOLE = "CAST(CAST({value} AS DECIMAL(30,2)) * {factor} AS HUGEINT)"

# The wider amount is for the product: DuckDB gives that of two decimals of 18 digits only 18.
_PRODUCT = (
    "CAST(round(CAST(amount AS DECIMAL(28,2)) * CAST(rate AS DECIMAL(9,6)), 2) AS DECIMAL(18,2))"
)


# The first way is the second one without the engine's calendar, twelve times faster.
_LOCAL_DATE = """
    CASE WHEN instant >= :steady_start AND instant < :steady_end
        THEN DATE '1970-01-01'
            + CAST((epoch_us(instant) + (:steady_offset)) // 86400000000 AS INTEGER)
        ELSE CAST(timezone(:time_zone, instant) AS DATE)
    END
"""


def _quotient(scale: int, result: str) -> str:
    """`part / whole` to `scale` digits; NULL where whole is 0 or either is NULL."""
    part = _WHOLE.format(value="part", factor=100 * 10**scale)
    whole = _WHOLE.format(value="whole", factor=100)
    rounded = f"(2 * abs({part}) + abs({whole})) // (2 * abs({whole}))"
    sign = f"CAST(sign({part}) * sign({whole}) AS HUGEINT)"
    unit = f"CAST('{10**-scale:.{scale}f}' AS DECIMAL({scale + 1},{scale}))"
    product = f"CAST({sign} * ({rounded}) AS DECIMAL(28,0)) * {unit}"
    return f"CASE WHEN whole <> 0 THEN CAST({product} AS {result}) END"


_LOCAL = "timezone(:time_zone, instant)"
_INSTANT = (("instant", "TIMESTAMP WITH TIME ZONE"),)

FRAMEWORK_FUNCTIONS = (
    SqlFunction(
        "divide_money",
        (("part", _MONEY), ("whole", _MONEY)),
        _MONEY,
        _quotient(2, _MONEY),
        "An amount by a count, of at most two decimals each; NULL where whole is 0.",
    ),
    SqlFunction(
        "divide_rate",
        (("part", _MONEY), ("whole", _MONEY)),
        _RATE,
        _quotient(6, _RATE),
        "Amounts or counts, of at most two decimals each; NULL where whole is 0.",
    ),
    SqlFunction(
        "multiply_money",
        (("amount", _MONEY), ("rate", _RATE)),
        _MONEY,
        _PRODUCT,
        "A share of an amount, rounded once.",
    ),
    SqlFunction(
        "divide_whole",
        (("part", "BIGINT"), ("whole", "BIGINT")),
        "BIGINT",
        "CAST(CAST(part AS BIGINT) // CAST(whole AS BIGINT) AS BIGINT)",
        "How often a whole number goes into another; NULL where whole is 0.",
    ),
    SqlFunction(
        "days_between",
        (("first", "DATE"), ("last", "DATE")),
        "BIGINT",
        "CAST(CAST(last AS DATE) - CAST(first AS DATE) AS BIGINT)",
        "Days from the first date to the last; 0 on the same date.",
    ),
    SqlFunction(
        "text_number",
        (("text", "VARCHAR"),),
        "BIGINT",
        "CAST(hash(CAST(text AS VARCHAR)) % 1000003 AS BIGINT)",
        "A number of 0 to 1,000,002 for a text: two texts rarely have the same.",
    ),
    SqlFunction(
        "business_date",
        _INSTANT,
        "DATE",
        _LOCAL_DATE,
        "The date of an instant in the business time zone.",
    ),
    SqlFunction(
        "business_month",
        _INSTANT,
        "DATE",
        f"CAST(date_trunc('month', {_LOCAL}) AS DATE)",
        "The first date of the month of an instant in the business time zone.",
    ),
    SqlFunction(
        "business_hour",
        _INSTANT,
        "BIGINT",
        f"CAST(date_part('hour', {_LOCAL}) AS BIGINT)",
        "The hour, 0 to 23, that a clock in the business time zone shows at an instant.",
    ),
    SqlFunction(
        "business_time",
        _INSTANT,
        "VARCHAR",
        f"strftime({_LOCAL}, '%Y-%m-%d %H:%M:%S')",
        "What a clock in the business time zone shows at an instant: 2026-01-31 23:05:09.",
    ),
)
