"""Checks of rows and of whole partitions, declared beside the table's SQL."""

from __future__ import annotations

from dataclasses import dataclass

from resources.lake.model.table_spec import Severity


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
