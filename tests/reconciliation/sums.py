"""Rules that compare sums: each difference must be, to the cent, what the errors of its sum make.

A sum is of one file, batch, or account and day, in one currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Any

import duckdb

from examples.sample_shop.errors.truth import InjectedError
from tests.reconciliation.measured_shop import Row, rows
from tests.reconciliation.moved import Figures, Group, moves

RULES = ("rec_bill_summary", "rec_bill_payout", "rec_journal_ledger")


@dataclass(frozen=True)
class SumItem:
    """An item that reports a difference, and the sums that it is of: one, or one a day."""

    first_date: date
    groups: frozenset[Group]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Sums:
    """The sums of a rule: what the errors make of each, and what its items say."""

    rule: str
    expected: Mapping[Group, Figures]
    reported: Mapping[Group, Figures]
    items: Sequence[SumItem]

    @classmethod
    def read(
        cls,
        connection: duckdb.DuckDBPyConnection,
        rule: str,
        truth: Iterable[InjectedError],
        days: Sequence[date],
    ) -> Sums:
        """The sums of the days that are reconciled, by all errors that the rule sees."""
        moved: dict[Group, Figures] = {}
        for error in truth:
            for group, figures in moves(rule, error):
                moved[group] = _added(moved.get(group), figures)
        if rule == "rec_journal_ledger":
            moved = _balances(moved, days)
            items, figures = _open_balances(connection)
        else:
            items, figures = _latest_items(connection, rule)
        return cls(rule, moved, figures, items)

    def visible(self, error: InjectedError) -> frozenset[Group]:
        """The sums of an error whose errors do not add up to nothing."""
        groups = {group for group, figures in moves(self.rule, error) if any(figures)}
        return frozenset(group for group in groups if any(self.expected.get(group, ())))

    def is_exact(self, groups: Iterable[Group]) -> bool:
        """Whether the items say of each of these sums what its errors make."""
        return all(
            any(self.expected.get(group, ())) and self.reported.get(group) == self.expected[group]
            for group in groups
        )


def _added(one: Figures | None, other: Figures) -> Figures:
    return other if one is None else tuple(a + b for a, b in zip(one, other, strict=True))


def _balances(moved: Mapping[Group, Figures], days: Sequence[date]) -> dict[Group, Figures]:
    """How far the balances differ at the end of each day: by all that moved them until then."""
    by_account: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for (account, currency, day), (amount,) in moved.items():
        by_account[account, currency][day] += amount
    names = [day.isoformat() for day in days]
    return {
        (account, currency, day): (balance,)
        for (account, currency), amounts in by_account.items()
        for day, balance in zip(
            names, accumulate(amounts.get(day, Decimal(0)) for day in names), strict=True
        )
    }


def _open_balances(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[list[SumItem], Mapping[Group, Figures]]:
    """Every item that was open on any day: it is of the balance at the end of each of them."""
    found = rows(connection, "SELECT * FROM rec_journal_ledger WHERE is_open ORDER BY dt")
    reported: dict[Group, Figures] = {}
    groups, latest = defaultdict[str, set[Group]](set), dict[str, Row]()
    for row in found:
        account, currency = (row["left_key"] or row["right_key"]).split("|")
        group = (account, currency, row["dt"].isoformat())
        reported[group] = _added(reported.get(group), (row["difference_amount"],))
        groups[row["item_id"]].add(group)
        latest[row["item_id"]] = row
    items = [
        SumItem(row["first_date"], frozenset(groups[item]), row) for item, row in latest.items()
    ]
    return items, reported


def _latest_items(
    connection: duckdb.DuckDBPyConnection, rule: str
) -> tuple[list[SumItem], Mapping[Group, Figures]]:
    """Every item that is open in its latest results."""
    found = rows(
        connection,
        f"SELECT * FROM {rule} "
        "QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY dt DESC) = 1 AND is_open",
    )
    group_of, figures_of = _OF_ITEM[rule]
    reported: dict[Group, Figures] = {}
    items: list[SumItem] = []
    for row in found:
        group = group_of((row["left_key"] or row["right_key"]).split("|"))
        reported[group] = _added(reported.get(group), figures_of(row))
        items.append(SumItem(row["first_date"], frozenset([group]), row))
    return items, reported


def _file(key: Sequence[str]) -> Group:
    """channel/alipay/2026-01-01/part-00000.csv, and the currency."""
    _, channel, day, _ = key[0].split("/")
    return channel, day, key[1]


def _batch(key: Sequence[str]) -> Group:
    return key[0], key[3], key[2]


def _summary_figures(row: Row) -> Figures:
    further = (_less(row, f"figure_{number}_amount") for number in range(1, 5))
    return (row["difference_amount"], *further)


def _payout_figures(row: Row) -> Figures:
    return row["difference_amount"], _less(row, "fee_amount")


def _less(row: Row, column: str) -> Decimal:
    return Decimal(row[f"left_{column}"] or 0) - Decimal(row[f"right_{column}"] or 0)


_OF_ITEM: Mapping[str, tuple[Callable[[Sequence[str]], Group], Callable[[Row], Figures]]] = {
    "rec_bill_summary": (_file, _summary_figures),
    "rec_bill_payout": (_batch, _payout_figures),
}
