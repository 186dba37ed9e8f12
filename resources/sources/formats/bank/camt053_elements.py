"""What the elements of a CAMT.053 statement say: amounts, signs, pages, batches that agree."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple
from xml.etree.ElementTree import Element

from resources.sources.formats.xml_elements import text_of

_AMOUNT = re.compile(r"\d{1,18}(\.\d*)?|\.\d+", re.ASCII)
_SIGNS = {"CRDT": 1, "DBIT": -1}
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


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
    """The amount at a path.

    Raises:
        Camt053Damaged: If there is none.
    """
    found = element.find(path)
    text = "" if found is None else (found.text or "").strip()
    if found is None or not _AMOUNT.fullmatch(text):
        raise Camt053Damaged(f"{element.tag} has no amount {path}: {text[:40]!r}")
    return Money(Decimal(text), found.get("Ccy", ""))


def sign_of(element: Element) -> int:
    """1 for a credit, -1 for a debit. A reversal has the sign of what it does to the account.

    Raises:
        Camt053Damaged: If it is neither.
    """
    text = text_of(element, "CdtDbtInd") or ""
    if text not in _SIGNS:
        raise Camt053Damaged(f"{element.tag} is neither CRDT nor DBIT but {text[:40]!r}")
    return _SIGNS[text]


def flag(element: Element, path: str) -> bool:
    """The truth at a path, false where there is none.

    Raises:
        Camt053Damaged: If something else stands there.
    """
    text = text_of(element, path)
    if text is not None and text not in _FLAGS:
        raise Camt053Damaged(f"{element.tag}: {path} is {text[:40]!r}")
    return text is not None and _FLAGS[text]


def page_of(element: Element) -> Page:
    """Which page of how many a statement or a message is."""
    return Page(text_of(element, "PgNb") or "", flag(element, "LastPgInd"))


def check_batch(details: Element) -> None:
    """Check that a batch has as many details as it says, and that they add up to its total.

    Banks may leave the details out; then there is nothing to be checked.

    Raises:
        Camt053Damaged: If it does not agree.
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
