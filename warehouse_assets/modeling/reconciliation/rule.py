"""What a rule says: two sides, how their rows are matched, what is compared, what is tolerated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from warehouse_assets.modeling.declaration.windows import ReadWindow, history, same_day

SideName = Literal["left", "right"]
Match = Literal["1:1", "1:n", "n:1", "n:m"]
Compare = Literal["equal", "at most"]
SIDES: tuple[SideName, SideName] = ("left", "right")
OTHER: Mapping[SideName, SideName] = MappingProxyType({"left": "right", "right": "left"})
DECISIONS = "ods_reconciliation_decision"
ADJUSTMENTS = "dwd_manual_adjustment"
"""Where people are heard: inputs of every rule."""
CONFIRMED = "confirmed"
"""The pass of rows that a person says belong together."""
NO_CURRENCY = "XXX"
"""ISO 4217: no currency is involved; of points and units."""


@dataclass(frozen=True)
class StatusWords:
    """A status in the rule's words. Made by `status()`."""

    column: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Figure:
    """A further figure of a side, and how it is said. Made by `figure()`."""

    sql: str
    word: str = ""
    unit: str | None = None


@dataclass(frozen=True)
class Side:
    """One side of a rule. Made by `side()`; the texts are SQL over the table's columns."""

    table: str
    row: str
    amount: str
    word: str
    window: ReadWindow
    where: str
    date: str
    currency: str | None
    status: str | StatusWords | None
    fee: str | None
    figures: Mapping[str, Figure]
    rows: str
    reads: Mapping[str, ReadWindow]

    @property
    def status_column(self) -> str | None:
        """Column, or SQL, of the status, in whichever words."""
        return self.status.column if isinstance(self.status, StatusWords) else self.status

    @property
    def source(self) -> str:
        """What its rows are read from, in FROM."""
        return f"({self.rows.strip()}) AS source" if self.rows else self.table

    @property
    def is_due(self) -> str:
        """Whether a row is compared on the days of the run, as SQL."""
        condition = f"({self.where}) AND " if self.where else ""
        return f"{condition}{self.date} >= :start AND {self.date} < :end"


@dataclass(frozen=True)
class Tolerance:
    """How far two amounts may lie apart. Made by `tolerance()`."""

    absolute: Decimal | Mapping[str, Decimal] = Decimal(0)
    per_line: Decimal = Decimal(0)
    relative: Decimal = Decimal(0)
    take: Literal["larger", "smaller"] = "larger"


EXACT = Tolerance()


@dataclass(frozen=True)
class Pass:
    """One way to match rows. Made by match_key(), match_alike() and match_sum()."""

    name: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    kind: Literal["key", "alike", "sum"]
    days: int = 0
    suggests: bool = False
    members: int = 0


