"""`format=camt053()`: account statements in ISO 20022's CAMT.053, one row a booked entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import BinaryIO, ClassVar
from xml.etree.ElementTree import Element

from resources.errors import SourceError
from resources.sources.declaration.formats import DeliveredFile, NumberText, Record, RecordFormat
from resources.sources.declaration.refusals import refused
from resources.sources.formats.bank.bank_statements import BankStatement
from resources.sources.formats.bank.camt053_statements import (
    Camt053Damaged,
    Ends,
    Statement,
    flag,
    page_of,
)
from resources.sources.formats.xml_elements import XmlDamaged, text_of, xml_elements

# What a row has, by the names that columns= refers to.
NAMES = (
    "statement", "sequence_number", "iban", "account", "entry", "entry_ref", "amount",
    "currency", "reversal", "booking_date", "value_date", "bank_ref", "code", "detail_count",
    "info",
)  # fmt: skip

_STATEMENT = ("Id", "ElctrncSeqNb", "LglSeqNb", "Acct", "StmtPgntn", "Bal", "TxsSummry", "Ntry")
_WHOLE = ("GrpHdr/MsgPgntn", *(f"Stmt/{name}" for name in _STATEMENT))
_ENDS = ("BkToCstmrStmt/Stmt",)
_BOOKED = "BOOK"
_KNOWN_STATUSES = (_BOOKED, "PDNG", "INFO", "FUTR")
_PATH = re.compile(r"[A-Z][A-Za-z0-9]*(/[A-Z][A-Za-z0-9]*)*")


@dataclass(frozen=True)
class Camt053(RecordFormat):
    """Account statements in CAMT.053 of any version, one or several in a file.

    Beside `NAMES`, a column's name in the file may be a path from an entry, as in
    `NtryDtls/TxDtls/Refs/EndToEndId`. What an entry has several of comes as a JSON array.
    """

    name: ClassVar[str] = "CAMT.053"
    endings: ClassVar[tuple[str, ...]] = ("xml", "camt", "c53")
    has_own_numbers: ClassVar[bool] = True

    def check_names(self, names: Iterable[str]) -> None:
        """Check that each name is one of `NAMES` or a path; see RecordFormat."""
        for name in names:
            if name not in NAMES and not _PATH.fullmatch(name):
                raise refused(
                    "camt053",
                    f"{name!r} is no part of an entry",
                    f"Take one of {', '.join(NAMES)}, or a path of elements as in "
                    '"NtryDtls/TxDtls/Refs/EndToEndId".',
                )

    def open(self, file: DeliveredFile) -> Camt053Reader:
        """Take the paths that are wanted; see RecordFormat."""
        paths = sorted(
            name
            for name in file.wanted
            if isinstance(name, str) and name not in NAMES and _PATH.fullmatch(name)
        )
        return Camt053Reader(file, tuple(paths))


camt053 = Camt053


@dataclass(frozen=True)
class Camt053Reader:
    """An opened file of statements; `statements` are known once all records were read."""

    file: DeliveredFile
    paths: tuple[str, ...]
    statements: list[BankStatement] = field(default_factory=list[BankStatement])

    @property
    def names(self) -> Sequence[str]:
        """The parts of an entry and of its statement, then paths."""
        return (*NAMES, *self.paths)

    def records(self) -> Iterator[Record]:
        """The booked entries, numbered from 1 among all; see RecordReader.

        Balances, batches or totals that do not agree refuse the file.
        """
        try:
            with self.file.path.open("rb") as opened:
                yield from self._records(opened)
        except (Camt053Damaged, XmlDamaged) as error:
            raise SourceError(
                f"{self.file.origin} is not a complete CAMT.053 file: {error}",
                "Have it delivered again.",
            ) from error

    def _records(self, opened: BinaryIO) -> Iterator[Record]:
        number = 0
        current = Statement()
        pages: dict[str, list[Ends]] = {}
        for name, element in xml_elements(opened, _WHOLE, _ENDS):
            if element is None:
                ends = current.ends()
                pages.setdefault(ends.named, []).append(ends)
                current = Statement()
            elif name == "Ntry":
                number += 1
                yield self._record(number, current, element)
            elif name == "MsgPgntn":
                page = page_of(element)
                if page.number.lstrip("0") != "1" or not page.is_last:
                    raise Camt053Damaged(
                        f"it is page {page.number} of a message of several files, which cannot be "
                        "checked alone"
                    )
            else:
                current.take(name, element)
        if not pages:
            raise Camt053Damaged("there is no BkToCstmrStmt/Stmt in it")
        self.statements.extend(map(whole_statement, pages.values()))

    def _record(self, number: int, statement: Statement, entry: Element) -> Record:
        status = text_of(entry, "Sts/Cd") or text_of(entry, "Sts") or ""
        if status not in _KNOWN_STATUSES:
            raise Camt053Damaged(f"entry {number} has the status {status[:40]!r}")
        is_booked = status == _BOOKED
        amount = statement.add(entry, is_booked)
        if not is_booked:
            return Record(number, 1, ())
        given = entry.find("Amt")
        fields = (
            statement.id,
            statement.number,
            statement.iban,
            statement.account,
            statement.entry,
            text_of(entry, "NtryRef"),
            NumberText(f"{amount:f}"),
            None if given is None else given.get("Ccy"),
            "true" if flag(entry, "RvslInd") else "false",
            _day(entry, "BookgDt"),
            _day(entry, "ValDt"),
            text_of(entry, "AcctSvcrRef"),
            text_of(entry, "BkTxCd/Prtry/Cd"),
            str(len(entry.findall("NtryDtls/TxDtls"))),
            text_of(entry, "AddtlNtryInf"),
        )
        return Record(number, 1, [*fields, *(_at(entry, path) for path in self.paths)])


def whole_statement(pages: Sequence[Ends]) -> BankStatement:
    """The statement that pages make, if all are there and each begins where the last one ended."""
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
    for number, (page, following) in zip(wanted[1:], pairwise(pages), strict=True):
        if page.closing[1:3] != following.opening[1:3]:
            raise Camt053Damaged(
                f"{named}: page {number} begins with {following.opening}, the one before "
                f"it ends with {page.closing}"
            )
    given = pages[0].number
    return BankStatement(
        account=pages[0].account,
        currency=pages[0].opening.currency,
        names=(pages[0].id,) if pages[0].id else (),
        number=int(given) if given and given.isdecimal() else None,
        day=pages[-1].closing.day,
        opening=pages[0].opening.amount,
        closing=pages[-1].closing.amount,
        has_entries=any(page.has_entries for page in pages),
    )


def _at(entry: Element, path: str) -> str | None:
    texts = [(each.text or "").strip() for each in entry.findall(path)]
    if len(texts) > 1:
        return json.dumps(texts, ensure_ascii=False)
    return texts[0] or None if texts else None


def _day(entry: Element, path: str) -> str | None:
    """The date at a path, of a time the date on the bank's own clock."""
    day, time = text_of(entry, f"{path}/Dt"), text_of(entry, f"{path}/DtTm")
    return day or (time and time.partition("T")[0])
