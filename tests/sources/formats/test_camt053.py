"""CAMT.053: one row a booked entry; balances, batches and totals say whether a file is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from resources.errors import SettingsError
from resources.sources.declaration.files import files
from resources.sources.formats.bank.camt053 import camt053
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.test_round_trip import MANY

SOURCE = files(FOLDER, format=camt053())
TEXTS = ("statement", "iban", "account", "entry_ref", "currency", "bank_ref", "code", "info")
COLUMNS = {
    **dict.fromkeys(TEXTS, "VARCHAR?"),
    "amount": "DECIMAL(18,2)",
    "reversal": "BOOLEAN",
    "booking_date": "DATE?",
    "value_date": "DATE?",
    "detail_count": "BIGINT",
}


def signed(amount: Decimal | str) -> tuple[Decimal, str]:
    number = Decimal(amount)
    return abs(number), "DBIT" if number < 0 else "CRDT"


def balance(code: str, amount: Decimal | str, currency: str = "EUR") -> str:
    size, sign = signed(amount)
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{size}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>'
    )


def entry(
    amount: Decimal | str, inside: str = "", status: str = "<Sts>BOOK</Sts>", currency: str = "EUR"
) -> str:
    size, sign = signed(amount)
    return (
        f'<Ntry><Amt Ccy="{currency}">{size}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}'
        f"{inside}</Ntry>"
    )


def details(*amounts: str, batch: str = "") -> str:
    each = "".join(
        f"<TxDtls><Refs><EndToEndId>E{at}</EndToEndId></Refs><AmtDtls><TxAmt>"
        f'<Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls></TxDtls>'
        for at, amount in enumerate(amounts, 1)
    )
    return f"<NtryDtls>{batch}{each}</NtryDtls>"


def batch(count: str, total: str) -> str:
    return f'<Btch><NbOfTxs>{count}</NbOfTxs><TtlAmt Ccy="EUR">{total}</TtlAmt></Btch>'


def statement(*parts: str, id: str = "S1", iban: str = "DE77") -> str:  # noqa: A002
    account = f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
    return f"<Stmt><Id>{id}</Id>{account}{''.join(parts)}</Stmt>"


def document(*statements: str, version: str = "02", prefix: str = "", head: str = "") -> str:
    inside = f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId>{head}</GrpHdr>{''.join(statements)}"
    text = f"<Document>{inside}</BkToCstmrStmt></Document>"
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    if prefix:
        text = (
            text.replace("</", "</\0")
            .replace("<", f"<{prefix}:")
            .replace(f"<{prefix}:/\0", f"</{prefix}:")
        )
        return text.replace("Document>", f'Document xmlns:{prefix}="{space}">', 1)
    return '<?xml version="1.0" encoding="UTF-8"?>' + text.replace(
        "Document>", f'Document xmlns="{space}">', 1
    )


def load(landing: Landing, content: str | bytes) -> Any:
    landing.deliver("a.xml", content)
    return landing.load(SOURCE, COLUMNS)


BATCH = entry("30.00", details("10.00", "20.00", batch=batch("2", "30.00")))
FULL = entry(
    "-79.50",
    "<BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><DtTm>2026-01-04T23:30:00+02:00</DtTm></ValDt>"
    "<AcctSvcrRef>B-1</AcctSvcrRef><BkTxCd><Prtry><Cd>NDDT+105</Cd></Prtry></BkTxCd>"
    + details("79.50")
    + "<AddtlNtryInf>Gas &amp; Öl</AddtlNtryInf>",
)
REVERSED = entry("79.50", "<RvslInd>true</RvslInd>").replace("<Ntry>", "<Ntry><NtryRef>9</NtryRef>")


@pytest.mark.parametrize(("version", "prefix"), [("02", ""), ("08", "n"), ("13", "")])
def test_booked_entries_of_any_version(landing: Landing, version: str, prefix: str) -> None:
    booked = "<Sts>BOOK</Sts>" if version == "02" else "<Sts><Cd>BOOK</Cd></Sts>"
    pending = booked.replace("BOOK", "PDNG")
    parts = [FULL, BATCH, entry("5", status=pending), REVERSED]
    told = statement(
        balance("OPBD", "-10.00"),
        balance("CLAV", "1"),
        *(part.replace("<Sts>BOOK</Sts>", booked) for part in parts),
        balance("CLBD", "20.00"),
    )
    with load(landing, document(told, version=version, prefix=prefix)) as loaded:
        rows = landing.accepted(loaded)
        assert values(rows, "amount", "reversal", "detail_count", "source_line", "entry_ref") == [
            (Decimal("-79.50"), False, 1, 1, None),
            (Decimal("30.00"), False, 2, 2, None),
            (Decimal("79.50"), True, 0, 4, "9"),
        ]
        assert values(
            rows[:1], "iban", "booking_date", "value_date", "bank_ref", "code", "info", "currency"
        ) == [("DE77", date(2026, 1, 5), date(2026, 1, 4), "B-1", "NDDT+105", "Gas & Öl", "EUR")]
        assert loaded.blank == {DAY: 1}


def test_a_path_takes_what_has_no_name(landing: Landing) -> None:
    landing.deliver(
        "a.xml",
        document(statement(balance("OPBD", "0"), FULL, BATCH, REVERSED, balance("CLBD", "30"))),
    )
    source = files(
        FOLDER,
        format=camt053(),
        columns={"end_to_end": "NtryDtls/TxDtls/Refs/EndToEndId", "told": "NtryRef"},
    )
    columns = {"end_to_end": "VARCHAR?", "told": "BIGINT?", "amount": "DECIMAL(18,2)"}
    with landing.load(source, columns) as loaded:
        assert values(landing.accepted(loaded), "end_to_end", "told") == [
            ("E1", None),
            ('["E1", "E2"]', None),
            (None, 9),
        ]


def paged(number: int, last: bool, *parts: str) -> str:
    numbered = (
        f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{str(last).lower()}</LastPgInd></StmtPgntn>"
    )
    return statement(numbered, *parts)


def test_several_statements_and_pages(landing: Landing) -> None:
    content = document(
        paged(1, False, balance("OPBD", "0"), balance("ITBD", "1"), entry("1")),
        statement(balance("PRCD", "5"), balance("CLBD", "5"), id="S2", iban="AT1"),
        paged(2, False, balance("ITBD", "1"), entry("1"), balance("ITBD", "2")),
        paged(3, True, balance("ITBD", "2"), entry("1"), balance("CLBD", "3")),
    )
    with load(landing, content) as loaded:
        assert loaded.rows == {DAY: 3}


def test_the_encoding_is_the_xmls_own(landing: Landing) -> None:
    content = document(statement(balance("OPBD", "0"), FULL, balance("CLBD", "-79.50")))
    for encoding in ("utf-8", "utf-16", "iso-8859-1", "windows-1252"):
        written = content.replace("UTF-8", encoding).encode(encoding)
        with load(landing, written) as loaded:
            assert values(landing.accepted(loaded), "info") == [("Gas & Öl",)]


@pytest.mark.parametrize("name", ["valuedate", "Ntry Dtls", "NtryDtls/", "../Bal"])
def test_names_that_no_entry_has_are_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="is no part of an entry"):
        files(FOLDER, format=camt053(), columns={"x": name})


def text_of(cents: int) -> str:
    return f"{Decimal(cents).scaleb(-2)}"


@MANY
@given(
    opening=st.integers(-(10**12), 10**12),
    entries=st.lists(
        st.tuples(
            st.lists(st.integers(0, 10**9), max_size=3),
            st.sampled_from([1, -1]),
            st.booleans(),
            st.text("ab<&>'\" Ö人", max_size=9).map(str.strip),
        ),
        max_size=15,
    ),
)
def test_whatever_a_bank_writes_comes_back_equal(
    landing: Landing, opening: int, entries: Sequence[Any]
) -> None:
    def written(parts: list[int], sign: int, reversal: bool, info: str) -> str:
        inside = details(*map(text_of, parts), batch=batch(f"{len(parts)}", text_of(sum(parts))))
        escaped = info.replace("&", "&amp;").replace("<", "&lt;")
        told = f"<RvslInd>{str(reversal).lower()}</RvslInd><AddtlNtryInf>{escaped}</AddtlNtryInf>"
        minus = "-" if sign < 0 else ""
        return entry(minus + text_of(sum(parts)), inside + told)

    net = sum(sign * sum(parts) for parts, sign, *_ in entries)
    content = document(
        statement(
            balance("OPBD", text_of(opening)),
            *(written(*each) for each in entries),
            balance("CLBD", text_of(opening + net)),
        )
    )
    with load(landing, content) as loaded:
        assert values(landing.accepted(loaded), "amount", "reversal", "detail_count", "info") == [
            (sign * Decimal(sum(parts)).scaleb(-2), reversal, len(parts), info or None)
            for parts, sign, reversal, info in entries
        ]
