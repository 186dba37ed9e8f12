"""The lines of a report on a day, from a view: totals, their trend, and the items themselves."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from resources.identifiers import date_literal, quoted_list
from warehouse_assets.modeling.reconciliation.report_lines import AGREEMENT, ITEM, LINE_COLUMNS
from warehouse_assets.reporting.day_report import TREND_DAYS, Item, Totals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TOTALS = f"""
    SELECT rule, dt, currency,
        sum(item_count),
        coalesce(sum(item_count) FILTER (kind = '{AGREEMENT}'), 0),
        count(*) FILTER (standing = 'open'),
        count(*) FILTER (is_open),
        count(*) FILTER (standing = 'overdue'),
        count(*) FILTER (kind = '{ITEM}' AND NOT is_open),
        sum(left_amount),
        coalesce(sum(right_amount) FILTER (other_currency IS NULL), 0),
        coalesce(sum(abs(open_amount)) FILTER (is_open), 0),
        coalesce(sum(abs(open_amount)) FILTER (standing = 'overdue'), 0),
        coalesce(sum(open_amount) FILTER (is_open), 0)
    FROM lines WHERE kind <> 'rule' GROUP BY rule, dt, currency ORDER BY rule, dt, currency
"""


def trend_days(day: date) -> list[date]:
    """The 14 days that end with the day."""
    return [day - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1)]


class ShownLines:
    """What is shown of the view `lines` for a day."""

    def __init__(
        self, connection: DuckDBPyConnection, day: date, limit: int, only_open: bool
    ) -> None:
        self.day = day
        self._connection, self._limit, self._only_open = connection, limit, only_open
        self.totals = [Totals(*row) for row in connection.execute(_TOTALS).fetchall()]
        self._open: dict[str, dict[date, int]] = {}
        for rule, each in connection.execute(
            "SELECT rule, dt FROM lines WHERE kind = 'rule'"
        ).fetchall():
            self._open.setdefault(rule, {})[each] = 0
        for total in self.totals:
            self._open[total.rule][total.day] += total.open

    def trend(self, rule: str) -> tuple[int | None, ...]:
        """Open items on each of the 14 days; None where there are no results."""
        return tuple(self._open.get(rule, {}).get(each) for each in trend_days(self.day))

    def items(self, rule: str) -> tuple[list[Item], int]:
        """Items that do not agree, overdue and large ones first; and how many there are."""
        of_day = [each for each in self.totals if (each.rule, each.day) == (rule, self.day)]
        count = sum(each.open + (0 if self._only_open else each.closed) for each in of_day)
        return self._items.get(rule, []), count

    @cached_property
    def _items(self) -> dict[str, list[Item]]:
        """The first items of each rule, found by one look at all of them."""
        found: dict[str, list[Item]] = {}
        if not self._limit:
            return found
        where = " AND is_open" if self._only_open else ""
        order = "NOT is_open, standing <> 'overdue', abs(open_amount) DESC, line_id"
        # Values are no parameters: the engine's client imports pandas for these.
        cursor = self._connection.execute(
            f"SELECT {quoted_list(LINE_COLUMNS)} FROM lines "
            f"WHERE dt = {date_literal(self.day)} AND kind = '{ITEM}'{where} "
            f"QUALIFY row_number() OVER (PARTITION BY rule ORDER BY {order}) <= {self._limit:d} "
            f"ORDER BY rule, {order}"
        )
        for row in cursor.fetchall():
            item: Item = dict(zip(map(str, LINE_COLUMNS), row, strict=True))
            found.setdefault(item["rule"], []).append(item)
        return found
