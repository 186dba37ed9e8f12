"""`format=mt940()`: account statements in SWIFT's MT940, one row an entry, checked by balances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import ClassVar

from resources.errors import SourceError
from resources.sources.declaration.formats import DeliveredFile, NumberText, Record, RecordFormat
from resources.sources.formats.bank.bank_statements import BankStatement
from resources.sources.formats.bank.mt940_statements import (
    Entry,
    Mt940Damaged,
    Page,
    mt940_messages,
    page_of,
)
from resources.sources.formats.text_files import without_mark

# What a row has, by the names that columns= refers to.
NAMES = (
    "reference", "account", "statement", "statement_date", "page", "entry", "currency",
    "value_date", "entry_date", "mark", "amount", "type", "owner_ref", "bank_ref",
    "supplementary", "info",
)  # fmt: skip


@dataclass(frozen=True)
class Mt940(RecordFormat):
    """Account statements in MT940, one or several in a file, each of one or several pages."""

    name: ClassVar[str] = "MT940"
    endings: ClassVar[tuple[str, ...]] = ("sta", "mt940", "940", "swi", "swift", "txt")
    takes_encoding: ClassVar[bool] = True
    has_own_numbers: ClassVar[bool] = True

    def open(self, file: DeliveredFile) -> Mt940Reader:
        """Nothing is to be read before the rows; see RecordFormat."""
        return Mt940Reader(file)


mt940 = Mt940


@dataclass(frozen=True)
class Mt940Reader:
    """An opened file of statements; `statements` are known once all records were read."""

    file: DeliveredFile
    statements: list[BankStatement] = field(default_factory=list[BankStatement])

    @property
    def names(self) -> Sequence[str]:
        """The parts of an entry and of its statement."""
        return NAMES

    def records(self) -> Iterator[Record]:
        """One row an entry; see RecordReader. Balances that do not tie refuse the file."""
        pages_of: dict[tuple[str, str], list[Page]] = {}
        try:
            with self.file.path.open(encoding=without_mark(self.file.encoding)) as opened:
                lines = ((number, line.rstrip("\n")) for number, line in enumerate(opened, 1))
                for message in mt940_messages(lines):
                    page = page_of(message)
                    page.check_sum()
                    yield from (
                        _record(page, number, entry) for number, entry in enumerate(page.entries, 1)
                    )
                    kept = pages_of.setdefault((page.account, page.statement), [])
                    kept.append(replace(page, entries=()))
            if not pages_of:
                raise Mt940Damaged("there is no statement in it")
            for pages in pages_of.values():
                self.statements.extend(whole_statements(pages))
        except Mt940Damaged as error:
            raise SourceError(
                f"{self.file.origin} is not a complete MT940 file: {error}",
                "Have it delivered again.",
            ) from error


def _record(page: Page, number: int, entry: Entry) -> Record:
    fields = (
        page.reference,
        page.account,
        page.statement,
        page.closing.day,
        None if page.number is None else str(page.number),
        f"{page.number or 1}.{number}",
        page.opening.currency,
        entry.value_date,
        entry.entry_date,
        entry.mark,
        NumberText(f"{entry.amount:f}"),
        entry.type,
        entry.owner_ref,
        entry.bank_ref,
        entry.supplementary,
        entry.info,
    )
    return Record(entry.line, entry.line_count, fields)


def whole_statements(pages: Sequence[Page]) -> Iterator[BankStatement]:
    """The statements that the pages of one number make, if each begins where the last one ended.

    A page from a first opening to a final closing balance is whole by itself: some banks give all
    their statements the same number.
    """
    seen: set[tuple[str, ...]] = set()
    for page in pages:
        told = (page.reference, page.opening.text, page.closing.text, str(page.number))
        if page.is_whole and page.has_entries and told in seen:
            raise Mt940Damaged(f"line {page.line}: statement {page.statement} is there twice")
        seen.add(told)
        if page.is_whole:
            yield _statement([page])
    ordered = sorted((page for page in pages if not page.is_whole), key=lambda p: p.number or 0)
    if ordered:
        _check_chain(ordered)
        yield _statement(ordered)


def _statement(pages: Sequence[Page]) -> BankStatement:
    first, last = pages[0], pages[-1]
    return BankStatement(
        account=first.account,
        currency=first.opening.currency,
        names=(),
        number=int(first.statement),
        day=last.closing.day,
        opening=first.opening.amount,
        closing=last.closing.amount,
        has_entries=any(page.has_entries for page in pages),
    )


def _check_chain(ordered: Sequence[Page]) -> None:
    first, last = ordered[0], ordered[-1]
    named = f"statement {first.statement} of {first.account}"
    if not first.opening.is_final:
        raise Mt940Damaged(f"line {first.line}: the first page of {named} is missing")
    if not last.closing.is_final:
        raise Mt940Damaged(f"line {last.line}: the last page of {named} is missing")
    for page, following in pairwise(ordered):
        if page.number is None or following.number != page.number + 1:
            raise Mt940Damaged(
                f"line {following.line}: pages {page.number} and {following.number} of {named} do "
                "not follow each other"
            )
        ends = page.closing.is_final or following.opening.is_final
        if ends or page.closing.text != following.opening.text:
            raise Mt940Damaged(
                f"line {following.line}: page {following.number} of {named} begins with "
                f"{following.opening.text}, the one before it ends with {page.closing.text}"
            )
