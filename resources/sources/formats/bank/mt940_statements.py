"""What MT940 says: fields in messages, each a page of a statement, its entries, its balances."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mt940.tags import BalanceBase, StatementGLS, StatementNumber

_FIELD = re.compile(r":(\d{2}[A-Z]?|NS):(.*)", re.ASCII)
# The end of a message, the envelope of the next one, and the beginning of its text.
_BLOCK = r"\{[1235S]:(?:[^{}]|\{[^{}]*\})*\}"
_FRAME = re.compile(rf"(-\}}?)?((?:{_BLOCK})*)(\{{4:)?")
_CONTROL_CHARACTERS = "\x01\x03"
_LONGEST_FIELD = 64 * 1024

_HEAD = ("13D", "20", "21", "25", "28", "28C", "34F", "60F", "60M", "NS")
_ENTRIES = ("61", "86", "NS")
_TAIL = ("64", "65", "86", "90C", "90D", "NS")
_OF_SEVERAL_LINES = ("61", "86", "NS")
_OPENING = ("60F", "60M")
_CLOSING = ("62F", "62M")
_AMOUNT = re.compile(r"\d{1,15},\d*", re.ASCII)
# The library gives RC the sign of C; a reversal of a credit takes money off the account.
_SIGNS = {"C": 1, "RD": 1, "D": -1, "RC": -1}
# The library's grammars. This one takes references of any length, as some banks write them.
_ENTRY = StatementGLS().re
_BALANCE = BalanceBase().re
_NUMBER = StatementNumber().re


class Mt940Damaged(Exception):
    """The text is no whole MT940; says on which line."""


@dataclass
class Mt940Field:
    """One field: its tag, as in 60F, the line on which it starts, and its lines."""

    tag: str
    line: int
    texts: list[str] = field(default_factory=list[str])


def mt940_messages(lines: Iterator[tuple[int, str]]) -> Iterator[list[Mt940Field]]:
    """The fields of each message, from numbered lines without line ends."""
    message: list[Mt940Field] = []
    in_envelope = False
    number = 0
    for number, text in lines:
        line = text.strip(_CONTROL_CHARACTERS)
        frame = _FRAME.fullmatch(line) if line.strip() else None
        if frame and (frame[1] or frame[2] or frame[3]):
            if (in_envelope and frame[1] != "-}") or (frame[1] == "-}" and not in_envelope):
                raise Mt940Damaged(f"line {number}: a message has no beginning or no end")
            if message:
                yield message
            message, in_envelope = [], bool(frame[3])
            continue
        found = _FIELD.fullmatch(line)
        if found:
            message.append(Mt940Field(found[1], number, [found[2]]))
        elif message:
            message[-1].texts.append(line)
            if sum(map(len, message[-1].texts)) > _LONGEST_FIELD:
                raise Mt940Damaged(f"line {message[-1].line}: field {message[-1].tag} is too long")
        elif line.strip():
            raise Mt940Damaged(f"line {number}: {line[:60]!r} is in no field")
    if in_envelope:
        raise Mt940Damaged(f"line {number}: the last message has no end")
    if message:
        yield message


@dataclass(frozen=True)
class Balance:
    """A balance: final or of a page that another one follows."""

    is_final: bool
    text: str
    currency: str
    amount: Decimal
    day: str


@dataclass(frozen=True)
class Entry:
    """One :61: with its :86:, texts as they came; `amount` has its sign."""

    line: int
    line_count: int
    value_date: str
    entry_date: str | None
    mark: str
    amount: Decimal
    type: str
    owner_ref: str | None
    bank_ref: str | None
    supplementary: str | None
    info: str | None


@dataclass(frozen=True)
class Page:
    """One message."""

    line: int
    reference: str
    account: str
    statement: str
    number: int | None
    opening: Balance
    closing: Balance
    entries: Sequence[Entry]
    has_entries: bool

    @property
    def is_whole(self) -> bool:
        """Whether it is all of a statement."""
        return self.opening.is_final and self.closing.is_final

    def check_sum(self) -> None:
        """Raise Mt940Damaged if the entries do not lead from one balance to the other."""
        total = sum((entry.amount for entry in self.entries), Decimal(0))
        if self.opening.currency != self.closing.currency or (
            self.opening.amount + total != self.closing.amount
        ):
            raise Mt940Damaged(
                f"line {self.line}: statement {self.statement} of {self.account} does not tie: "
                f"opening {self.opening.text}, entries {total:f}, closing {self.closing.text}"
            )


def page_of(message: Sequence[Mt940Field]) -> Page:
    """Read a message. Raises Mt940Damaged if a field is missing, misplaced or malformed."""
    line = message[0].line
    opening = _position(message, _OPENING, line)
    closing = _position(message, _CLOSING, line)
    for fields, allowed in (
        (message[: opening + 1], _HEAD),
        (message[opening + 1 : closing], _ENTRIES),
        (message[closing + 1 :], _TAIL),
    ):
        for each in fields:
            if each.tag not in allowed:
                raise Mt940Damaged(f"line {each.line}: field {each.tag} is out of its place")
    for each in message:
        if each.tag not in _OF_SEVERAL_LINES and any(map(str.strip, each.texts[1:])):
            raise Mt940Damaged(f"line {each.line}: field {each.tag} goes on in another line")
    head = message[:opening]
    number = _only(head, ("28C", "28"), line)
    numbers = _NUMBER.fullmatch(number.texts[0].strip())
    if numbers is None:
        raise Mt940Damaged(f"line {number.line}: {number.texts[0]!r} is no statement number")
    entries = tuple(_entries(message[opening + 1 : closing]))
    return Page(
        line=line,
        reference=_only(head, ("20",), line).texts[0].strip(),
        account=_only(head, ("25",), line).texts[0].strip(),
        statement=numbers["statement_number"],
        number=int(numbers["sequence_number"]) if numbers["sequence_number"] else None,
        opening=_balance(message[opening]),
        closing=_balance(message[closing]),
        entries=entries,
        has_entries=bool(entries),
    )


def nearest_date(month_and_day: str, value_date: date) -> str:
    """The date of that month and day nearest to the value date; the text if there is none."""
    found: list[date] = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            found.append(date(year, int(month_and_day[:2]), int(month_and_day[2:])))
        except ValueError:
            continue
    if not found:
        return month_and_day
    return min(found, key=lambda each: abs((each - value_date).days)).isoformat()


def _position(message: Sequence[Mt940Field], tags: Sequence[str], line: int) -> int:
    places = [at for at, each in enumerate(message) if each.tag in tags]
    if len(places) != 1:
        which = "is missing" if not places else "is there twice"
        raise Mt940Damaged(f"line {line}: field {' or '.join(tags)} {which} in a message")
    return places[0]


def _only(fields: Sequence[Mt940Field], tags: Sequence[str], line: int) -> Mt940Field:
    return fields[_position(fields, tags, line)]


def _balance(given: Mt940Field) -> Balance:
    text = given.texts[0].strip()
    found = _BALANCE.fullmatch(text)
    if found is None or text[:1] not in _SIGNS or not _AMOUNT.fullmatch(found["amount"]):
        raise Mt940Damaged(f"line {given.line}: {text[:60]!r} is no balance")
    return Balance(
        given.tag.endswith("F"),
        text,
        found["currency"],
        _SIGNS[text[0]] * _decimal(found["amount"]),
        _date_of(found["year"], found["month"], found["day"]),
    )


def _entries(fields: Sequence[Mt940Field]) -> Iterator[Entry]:
    for at, given in enumerate(fields):
        if given.tag != "61":
            continue
        infos: list[Mt940Field] = []
        for following in fields[at + 1 :]:
            if following.tag == "61":
                break
            infos += [following] if following.tag == "86" else []
        if len(infos) > 1:
            raise Mt940Damaged(f"line {infos[1].line}: a second field 86 of one entry")
        yield _entry(given, infos[0] if infos else None)
    if fields and fields[0].tag == "86":
        raise Mt940Damaged(f"line {fields[0].line}: field 86 before any entry")


def _entry(given: Mt940Field, info: Mt940Field | None) -> Entry:
    first = given.texts[0].rstrip()
    found = _ENTRY.fullmatch(first)
    groups = found.groupdict(default="") if found else {}
    mark, amount = groups.get("status", ""), groups.get("amount", "")
    if not groups.get("id") or mark not in _SIGNS or not _AMOUNT.fullmatch(amount):
        raise Mt940Damaged(f"line {given.line}: {first[:80]!r} is no entry")
    value_date = _date_of(groups["year"], groups["month"], groups["day"])
    line_count = len(given.texts) if info is None else info.line + len(info.texts) - given.line
    return Entry(
        line=given.line,
        line_count=line_count,
        value_date=value_date,
        entry_date=_entry_date(f"{groups['entry_month']}{groups['entry_day']}".strip(), value_date),
        mark=mark,
        amount=_SIGNS[mark] * _decimal(amount),
        type=groups["id"],
        owner_ref=groups["customer_reference"].strip() or None,
        # What is longer than the grammar's reference lands in its last group.
        bank_ref=(groups["bank_reference"] + groups["extra_details"]).strip() or None,
        supplementary="".join(given.texts[1:]).strip() or None,
        info=None if info is None else "".join(info.texts) or None,
    )


def _entry_date(month_and_day: str, value_date: str) -> str | None:
    if not month_and_day:
        return None
    try:
        return nearest_date(month_and_day, date.fromisoformat(value_date))
    except ValueError:
        return month_and_day


def _date_of(year: str, month: str, day: str) -> str:
    return f"20{year}-{month}-{day}"


def _decimal(amount: str) -> Decimal:
    return Decimal(amount.replace(",", "."))
