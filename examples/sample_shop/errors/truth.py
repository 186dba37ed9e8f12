"""The truth about a shop's errors: a file a day that the warehouse never reads, and its reader."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from resources.errors import SourceError

TRUTH = "_truth"
"""Folder in the landing folder; one `<day>.jsonl` for each day of a shop with errors."""

TruthRow = tuple[object, ...]
"""One injected error, with the columns of `Injection.truth_sql`."""


def write_truth(landing: Path, day: date, rows: Iterable[TruthRow]) -> None:
    """Write a day's truth aside and rename it into place; the same errors give the same bytes."""
    path = landing / TRUTH / f"{day.isoformat()}.jsonl"
    path.parent.mkdir(exist_ok=True)
    aside = path.with_suffix(".aside")
    aside.write_text("".join(sorted(_line(row, day) for row in rows)), encoding="utf-8")
    aside.replace(path)


def _line(row: TruthRow, day: date) -> str:
    (
        kind, scenario, also_seen_by, source, effect, keys, column, expected, given, currency,
        expected_row, given_row,
    ) = row  # fmt: skip
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
        "expected_row": _parsed_row(expected_row),
        "given_row": _parsed_row(given_row),
    }
    return json.dumps(content, ensure_ascii=False) + "\n"


def _parsed_row(row: object) -> Mapping[str, str | None] | None:
    return None if row is None else json.loads(str(row))


@dataclass(frozen=True)
class InjectedError:
    """One error that the shop put into its deliveries.

    Args:
        kind: Its name in errors.registry.ERROR_KINDS.
        scenario: The reconciliation that exists to find it, 1 to 18; None: another report does.
        also_seen_by: Other reconciliations that find a difference because of it.
        source: Folder in the landing folder of the row.
        effect: changed, missing (the row is not delivered) or added (it should not be there).
        keys: What names the row, by column of the source; None where the row has no value.
        column: The column that is wrong; of a missing or added row, the one that says how much.
        expected: What the column should hold, as text; None where no row should be.
        given: What it holds, as text; None where no row is.
        currency: The row's, as it should be; None where it has none.
        expected_row: The columns of ErrorSource.told as they should be; None where no row should.
        given_row: The same as they are; None where no row is.
        day: The day that delivered the row, or should have; the first one if it is told again.
    """

    kind: str
    scenario: int | None
    also_seen_by: tuple[int, ...]
    source: str
    effect: str
    keys: Mapping[str, str | None]
    column: str
    expected: str | None
    given: str | None
    currency: str | None
    expected_row: Mapping[str, str | None] | None
    given_row: Mapping[str, str | None] | None
    day: date


def read_truth(landing: Path, days: Iterable[date]) -> tuple[InjectedError, ...]:
    """Every error in the deliveries of the days, each once, in the order of the days.

    A row that is told again, or in a newer version, has its error again: the first one counts.

    Args:
        landing: The landing folder of a shop with errors.
        days: Delivered days, such as a Window of them.

    Raises:
        SourceError: If a day's truth is not there or cannot be read.
    """
    errors: dict[tuple[object, ...], InjectedError] = {}
    for day in sorted(days):
        path = landing / TRUTH / f"{day.isoformat()}.jsonl"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            found = [_parsed(json.loads(line)) for line in lines]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"The truth of {day} in {path} cannot be read: {error}",
                "Fill the day into an empty landing folder, with rates of errors.",
            ) from error
        for each in found:
            named = (each.kind, each.source, each.effect, *sorted(each.keys.items(), key=str))
            errors.setdefault((*named, each.expected, each.given), each)
    return tuple(errors.values())


def _parsed(content: Mapping[str, Any]) -> InjectedError:
    keys: Mapping[str, object] = content["keys"]
    texts = {name: None if value is None else str(value) for name, value in keys.items()}
    rest: dict[str, Any] = {
        **content,
        "also_seen_by": tuple(content["also_seen_by"]),
        "keys": texts,
        "day": date.fromisoformat(content["day"]),
    }
    return InjectedError(**rest)
