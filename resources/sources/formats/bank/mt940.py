"""`format=mt940()`: account statements in SWIFT's MT940, one row an entry, checked by balances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from resources.errors import SourceError
from resources.sources.declaration.record import NumberText, Record
from resources.sources.declaration.record_format import DeliveredFile, RecordFormat
from resources.sources.formats.bank.bank_statements import BankStatement
from resources.sources.formats.bank.mt940_messages import Mt940Damaged, mt940_messages
from resources.sources.formats.bank.mt940_statements import (
    Entry,
    Page,
    page_of,
    whole_statements,
)
from resources.sources.formats.text_files import without_mark

# What a row has, by the names that columns= refers to.
NAMES = (
    "reference",
    "account",
    "statement",
    "statement_date",
    "page",
    "entry",
    "currency",
    "value_date",
    "entry_date",
    "mark",
    "amount",
    "type",
    "owner_ref",
    "bank_ref",
    "supplementary",
    "info",
)


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
                    kept.append(_without_entries(page))
            if not pages_of:
                raise Mt940Damaged("there is no statement in it")
            for pages in pages_of.values():
                self.statements.extend(whole_statements(pages))
        except Mt940Damaged as error:
            raise SourceError(
                f"{self.file.origin} is no whole MT940: {error}", "Have it delivered again."
            ) from error


def mt940() -> Mt940:
    """Declare MT940 as the format of files."""
    return Mt940()


def _without_entries(page: Page) -> Page:
    return replace(page, entries=())


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
