"""Checks that look at several columns of a row, declared beside the table's SQL."""

from __future__ import annotations

from dataclasses import dataclass

from resources.lake.table_spec import Severity


@dataclass(frozen=True)
class RowCheck:
    """A condition on each row, as a SQL expression over the table's own columns."""

    name: str
    condition: str
    severity: Severity


def must(name: str, condition: str) -> RowCheck:
    """A condition that stops the publish when a row breaks it."""
    return RowCheck(name, condition, Severity.ERROR)


def should(name: str, condition: str) -> RowCheck:
    """A condition whose broken rows are counted and shown, and published all the same."""
    return RowCheck(name, condition, Severity.WARNING)
