"""Checks of columns, of rows and of whole partitions, as a table's module declares them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from resources.lake.model.table_spec import Rule, Severity
from warehouse_assets.modeling.declaration.column_types import Text, is_value
from warehouse_assets.modeling.load_errors import nearest

_COMPARISONS = {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
_LISTS = {"isin": "one of", "notin": "none of"}
_TEXTS = {
    "str_matches": "matches", "str_contains": "contains",
    "str_startswith": "begins with", "str_endswith": "ends with",
}  # fmt: skip
_RANGES = {
    "in_range": {"min_value", "max_value", "include_min", "include_max"},
    "str_length": {"min_value", "max_value", "exact_value"},
}
_CHECKS = (*_COMPARISONS, *_LISTS, *_TEXTS, *_RANGES)

ONE_ROW = Rule(
    name="unique_key",
    check="unique_key",
    expression="COUNT(*) <= 1",
    severity=Severity.ERROR,
    whole_partition=True,
)
"""What the audit holds a table without a key to: nothing would tell several rows apart."""


@dataclass(frozen=True)
class ColumnCheck:
    """A check of a column's values, one of pandera's: `name` and `value` as in `ge=0`.

    The value of isin and notin is a tuple, that of in_range and str_length a tuple of pairs.
    """

    name: str
    value: Any
    raise_warning: bool = False

    def __str__(self) -> str:
        """In a few words: `≥ 0`, `one of paid, shipped`; `usually` where it only warns."""
        usually = "usually " if self.raise_warning else ""
        if self.name in _RANGES:
            given = ", ".join(f"{name}={value}" for name, value in self.value)
            return f"{usually}{self.name}({given})"
        words = (_COMPARISONS | _LISTS | _TEXTS)[self.name]
        value = ", ".join(map(str, self.value)) if self.name in _LISTS else self.value
        return f"{usually}{words} {value}"

    @property
    def declared(self) -> str:
        """The check as the contract writes it."""
        value = list(self.value) if self.name in _LISTS else self.value
        return f"{self.name}={dict(value) if self.name in _RANGES else value!r}"

    @property
    def asset_check(self) -> str:
        """The asset check that broken values are counted under."""
        return "unusual_values" if self.raise_warning else "valid_values"

    @property
    def severity(self) -> Severity:
        """Whether a broken value stops the publish."""
        return Severity.WARN if self.raise_warning else Severity.ERROR

    def problem_with(self, annotation: object) -> str | None:
        """Why the check does not go with a column of that type; None: it does."""
        if self.name.startswith("str_"):
            return None if annotation == Text else "is for texts"
        values = self.value if self.name in _LISTS else [self.value]
        if self.name in _RANGES:
            values = [value for name, value in self.value if not name.startswith("include_")]
        wrong = [value for value in values if not is_value(value, annotation)]
        return f"compares it with {wrong[0]!r}" if wrong else None


def column_checks(declared: Mapping[str, Any]) -> tuple[ColumnCheck, ...]:
    """The checks that a column's keyword arguments declare, in their order.

    Raises:
        TypeError: If there is no such check, or its value has another form; says what to write.
    """
    return tuple(
        ColumnCheck(name, _value(name, value), bool(declared.get("raise_warning", False)))
        for name, value in declared.items()
        if name != "raise_warning"
    )


def _value(name: str, value: Any) -> Any:
    """The value as it is kept: nothing in it changes."""
    if name not in _CHECKS:
        step = nearest(name, _CHECKS)
        hint = f"did you mean {step}?" if step else f"there are {', '.join(_CHECKS)}"
        raise TypeError(f"there is no check {name}: {hint}")
    if name in _LISTS:
        if isinstance(value, str) or not isinstance(value, Collection) or not value:
            raise TypeError(f'{name} is {value!r}: write the values as {name}=["a", "b"]')
        return tuple(sorted(value) if isinstance(value, set | frozenset) else value)
    if name in _RANGES:
        if not isinstance(value, Mapping) or not value or value.keys() - _RANGES[name]:
            raise TypeError(f'{name} is {value!r}: write {name}={{"min_value": 1, "max_value": 9}}')
        return tuple(value.items())
    if name in _TEXTS and not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}: write a text")
    if name == "str_matches":
        try:
            re.compile(value)
        except re.error as error:
            raise TypeError(f"{name} is {value!r}, no regular expression: {error}") from error
    return value


@dataclass(frozen=True)
class RowCheck:
    """A condition on each row, as a SQL expression over the table's own columns.

    A row for which it is NULL holds, as in SQL's CHECK: whether a value may be missing is for the
    contract to say. With `whole_partition` it is a condition on a partition: an expression over
    aggregates, and broken where it is NULL.
    """

    name: str
    condition: str
    severity: Severity
    whole_partition: bool = False


def check(name: str, condition: str, *, warn: bool = False) -> RowCheck:
    """A condition on each row. It stops the publish when a row breaks it.

    With `warn` the broken rows are counted and shown, and published all the same.
    """
    return RowCheck(name, condition, Severity.WARN if warn else Severity.ERROR)


def delivered_in_time(event_time: str, *, days: int) -> RowCheck:
    """Rows that facts see: delivered from the business date of `event_time` to `days` later.

    The others are counted, shown and kept. A row without the instant has no day to be late for.
    """
    day = f"business_date({event_time})"
    condition = f"dt >= {day} AND dt <= {day} + INTERVAL {days} DAY"
    return check("delivered_in_time", condition, warn=True)


def guard(name: str, condition: str, *, warn: bool = False) -> RowCheck:
    """A condition on a partition as a whole, such as "COUNT(*) > 0" or a bound of a sum.

    It stops the publish of the run where it is false or NULL, unless `warn`. A sum of no rows is
    NULL: write COALESCE(SUM(x), 0) where a partition may be empty.
    """
    severity = Severity.WARN if warn else Severity.ERROR
    return RowCheck(name, condition, severity, whole_partition=True)
