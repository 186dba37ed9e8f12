"""A metric: a figure of the business, declared once and taken by name wherever it is shown."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from warehouse_assets.modeling.load_errors import LoadError, declaration_error

Unit = Literal["money", "count", "quantity", "points", "rate"]
Additivity = Literal["additive", "semi-additive", "non-additive"]

TYPES: Mapping[Unit, str] = {
    "money": "DECIMAL(18,2)",
    "count": "BIGINT",
    "quantity": "BIGINT",
    "points": "BIGINT",
    "rate": "DECIMAL(9,6)",
}
"""The type of a column that carries a metric of the unit."""

TIME = "dt"
"""How `not_over` names time: the partition column that every daily table has."""


@dataclass(frozen=True)
class Metric:
    """An aggregate over one fact. Made by `metric()`; the library gives it its variable's name.

    Attributes:
        over: The fact: a table with one row per event or level.
        expression: Aggregates of the fact's columns, in the portable subset.
        dates: What it can be counted by -> the fact's column; the first one is the default.
        not_over: Columns over which values must not be summed up; None: over none at all.
    """

    name: str
    meaning: str
    unit: Unit
    owner: str
    path: Path
    over: str
    expression: str
    dates: Mapping[str, str]
    not_over: tuple[str, ...] | None

    @property
    def additivity(self) -> Additivity:
        """Whether values may be summed up over everything, something or nothing."""
        if self.not_over is None:
            return "non-additive"
        return "semi-additive" if self.not_over else "additive"

    @property
    def null(self) -> bool:
        """Whether a column that carries it may be without a value."""
        return False

    def error(self, message: str, text: str | None = None, step: str | None = None) -> LoadError:
        """An error about the declaration; `text` is something on the line at fault."""
        return declaration_error(self.name, self.path, message, text, step)


@dataclass(frozen=True)
class RatioMetric:
    """One metric divided by another, each summed up first. Made by `ratio()`.

    Attributes:
        part: Name of the metric above the line.
        whole: Name of the metric below it; where it is 0 there is no ratio.
        counted_by: The dates of part and whole, where they are not the same.
    """

    name: str
    meaning: str
    unit: Unit
    owner: str
    path: Path
    part: str
    whole: str
    counted_by: tuple[str, str] | None

    @property
    def additivity(self) -> Additivity:
        """A ratio is never summed up: its parts are."""
        return "non-additive"

    @property
    def null(self) -> bool:
        """Whether a column that carries it may be without a value."""
        return True

    def error(self, message: str, text: str | None = None, step: str | None = None) -> LoadError:
        """An error about the declaration; `text` is something on the line at fault."""
        return declaration_error(self.name, self.path, message, text, step)


AnyMetric = Metric | RatioMetric


def metric(
    meaning: str,
    expression: str,
    *,
    over: str,
    unit: Unit,
    dates: Mapping[str, str],
    owner: str,
    additivity: Additivity = "additive",
    not_over: Sequence[str] = (TIME,),
) -> Metric:
    """Declare a metric of the calling module: its variable's name is its name everywhere.

    Args:
        meaning: What a value says; it becomes the meaning of every column that carries it.
        expression: Aggregates over columns of the fact, such as "SUM(pay_amount)".
        over: The fact.
        unit: money (grouped by currency always), count, quantity, points or rate.
        dates: What it is counted by -> the fact's date column, the default first:
            {"ordered": "dt", "paid": "paid_date"}.
        owner: A team ("team:trade") or an e-mail address.
        additivity: "additive": values may be summed up; "semi-additive": not over `not_over`;
            "non-additive": never, as with counts of distinct users.
        not_over: Of a semi-additive metric, the columns it must not be summed up over. Time, for
            levels such as stock, is "dt".
    """
    path = _calling_module()
    forbidden = {"additive": (), "semi-additive": tuple(not_over), "non-additive": None}
    one_line = " ".join(expression.split())
    return Metric("", meaning, unit, owner, path, over, one_line, dates, forbidden[additivity])


def ratio(
    meaning: str,
    *,
    part: str,
    whole: str,
    owner: str,
    unit: Unit = "rate",
    counted_by: tuple[str, str] | None = None,
) -> RatioMetric:
    """Declare a metric that divides one metric by another.

    Args:
        meaning: What a value says.
        part: Name of the metric above the line.
        whole: Name of the metric below the line.
        owner: A team or an e-mail address.
        unit: rate, or money for an amount each.
        counted_by: The dates of part and whole, where they differ: ("refunded", "paid").
    """
    path = _calling_module()
    return RatioMetric("", meaning, unit, owner, path, part, whole, counted_by)


def _calling_module() -> Path:
    return Path(sys._getframe(2).f_globals["__file__"])  # pyright: ignore[reportPrivateUsage]
