"""One CAMT.053 statement: what it says of itself, and whether its entries agree with that."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple
from xml.etree.ElementTree import Element

from resources.sources.formats.bank.bank_statements import BankStatement
from resources.sources.formats.bank.camt053_elements import (
    Camt053Damaged,
    Page,
    check_batch,
    money,
    page_of,
    sign_of,
)
from resources.sources.formats.xml_elements import text_of

# Of a statement of several pages, a page begins or ends with an interim balance.
_INTERIM = "ITBD"
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_NUMBERS = ("ElctrncSeqNb", "LglSeqNb")
_DATE_CHARACTERS = len("2026-01-31")


class Balance(NamedTuple):
    """A balance, its amount with its sign."""

    code: str
    amount: Decimal
    currency: str
    day: str = ""

    @property
    def is_final(self) -> bool:
        """Whether it is the statement's, not a page's."""
        return self.code != _INTERIM

    def __str__(self) -> str:
        return f"{self.code} {self.amount:f} {self.currency}"


class Ends(NamedTuple):
    """What is known of a statement, or of a page of one, when it was read."""

    named: str
    id: str
    account: str
    number: str | None
    page: Page | None
    opening: Balance
    closing: Balance
    has_entries: bool


class Statement:
    """One `Stmt`, taken element by element, from its beginning to its end."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.iban: str | None = None
        self.account: str | None = None
        self.number: str | None = None
        self.booked = 0
        self._page: Page | None = None
        self._balances: list[Balance] = []
        self._summaries: list[Element] = []
        self._counts = {(sign, booked): 0 for sign in (1, -1) for booked in (True, False)}
        self._sums = dict.fromkeys(self._counts, Decimal(0))
        self._currencies: set[str] = set()

    @property
    def named(self) -> str:
        """The statement, for messages and to find its other pages."""
        return f"statement {self.id} of {self.iban or self.account}"

    @property
    def entry(self) -> str:
        """The page, and the number on it of the booked entry that was taken last."""
        page = self._page.number.lstrip("0") if self._page else "1"
        return f"{page}.{self.booked}"

    def take(self, name: str, element: Element) -> None:
        """Keep what is no entry.

        Raises:
            Camt053Damaged: If a balance is none.
        """
        if name == "Id":
            self.id = (element.text or "").strip()
        elif name == "Acct":
            self.iban = text_of(element, "Id/IBAN")
            self.account = text_of(element, "Id/Othr/Id")
        elif name in _NUMBERS:
            # The number of what was sent electronically comes before that of what is legal.
            self.number = self.number or text_of(element, ".")
        elif name == "StmtPgntn":
            self._page = page_of(element)
        elif name == "TxsSummry":
            self._summaries.append(element)
        elif name == "Bal":
            code = text_of(element, "Tp/CdOrPrtry/Cd") or ""
            if code in (*_OPENING, *_CLOSING, _INTERIM):
                found = money(element, "Amt")
                signed = found.amount * sign_of(element)
                day = text_of(element, "Dt/Dt") or text_of(element, "Dt/DtTm") or ""
                self._balances.append(Balance(code, signed, found.currency, day[:_DATE_CHARACTERS]))

    def add(self, entry: Element, is_booked: bool) -> Decimal:
        """Count one entry; returns its amount with its sign.

        Raises:
            Camt053Damaged: If its amount or sign is none, or a batch in it does not agree.
        """
        amount, currency = money(entry, "Amt")
        sign = sign_of(entry)
        self._counts[sign, is_booked] += 1
        self._sums[sign, is_booked] += amount
        if is_booked:
            self.booked += 1
            self._currencies.add(currency)
        for details in entry.findall("NtryDtls"):
            check_batch(details)
        return amount * sign

    def ends(self) -> Ends:
        """Check the statement, now that it was read.

        Raises:
            Camt053Damaged: If a balance is missing, or the booked entries do not lead from one to
                the other, or its own counts and totals are others.
        """
        opening, closing = self._opening_and_closing()
        net = self._sums[1, True] - self._sums[-1, True]
        if {opening.currency, closing.currency, *self._currencies} != {opening.currency}:
            raise Camt053Damaged(
                f"{self.named} mixes currencies: {opening}, {closing}, entries in "
                f"{', '.join(sorted(self._currencies))}"
            )
        if opening.amount + net != closing.amount:
            raise Camt053Damaged(
                f"{self.named} does not tie: {opening}, entries {net:f}, {closing}"
            )
        for summary in self._summaries:
            for part, signs in (
                ("TtlNtries", (1, -1)),
                ("TtlCdtNtries", (1,)),
                ("TtlDbtNtries", (-1,)),
            ):
                for told in summary.findall(part):
                    self._check_total(told, signs)
        return Ends(
            named=self.named,
            id=self.id or "",
            account=self.iban or self.account or "",
            number=self.number,
            page=self._page,
            opening=opening,
            closing=closing,
            has_entries=self.booked > 0,
        )

    def _opening_and_closing(self) -> tuple[Balance, Balance]:
        interim = [each for each in self._balances if not each.is_final]
        opening = self._only(_OPENING) or (interim.pop(0) if interim else None)
        closing = self._only(_CLOSING) or (interim.pop() if interim else None)
        if opening is None or closing is None:
            missing = "OPBD" if opening is None else "CLBD"
            raise Camt053Damaged(f"{self.named} has no balance {missing}")
        return opening, closing

    def _only(self, codes: Sequence[str]) -> Balance | None:
        for code in codes:
            found = [each for each in self._balances if each.code == code]
            if len(found) > 1:
                raise Camt053Damaged(f"{self.named} has {len(found)} balances {code}")
            if found:
                return found[0]
        return None

    def _check_total(self, told: Element, signs: Sequence[int]) -> None:
        """Check a count and a sum; banks count booked entries, or all that they list."""
        count, total = text_of(told, "NbOfNtries"), text_of(told, "Sum")
        for listed in ((True,), (True, False)):
            kinds = [(sign, booked) for sign in signs for booked in listed]
            counted = sum(self._counts[kind] for kind in kinds)
            added = sum((self._sums[kind] for kind in kinds), Decimal(0))
            right_count = count is None or (count.lstrip("0") or "0") == str(counted)
            if right_count and (total is None or money(told, "Sum").amount == added):
                return
        raise Camt053Damaged(
            f"{self.named}: {told.tag} says {count} entries, sum {total}; it holds {counted}, "
            f"sum {added:f}"
        )