@dataclass(frozen=True)
class Rule:
    """A reconciliation, as its module declares it. Made by `reconciliation()`."""

    left: Side
    right: Side
    match: Match
    passes: tuple[Pass, ...]
    tolerance: Tolerance
    fee_tolerance: Tolerance
    figure_tolerances: Mapping[str, Tolerance]
    compare: Compare
    open_days: int
    days_apart: int
    diff_rate: Decimal

    def side(self, name: SideName) -> Side:
        """The side of that name."""
        return self.left if name == "left" else self.right

    def is_many(self, name: SideName) -> bool:
        """Whether the rows of a side are summed up by the key of the first pass."""
        return self.match.split(":")[0 if name == "left" else 1] != "1"

    @property
    def counts_lines(self) -> bool:
        """Whether an item may have several rows of a side."""
        return self.match != "1:1"

    @property
    def reads(self) -> Mapping[str, ReadWindow]:
        """Every input; one that is read by several windows with that which shows most."""
        widest: dict[str, ReadWindow] = {}
        for name, window in self.windows:
            if name not in widest or window.shows_all_of(widest[name]):
                widest[name] = window
        return widest

    @property
    def windows(self) -> list[tuple[str, ReadWindow]]:
        """Each input with each of its windows, as they are declared."""
        sides = (self.left, self.right)
        read = [each for side in sides for each in ((side.table, side.window), *side.reads.items())]
        return [*read, (ADJUSTMENTS, same_day()), (DECISIONS, history())]

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of the further figures that are compared, in order."""
        return tuple(self.left.figures)


def side(
    table: str,
    *,
    row: str,
    amount: str,
    word: str,
    window: ReadWindow | None = None,
    where: str = "",
    date: str = "dt",
    currency: str | None = "currency",
    status: str | StatusWords | None = None,
    fee: str | None = None,
    figures: Mapping[str, str | Figure] | None = None,
    rows: str = "",
    reads: Mapping[str, ReadWindow] | None = None,
) -> Side:
    """Declare one side of a reconciliation: which rows, and what of them is compared.

    Args:
        table: The table whose rows are compared.
        row: Column, or SQL, that tells the rows apart, whatever their day.
        amount: Column, or SQL, of the amount; of units or points where `currency` is None. Each row
            has one: a run refuses rows in which it is NULL.
        word: What the side did with the money, as a past participle: paid, billed.
        window: Its partitions that a run sees; by default that of the day.
        where: Which rows are compared, as SQL; without it all are.
        date: Column, or SQL, of the business date on which a row is due to be matched; where it is
            NULL the row never is.
        currency: Column, or SQL, of the currency; None: units or points are counted.
        status: Column, SQL or status(...) of what must be equal on both sides.
        fee: Column, or SQL, of the fee. NULL is not known, and agrees with nothing.
        figures: Further figures by name, such as the tax, as SQL or figure(...); the other side
            has the same names. NULL is not known, likewise.
        rows: A SELECT that gives the rows, in place of the table's own: joins, sums, conditions.
            The other arguments are over what it gives.
        reads: Further tables that `rows` reads, with their windows.
    """
    return Side(
        table,
        row,
        amount,
        word,
        window or same_day(),
        where,
        date,
        currency,
        status,
        fee,
        {
            name: Figure(each) if isinstance(each, str) else each
            for name, each in (figures or {}).items()
        },
        rows,
        dict(reads or {}),
    )


def status(column: str, words: Mapping[str, str]) -> StatusWords:
    """A status in words that both sides share: status("order_status", {"shipped": "paid"}).

    A value that is not named stays as it is.
    """
    return StatusWords(column, dict(words))


def figure(sql: str, *, word: str = "", unit: str | None = None) -> Figure:
    """A further figure whose words are not those of the side's amount.

    Args:
        sql: Column, or SQL, of the figure.
        word: What the side did, as a past participle, where that of its amount does not fit.
        unit: What is counted, as "points"; "": nothing to say. None: the currency of the row.
    """
    return Figure(sql, word, unit)


def tolerance(
    absolute: Decimal | Mapping[str, Decimal] = Decimal(0),
    *,
    per_line: Decimal = Decimal(0),
    relative: Decimal = Decimal(0),
    take: Literal["larger", "smaller"] = "larger",
) -> Tolerance:
    """How far two amounts may lie apart and still agree; what does is counted, not hidden.

    Args:
        absolute: An amount, or one for each currency; 0 for currencies that are not named.
        per_line: An amount for each row of the side that has more of them.
        relative: A share of the larger amount, rounded to the cent.
        take: Of several of these, the larger or the smaller counts.
    """
    return Tolerance(absolute, per_line, relative, take)


def match_key(name: str, *, left: Sequence[str], right: Sequence[str]) -> Pass:
    """The first pass: rows with the same key belong together, whatever their amounts and days.

    Args:
        name: What the key is called, as "outward number".
        left: Columns, or SQL, of the left's key.
        right: Those of the right's, in the same order.
    """
    return Pass(name, _parts(left), _parts(right), "key")


def match_alike(
    name: str, *, left: Sequence[str], right: Sequence[str], days: int, suggests: bool = False
) -> Pass:
    """A loose pass: what is left over, has the same key here and exactly the same amount.

    Of several that fit the one on the nearest day is taken; if there are several of these, the
    item is ambiguous.

    Args:
        name: What the pass is called, as "amount and day".
        left: Columns, or SQL, of the left's key in this pass.
        right: Those of the right's.
        days: How many days the two may lie apart.
        suggests: A match stays open, as suggested, until a person confirms or rejects it.
    """
    return Pass(name, _parts(left), _parts(right), "alike", days, suggests)


def match_sum(
    name: str, *, left: Sequence[str], right: Sequence[str], days: int, members: int = 4
) -> Pass:
    """A loose pass: rows of the many side whose sum is exactly one row of the other.

    Sums of one to `members` rows are looked for, where at most 12 rows are near enough; where
    several sums fit, the item is ambiguous.

    Args:
        name: What the pass is called, as "sum of the day".
        left: Columns, or SQL, of the left's key in this pass.
        right: Those of the right's.
        days: How many days a row may lie from the other side's.
        members: How many rows a sum has at most, 1 to 4.
    """
    return Pass(name, _parts(left), _parts(right), "sum", days, False, members)


def _parts(key: Sequence[str]) -> tuple[str, ...]:
    """The parts of a key; a text by itself, left="order_no", is the one part of it."""
    return (key,) if isinstance(key, str) else tuple(key)
