"""What a kind of error is: what it does to a row, and who exists to find it.

A kind changes only what it is about. Sums that contain the row stay as they are: a bill whose
row has another amount keeps the summary of the bill that it should have been. Which other
scenarios see such a difference is stated beside the kind, row by row: a payment that is not told
is missing to its invoice only where there is one.

What the scenarios are taken to compare, where warehouse and shop leave a choice:

- 6: refunds of after-sales; a chargeback needs none.
- 8: every successful line of a bill, one that is repeated too, by file and currency.
- 9: each transaction of a bill once, by the bill it stands on and its currency.
- 11: lines whose shipment was delivered; the commission that was charged, the refunds of the line's
  after-sale, whether they name it or not, the platform's share of its coupon.
- 15: refunds to wallets, too.
- 17: orders that have an invoice.
- 18: the journal, by account, currency and day. It shows the sum, not the row, and errors of one
  account and day whose amounts cancel out are seen by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class Effect(Enum):
    """What becomes of a row."""

    CHANGED = "The row is another one than it should be."
    MISSING = "The row is not delivered."
    ADDED = "The row is there, and a changed one beside it."
    POSTPONED = "The row is not delivered on its day, and changed on the next: is_postponed."


@dataclass(frozen=True)
class Seen:
    """A scenario that sees an error as well, of the rows for which the SQL `where` is true."""

    scenario: int
    where: str = "true"


@dataclass(frozen=True)
class ErrorKind:
    """One kind of injected error.

    Args:
        name: What it is called on the command line and in the truth file.
        meaning: What is wrong with the row, as a phrase.
        scenario: The reconciliation that exists to find it, 1 to 18; None: another report does.
        column: The column that is wrong; of a missing or added row, the one that says how much.
        effect: What becomes of the row.
        changes: Columns that differ, as SQL over the row. `error_noise` is a random number.
        eligible: SQL over the row: whether the error may happen to it.
        also_seen_by: Other reconciliations that find a difference because of it.
        cannot_be_told: What of it nobody can tell from the data, as a sentence; nothing if empty.
    """

    name: str
    meaning: str
    scenario: int | None
    column: str
    effect: Effect = Effect.CHANGED
    changes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    eligible: str = "true"
    also_seen_by: tuple[Seen, ...] = ()
    cannot_be_told: str = ""


@dataclass(frozen=True)
class ErrorSource:
    """A source that may hold errors.

    Args:
        sources: Folders in the landing folder whose rows have the columns.
        chosen_by: Columns whose values decide whether an error happens: a row that is delivered
            again, or in a newer version, has the same error.
        keys: Columns that the truth file names the row by.
        kinds: What may be wrong. A row has at most one error: the first that chooses it.
        has_currency: Whether the row has a currency.
        told: Columns that the truth file tells of the row as it should be, and as it is: those
            that sums and books are made of. The currency is told of every row that has one.
    """

    sources: tuple[str, ...]
    chosen_by: tuple[str, ...]
    keys: tuple[str, ...]
    kinds: tuple[ErrorKind, ...]
    has_currency: bool = True
    told: tuple[str, ...] = ()


MORE_CENTS = "amount(6 + below(error_noise, 44))"
"""Above every tolerance, also of five lines, and too little for a fee on it to differ by more than
a cent."""
MORE_MONEY = "amount(100 + below(error_noise, 99900))"
"""Above every tolerance of a day's total."""


def seen(*scenarios: int, where: str = "true") -> tuple[Seen, ...]:
    """Scenarios that see an error as well, of the rows for which the SQL `where` is true."""
    return tuple(Seen(scenario, where) for scenario in scenarios)


def raised(column: str, by: str = MORE_CENTS) -> dict[str, str]:
    """The change of an amount by another one, as SQL."""
    return {column: f"({column} + {by})::DECIMAL(18, 2)"}