def whole_statement(pages: Sequence[Ends]) -> BankStatement:
    """The statement that pages make, checked to be all there and to follow each other.

    Raises:
        Camt053Damaged: If one is missing, there twice, or begins with another balance than the
            one before it ends with.
    """
    named = pages[0].named
    if len(pages) == 1 and pages[0].page is None:
        numbers, lasts = ["1"], [True]
    else:
        numbers = [page.page.number.lstrip("0") if page.page else "" for page in pages]
        lasts = [page.page.is_last if page.page else False for page in pages]
    wanted = [str(number) for number in range(1, len(pages) + 1)]
    if numbers != wanted or lasts != [False] * (len(pages) - 1) + [True]:
        raise Camt053Damaged(f"{named} has the pages {', '.join(numbers)}, not all from 1 to last")
    if not (pages[0].opening.is_final and pages[-1].closing.is_final):
        raise Camt053Damaged(f"{named} begins or ends with an interim balance")
    for page, following in pairwise(pages):
        if page.closing[1:3] != following.opening[1:3]:
            raise Camt053Damaged(
                f"{named}: page {following.page} begins with {following.opening}, the one before "
                f"it ends with {page.closing}"
            )
    number = pages[0].number
    return BankStatement(
        account=pages[0].account,
        currency=pages[0].opening.currency,
        names=(pages[0].id,) if pages[0].id else (),
        number=int(number) if number and number.isdecimal() else None,
        day=pages[-1].closing.day,
        opening=pages[0].opening.amount,
        closing=pages[-1].closing.amount,
        has_entries=any(page.has_entries for page in pages),
    )
