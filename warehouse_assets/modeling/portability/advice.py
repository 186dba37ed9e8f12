"""Why something is refused, and what to write instead, where there is more to say than "no"."""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp

MEASURE = "measure"
"""What SQL calls a metric by, as if it were a function."""

Advice = tuple[str, str | None]
"""The reason, and the next step."""


class Refusal(NamedTuple):
    """A node outside the subset, why it is, and the next step."""

    node: exp.Expr
    reason: str
    next_step: str


_CLOCK = (
    "it is a clock, and a re-run must see what the first run saw",
    "Use :start and :end, the dates of the window.",
)
_RANDOM = ("a re-run would differ", "Derive the value from the row's key.")
_FLOAT = (
    "it goes through a double",
    "Use divide_money(), divide_rate(), multiply_money() or divide_whole().",
)
_FILE = ("a table reads its declared inputs only", "Declare the table that holds it in reads.")
_STATE = ("it tells of the engine, not of the data", "Leave it out.")
_ORDER = ("which row it takes is left to chance", "Use MIN, MAX, or ROW_NUMBER() with ORDER BY.")
_FIRST_ROWS = ("which rows it keeps is left to chance", "Use QUALIFY ROW_NUMBER() with ORDER BY.")
_LOCAL = (
    "it reads the engine's clock zone, not the business zone",
    "Use business_date(), business_hour(), business_month() or business_time() of an instant; "
    "dim_date has the parts of a date.",
)
_SERIES = ("it differs between engines", "Join dim_date.")
_NESTED = ("nested values differ between engines", "Use rows and columns.")
_TEXT = ("it is unknown to StarRocks, or means something else", "Use CONCAT, SUBSTRING or LIKE.")

OF_NODES: dict[type[exp.Expr], Advice] = {
    exp.Div: _FLOAT,
    exp.IntDiv: _FLOAT,
    exp.Pow: _FLOAT,
    exp.Avg: ("it goes through a double", "Use divide_money(SUM(x), COUNT(x))."),
    exp.Star: ("it hides columns from the contract", "Name each one."),
    exp.Pivot: ("it is lost in StarRocks", "Use CASE inside an aggregate."),
    exp.TableSample: _RANDOM,
    exp.AtTimeZone: ("it is dropped in StarRocks", _LOCAL[1]),
    exp.Filter: ("it is unknown to StarRocks 3.5", "Use CASE inside the aggregate."),
    exp.JSONExtractScalar: ("it is unknown to StarRocks", "Take the value in json_events(...)."),
    exp.JSONExtract: ("it is unknown to StarRocks", "Take the value in json_events(...)."),
    exp.Struct: _NESTED,
    exp.Array: _NESTED,
    exp.Bracket: _NESTED,
    exp.Unnest: _NESTED,
    exp.Lateral: _NESTED,
    exp.DPipe: ("it means OR in StarRocks", "Use CONCAT."),
    exp.BitwiseLeftShift: _TEXT,
    exp.BitwiseRightShift: _TEXT,
    exp.ILike: ("it is unknown to StarRocks", "Use LOWER(x) LIKE."),
    exp.Sign: _FLOAT,
    **dict.fromkeys(
        (exp.Greatest, exp.Least),
        ("StarRocks gives NULL where one of them is NULL", "Use CASE."),
    ),
    exp.Limit: _FIRST_ROWS,
    exp.Offset: _FIRST_ROWS,
    exp.NullSafeEQ: (
        "the engine loses rows in which the column is NULL",
        "Write COALESCE(a = b, a IS NULL AND b IS NULL).",
    ),
    exp.NullSafeNEQ: (
        "the engine loses rows in which the column is NULL",
        "Write NOT COALESCE(a = b, a IS NULL AND b IS NULL).",
    ),
    **dict.fromkeys(
        (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime,
         exp.Localtime, exp.Localtimestamp), _CLOCK),
    **dict.fromkeys((exp.Rand, exp.Uuid), _RANDOM),
    **dict.fromkeys((exp.First, exp.Last, exp.AnyValue, exp.GroupConcat, exp.ArrayAgg), _ORDER),
    **dict.fromkeys(
        (exp.Hour, exp.Minute, exp.Second, exp.Day, exp.Month, exp.Year, exp.Quarter, exp.Week,
         exp.Extract, exp.TimeToStr, exp.TimestampTrunc, exp.DateTrunc, exp.DayOfWeek,
         exp.DayOfMonth, exp.DayOfYear), _LOCAL),
    **dict.fromkeys((exp.GenerateSeries,), _SERIES),
}  # fmt: skip

_OF_NAMES: dict[str, Advice] = {
    **dict.fromkeys(
        ("now", "today", "age", "current_localtimestamp", "current_localtime",
         "get_current_timestamp", "transaction_timestamp", "clock_timestamp"), _CLOCK),
    **dict.fromkeys(
        ("random", "setseed", "uuidv4", "uuidv7", "gen_random_uuid", "nextval", "txid_current"),
        _RANDOM),
    **dict.fromkeys(
        ("mean", "fmean", "divide", "fdiv", "pow", "power", "sqrt", "list_avg"), _FLOAT),
    **dict.fromkeys(("date_part", "datepart", "strftime", "date_trunc", "epoch_ms", "to_timestamp",
                     "timezone", "dayofweek"), _LOCAL),
    **dict.fromkeys(("range", "generate_series"), _SERIES),
    **dict.fromkeys(("list", "string_agg", "listagg", "first", "last", "arbitrary"), _ORDER),
    **dict.fromkeys(("getenv", "current_setting", "version"), _STATE),
    **dict.fromkeys(("hash", "md5_number"), ("it differs between engines", "Use text_number().")),
}  # fmt: skip


def of_name(name: str) -> Advice | None:
    """Advice on a function by its name, in lower case."""
    if name.startswith(("read_", "parquet_", "sniff_")) or name in ("glob", "query", "query_table"):
        return _FILE
    return _OF_NAMES.get(name)


CLOCK, FILE, STATE = _CLOCK, _FILE, _STATE
