"""The truth: which rows of a day the shop made wrong, in a file that the warehouse never reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from examples.sample_shop.errors.injection import Injection

TRUTH = "_truth"
"""Folder in the landing folder; one `<day>.jsonl` for each day with errors asked for."""

TruthRow = tuple[object, ...]
"""One injected error, with the columns of `Injection.truth_sql`."""


def truth_rows(
    cursor: duckdb.DuckDBPyConnection, injection: Injection, select: str, slice_: dict[str, int]
) -> list[TruthRow]:
    """What the errors do to one slice of a source."""
    return cursor.execute(injection.truth_sql(select), slice_).fetchall()


def write_truth(landing: Path, day: date, rows: Iterable[TruthRow]) -> None:
    """Write a day's truth aside and rename it into place; the same errors give the same bytes."""
    path = landing / TRUTH / f"{day.isoformat()}.jsonl"
    path.parent.mkdir(exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text("".join(sorted(_line(row, day) for row in rows)), encoding="utf-8")
    aside.replace(path)


def _line(row: TruthRow, day: date) -> str:
    kind, scenario, also_seen_by, source, effect, keys, column, expected, given, currency = row
    content = {
        "kind": kind,
        "scenario": scenario,
        "also_seen_by": also_seen_by,
        "source": source,
        "day": day.isoformat(),
        "effect": effect,
        "keys": json.loads(str(keys)),
        "column": column,
        "expected": expected,
        "given": given,
        "currency": currency,
    }
    return json.dumps(content, ensure_ascii=False) + "\n"
