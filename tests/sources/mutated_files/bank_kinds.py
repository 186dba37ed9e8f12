"""Bank statements: what their entries are, and whether their balances tie, read in another way."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal
from random import Random

from resources.sources.declaration.files import files
from resources.sources.formats.bank.camt053 import camt053
from resources.sources.formats.bank.mt940 import mt940
from tests.sources.conftest import FOLDER
from tests.sources.mutated_files.judging import Expected, FileKind, Row, Unreadable

_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}


class Mt940Kind(FileKind):
    name = "mt940"
    file_name = "a.sta"
    source = files(FOLDER, format=mt940())
    columns = {"mark": "VARCHAR", "amount": "DECIMAL(18,2)", "type": "VARCHAR"}  # noqa: RUF012

    def original(self, random: Random) -> bytes:
        balance, lines = random.randint(-(10**6), 10**6), [":20:R", ":25:1/2", ":28C:7/1"]
        lines.append(f":60F:{_balance(balance)}")
        for number in range(random.randint(1, 12)):
            mark, cents = random.choice(sorted(_SIGNS)), random.randrange(10**6)
            balance += _SIGNS[mark] * cents
            lines += [f":61:2601050105{mark}{_comma(cents)}NTRFR{number}", f":86:text {number}"]
        return "\r\n".join([*lines, f":62F:{_balance(balance)}", "-", ""]).encode()

    def expected(self, content: bytes) -> Expected:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Unreadable(str(error)) from error
        lines = re.split(r"\r\n|\r|\n", text)
        rows: dict[int, Row | None] = {}
        ends: list[Decimal] = []
        total = Decimal(0)
        for number, line in enumerate(lines, 1):
            bare = line.strip("\x01\x03")
            if bare.startswith(":61:"):
                found = re.match(
                    r":61:\d{6}(?:\d{2}|\s{2}){0,2}(R?[CD])[A-Z]?[\n ]?"
                    r"(\d+,\d*)([A-Z][A-Z0-9 ]{3})",
                    bare,
                    re.IGNORECASE,
                )
                if found is None or found[1] not in _SIGNS:
                    raise Unreadable(f"line {number} is no entry")
                signed = _SIGNS[found[1]] * Decimal(found[2].replace(",", "."))
                total += signed
                fits = signed * 100 == (signed * 100).to_integral_value()
                rows[number] = (found[1], signed, found[3]) if fits else None
            elif bare[:5] in (":60F:", ":62F:", ":60M:", ":62M:"):
                found = re.match(r":6[02][FM]:([CD])\d{6}...(\d+,\d*)", bare, re.IGNORECASE)
                if found is None:
                    raise Unreadable(f"line {number} is no balance")
                signed = _SIGNS[found[1].upper()] * Decimal(found[2].replace(",", "."))
                ends.append(-signed if bare[2] == "0" else signed)
        if len(ends) < 2 or sum(ends) != total:
            raise Unreadable("the balances do not tie")
        return Expected(rows)


def _comma(cents: int) -> str:
    return f"{abs(cents) // 100},{abs(cents) % 100:02d}"


def _balance(cents: int) -> str:
    return f"{'D' if cents < 0 else 'C'}260105EUR{_comma(cents)}"


class Camt053Kind(FileKind):
    name = "camt053"
    file_name = "a.xml"
    source = files(FOLDER, format=camt053())
    columns = {"amount": "DECIMAL(18,2)", "currency": "VARCHAR", "reversal": "BOOLEAN"}  # noqa: RUF012

    def original(self, random: Random) -> bytes:
        balance = random.randint(-(10**6), 10**6)
        parts = [_tagged("OPBD", balance)]
        for _ in range(random.randint(1, 10)):
            cents = random.randint(-(10**6), 10**6)
            balance += cents
            told = random.choice(("", "<RvslInd>true</RvslInd>", "<RvslInd>false</RvslInd>"))
            parts.append(f"<Ntry>{_money(cents)}{told}<Sts>BOOK</Sts></Ntry>\n")
        parts.insert(1, _tagged("CLBD", balance))
        inside = f"<Stmt><Id>S</Id><Acct><Id><IBAN>X</IBAN></Id></Acct>{''.join(parts)}</Stmt>"
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:x">'
            f"<BkToCstmrStmt>{inside}</BkToCstmrStmt></Document>\n"
        ).encode()

    def expected(self, content: bytes) -> Expected:
        if b"<!DOCTYPE" in content:
            raise Unreadable("a document type")
        try:
            root = ElementTree.fromstring(content)
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise Unreadable(str(error)) from error
        rows: dict[int, Row | None] = {}
        number = 0
        for statement in (each for each in root.iter() if _local(each) == "Stmt"):
            ends, total = {"OPBD": None, "CLBD": None}, Decimal(0)
            for part in statement:
                if _local(part) == "Bal":
                    codes = [e.text or "" for e in part.iter() if _local(e) == "Cd"]
                    code = codes[0].strip() if codes else ""
                    if code in ends:
                        ends[code] = _signed(part)  # type: ignore[assignment]
                elif _local(part) == "Ntry":
                    number += 1
                    status = "".join(_child(part, "Sts").itertext()).strip()
                    if status != "BOOK":
                        continue
                    signed = _signed(part)
                    total += signed
                    flags = [(e.text or "").strip() for e in part if _local(e) == "RvslInd"]
                    currency = _child(part, "Amt").get("Ccy", "")
                    fits = signed * 100 == (signed * 100).to_integral_value()
                    told = flags[:1] and flags[0] in ("true", "1")
                    rows[number] = (signed, currency, bool(told)) if fits else None
            if None in ends.values() or ends["OPBD"] + total != ends["CLBD"]:  # type: ignore[operator]
                raise Unreadable("the balances do not tie")
        if not rows and number == 0:
            raise Unreadable("no entries")
        return Expected(rows)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element:
    found = next((each for each in element if _local(each) == name), None)
    if found is None:
        raise Unreadable(f"no {name}")
    return found


def _signed(element: ElementTree.Element) -> Decimal:
    text = (_child(element, "Amt").text or "").strip()
    sign = {"CRDT": 1, "DBIT": -1}.get((_child(element, "CdtDbtInd").text or "").strip())
    if sign is None or not re.fullmatch(r"\d{1,18}(\.\d*)?|\.\d+", text, re.ASCII):
        raise Unreadable(f"no amount: {text!r}")
    return sign * Decimal(text)


def _money(cents: int) -> str:
    sign = "DBIT" if cents < 0 else "CRDT"
    return f'<Amt Ccy="EUR">{abs(cents) / 100:.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _tagged(code: str, cents: int) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(cents)}</Bal>\n"
