"""Bank statements of one delivery, looked at together: each is there once, and they follow on.

A statement that is sent again in other bytes, in another envelope or under another name, is known
by what it says of itself: its account, its number and its balances.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from resources.errors import SourceError


@dataclass(frozen=True)
class BankStatement:
    """What a statement says of itself, all its pages together.

    Attributes:
        account: The account, as the bank writes it.
        names: What tells it from the account's others, and is never used twice.
        number: Its number, which begins anew each year; None: it has none.
        day: The date of its closing balance, YYYY-MM-DD; "" if it has none.
        opening: The balance that it begins with, with its sign; `closing`, the one it ends with.
    """

    account: str
    currency: str
    names: tuple[str, ...]
    number: int | None
    day: str
    opening: Decimal
    closing: Decimal
    has_entries: bool

    @property
    def year(self) -> str:
        """The year of its closing balance; "" where that has no date."""
        return self.day[:4]

    def __str__(self) -> str:
        told = self.names[0] if self.names else self.number
        return f"statement {told} of {self.account}"


class DeliveredStatement(NamedTuple):
    """A statement, and the file that it came in."""

    file: str
    statement: BankStatement


def require_once(delivered: Sequence[DeliveredStatement]) -> None:
    """Raise SourceError if a statement is there twice, or begins elsewhere than the last one ended.

    Some banks give all their statements one number: those are right as long as each begins with
    the balance that another ends with.
    """
    accounts: dict[tuple[str, str], list[DeliveredStatement]] = defaultdict(list)
    for each in delivered:
        accounts[each.statement.account, each.statement.currency].append(each)
    for of_account in accounts.values():
        moving = [each for each in of_account if each.statement.has_entries]
        for alike in _alike(moving).values():
            _require_path(alike)
        _require_other_balances(moving)
        _require_consecutive(of_account)


def _alike(
    statements: Sequence[DeliveredStatement],
) -> Mapping[tuple[str, object], Sequence[DeliveredStatement]]:
    """Statements of one name, and those of one number in a year."""
    alike: dict[tuple[str, object], list[DeliveredStatement]] = defaultdict(list)
    for each in statements:
        for name in each.statement.names:
            alike["name", name].append(each)
        if each.statement.number is not None:
            alike[each.statement.year, each.statement.number].append(each)
    return alike


def _require_path(alike: Sequence[DeliveredStatement]) -> None:
    """Statements of one name are several ones only if they lead from one balance to another."""
    openings = Counter(each.statement.opening for each in alike)
    closings = Counter(each.statement.closing for each in alike)
    _require_distinct(alike)
    if (openings - closings).total() > 1:
        raise _twice(alike[0], alike[1])


def _require_other_balances(statements: Sequence[DeliveredStatement]) -> None:
    """Two statements of a day do not both lead from one balance to one other."""
    told = [(each, each.statement) for each in statements]
    _require_distinct([each for each, its in told if its.day and its.opening != its.closing])


def _require_distinct(statements: Sequence[DeliveredStatement]) -> None:
    """No two of them are of one day and lead from one balance to one other."""
    seen: dict[tuple[str, Decimal, Decimal], DeliveredStatement] = {}
    for each in statements:
        told = each.statement
        first = seen.setdefault((told.day, told.opening, told.closing), each)
        if first is not each:
            raise _twice(first, each)


def _require_consecutive(statements: Sequence[DeliveredStatement]) -> None:
    numbered: dict[tuple[str, int], list[DeliveredStatement]] = defaultdict(list)
    for each in statements:
        if each.statement.number is not None:
            numbered[each.statement.year, each.statement.number].append(each)
    for (year, number), before in numbered.items():
        behind = numbered.get((year, number + 1), [])
        closings = {each.statement.closing for each in before}
        if behind and closings.isdisjoint(each.statement.opening for each in behind):
            one, other = before[0], behind[0]
            raise SourceError(
                f"{other.file}: {other.statement} begins with {other.statement.opening:f} "
                f"{other.statement.currency}, and {one.statement} in {one.file}, the one before "
                f"it, ends with {one.statement.closing:f}",
                "Have both delivered again: entries are missing, or one of them is not the last "
                "version.",
            )


def _twice(one: DeliveredStatement, other: DeliveredStatement) -> SourceError:
    where = (
        f"is in {one.file} twice" if one.file == other.file else f"is in {one.file} "
        f"and in {other.file}"
    )  # fmt: skip
    named = f"{one.statement}"
    if one.statement.names != other.statement.names:
        named += f", also called {other.statement},"
    return SourceError(
        f"{named} {where}: its entries would count twice",
        "Remove the file that is not valid, or have the right one delivered.",
    )
