"""One CAMT.053 statement: what it says of itself, and whether its entries agree with that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element

from resources.sources.formats.xml_elements import text_of

_AMOUNT = re.compile(r"\d{1,18}(\.\d*)?|\.\d+", re.ASCII)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_FLAGS = {"true": True, "1": True, "false": False, "0": False}

# Of a statement of several pages, a page begins or ends with an interim balance.
_INTERIM = "ITBD"
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_NUMBERS = ("ElctrncSeqNb", "LglSeqNb")
_DATE_CHARACTERS = len("2026-01-31")


class Camt053Damaged(Exception):
    """A statement is not whole, or does not agree with itself; says which."""


class Page(NamedTuple):
    """A page's number, and whether it is the last one."""

    number: str
    is_last: bool


class Money(NamedTuple):
    """An amount without a sign, and its currency."""

    amount: Decimal
    currency: str


def money(element: Element, path: str) -> Money:
    """The amount at a path. Raises Camt053Damaged if there is none."""
    found = element.find(path)
    text = "" if found is None else (found.text or "").strip()
    if found is None or not _AMOUNT.fullmatch(text):
        raise Camt053Damaged(f"{element.tag} has no amount {path}: {text[:40]!r}")
    return Money(Decimal(text), found.get("Ccy", ""))


def sign_of(element: Element) -> int:
    """1 for a credit, -1 for a debit; of a reversal, the sign of what it does to the account."""
    text = text_of(element, "CdtDbtInd") or ""
    if text not in _SIGNS:
        raise Camt053Damaged(f"{element.tag} is neither CRDT nor DBIT but {text[:40]!r}")
    return _SIGNS[text]


def flag(element: Element, path: str) -> bool:
    """The truth at a path, false where there is none."""
    text = text_of(element, path)
    if text is not None and text not in _FLAGS:
        raise Camt053Damaged(f"{element.tag}: {path} is {text[:40]!r}")
    return text is not None and _FLAGS[text]


def page_of(element: Element) -> Page:
    """Which page of how many a statement or a message is."""
    return Page(text_of(element, "PgNb") or "", flag(element, "LastPgInd"))


def check_batch(details: Element) -> None:
    """Raise Camt053Damaged if a batch does not hold as many details, or the amount, that it states.

    Banks may leave the details out; then there is nothing to be checked.
    """
    batch, each = details.find("Btch"), details.findall("TxDtls")
    if batch is None or not each:
        return
    named = text_of(batch, "PmtInfId") or text_of(batch, "MsgId") or "a batch"
    count = text_of(batch, "NbOfTxs")
    if count is not None and count.lstrip("0") != str(len(each)):
        raise Camt053Damaged(f"{named} counts {count} transactions and holds {len(each)}")
    if batch.find("TtlAmt") is None:
        return
    total = money(batch, "TtlAmt")
    parts = [part for part in map(_part, each) if part is not None]
    if len(parts) < len(each) or any(part.currency != total.currency for part in parts):
        return
    signed = sum((part.amount for part in parts), Decimal(0))
    if abs(signed) != total.amount:
        raise Camt053Damaged(f"{named} says {total.amount:f}, its transactions make {signed:f}")


def _part(details: Element) -> Money | None:
    """The amount of one transaction, with its sign if it states one."""
    for path in ("AmtDtls/TxAmt/Amt", "Amt"):
        if details.find(path) is not None:
            found = money(details, path)
            sign = sign_of(details) if details.find("CdtDbtInd") is not None else 1
            return found._replace(amount=found.amount * sign)
    return None


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
        """Keep what is no entry. Raises Camt053Damaged if a balance is none."""
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
        """Count one entry, checking its batches; returns its amount with its sign."""
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
        """Check the balances, counts and totals of the statement, now that it was read."""
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
