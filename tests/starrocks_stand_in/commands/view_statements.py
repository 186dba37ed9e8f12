"""What CREATE and REFRESH MATERIALIZED VIEW say, read from their text, and what is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pyiceberg.transforms import (
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    YearTransform,
)
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from tests.starrocks_stand_in.cluster.lake_tables import CachedTable
from tests.starrocks_stand_in.commands.commands import literal_pairs
from tests.starrocks_stand_in.errors import analysis_error, syntax_error
from tests.starrocks_stand_in.names import LITERAL, PART, parts_of, text_of

_UNITS = {
    "year": YearTransform,
    "month": MonthTransform,
    "day": DayTransform,
    "hour": HourTransform,
}

_DEFAULT_REPLICAS = "3"

_PARTITION_BY = re.compile(
    rf"PARTITION\s+BY\s+\(?\s*(?:date_trunc\s*\(\s*'(?P<unit>\w+)'\s*,\s*(?P<truncated>{PART})\s*\)"
    rf"|(?P<plain>{PART}))\s*\)?",
    re.IGNORECASE,
)

_REFRESH = re.compile(
    rf"""\s*(?:PARTITION\s+START\s*\(\s*(?P<start>{LITERAL})\s*\)\s*END\s*\(\s*(?P<end>{LITERAL})\s*\)
    |PARTITION\s*\((?P<chosen>(?:\s*\(?\s*{LITERAL}\s*\)?\s*,?)+)\))?
    \s*(?P<force>FORCE)?\s*(?:WITH\s+(?P<mode>SYNC|ASYNC)\s+MODE)?\s*(?:WITH\s+PRIORITY\s+\d+)?\s*""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True)
class Definition:
    """What CREATE MATERIALIZED VIEW says between the name and AS."""

    columns: list[str] | None
    comment: str
    partition_column: str | None
    unit: str | None
    deferred: bool
    refresh_type: str
    runs_of: int
    replicas: int


@dataclass(frozen=True)
class RefreshRequest:
    """What REFRESH MATERIALIZED VIEW says after the name. The end of the range is exclusive."""

    start: str | None
    end: str | None
    chosen: tuple[str, ...] | None
    force: bool
    sync: bool


def definition_of(text: str) -> Definition:
    """Read the clauses between the view's name and AS."""
    columns, rest = _columns(text)
    comment = re.search(rf"\bCOMMENT\s+({LITERAL})", rest, re.IGNORECASE)
    partition = _PARTITION_BY.search(rest)
    properties = {text_of(name): text_of(value) for name, value in literal_pairs(rest)}
    if not re.search(r"\bREFRESH\b", rest, re.IGNORECASE):
        raise analysis_error("A synchronous view cannot be over an external table")
    column = parts_of(partition["truncated"] or partition["plain"])[0] if partition else None
    return Definition(
        columns=columns,
        comment=text_of(comment[1]) if comment else "",
        partition_column=column,
        unit=partition["unit"].lower() if partition and partition["unit"] else None,
        deferred=re.search(r"\bREFRESH\s+DEFERRED\b", rest, re.IGNORECASE) is not None,
        refresh_type="MANUAL" if re.search(r"\bMANUAL\b", rest, re.IGNORECASE) else "ASYNC",
        # As many partitions as one task run takes; 1 unless the view says another number.
        runs_of=max(int(properties.get("partition_refresh_number", "1")), 1),
        replicas=int(properties.get("replication_num", _DEFAULT_REPLICAS)),
    )


def _columns(text: str) -> tuple[list[str] | None, str]:
    """The list of columns that the clauses begin with, and what follows it."""
    text = text.strip()
    if not text.startswith("("):
        return None, text
    depth, quote = 0, ""
    for position, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"`":
            quote = letter
        else:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if depth == 0:
                inner = re.sub(rf"COMMENT\s+{LITERAL}", "", text[1:position], flags=re.IGNORECASE)
                return [parts_of(each)[0] for each in inner.split(",")], text[position + 1 :]
    raise syntax_error(text)


def refresh_request_of(text: str) -> RefreshRequest:
    """Read what follows the view's name. Without WITH SYNC MODE it is asynchronous."""
    found = _REFRESH.fullmatch(text)
    if found is None:
        raise syntax_error(f"REFRESH MATERIALIZED VIEW ...{text}")
    start, end = (text_of(found[each]) if found[each] else None for each in ("start", "end"))
    for each in (start, end):
        if each is not None and not _is_date(each):
            raise analysis_error(f"Invalid date value '{each}'")
    if start is not None and end is not None and start >= end:
        raise analysis_error(f"the start {start} of the partitions is not before the end {end}")
    chosen = re.findall(LITERAL, found["chosen"]) if found["chosen"] else None
    return RefreshRequest(
        start=start,
        end=end,
        chosen=tuple(text_of(each) for each in chosen) if chosen is not None else None,
        force=bool(found["force"]),
        sync=(found["mode"] or "ASYNC").upper() == "SYNC",
    )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def output_columns(query: str) -> dict[str, str | None]:
    """The query's columns, each with the column it is taken from as it is; None: an expression."""
    try:
        tree = parse_one(query, dialect="starrocks")
    except SqlglotError as error:
        raise syntax_error(query) from error
    assert isinstance(tree, exp.Query)
    return {
        each.alias_or_name: inner.name if isinstance(inner := each.unalias(), exp.Column) else None
        for each in tree.selects
    }


def check_partitioning(definition: Definition, source: str | None, base: CachedTable) -> None:
    """Raise what StarRocks raises for a base table whose partitions the view cannot follow."""
    if definition.partition_column is None:
        return
    table = base.table
    name = ".".join(table.name())
    if len(table.specs()) > 1:
        raise analysis_error(
            f"Do not support create materialized view when base iceberg "
            f"table {name} has partition evolution"
        )
    for field in table.spec().fields:
        if table.schema().find_column_name(field.source_id) != source:
            continue
        if isinstance(field.transform, IdentityTransform):
            return
        unit = _UNITS.get(definition.unit or "")
        if unit is not None and isinstance(field.transform, unit):
            return
        raise analysis_error(
            f"Do not support create materialized view when base iceberg "
            f"table {name} is partitioned by {field.transform} of {source}"
        )
    raise analysis_error(
        f"Materialized view partition column in partition exp "
        f"{definition.partition_column} must be base table partition column"
    )
