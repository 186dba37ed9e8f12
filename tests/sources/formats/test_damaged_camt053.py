"""CAMT.053 files whose balances, totals or pages do not agree."""

from __future__ import annotations

import pytest

from resources.errors import SourceError
from tests.sources.conftest import DAY, Landing
from tests.sources.formats.test_camt053 import (
    BATCH,
    balance,
    document,
    entry,
    load,
    paged,
    statement,
)

GOOD = (balance("OPBD", "0"), entry("1.00"), entry("-0.25"), balance("CLBD", "0.75"))


def summary(path: str, count: str, total: str) -> str:
    inside = f"<NbOfNtries>{count}</NbOfNtries><Sum>{total}</Sum>"
    return f"<TxsSummry><{path}>{inside}</{path}></TxsSummry>"


def test_totals_that_a_statement_gives(landing: Landing) -> None:
    for told in (
        summary("TtlNtries", "2", "1.25"),
        summary("TtlCdtNtries", "1", "1.0"),
        summary("TtlDbtNtries", "01", ".25"),
    ):
        with load(landing, document(statement(told, *GOOD))) as loaded:
            assert loaded.rows == {DAY: 2}
        wrong = told.replace("1</Nb", "3</Nb").replace("2</Nb", "3</Nb")
        with pytest.raises(SourceError, match=r"says 0?3 entries, sum .* it holds"):
            load(landing, document(statement(wrong, *GOOD)))
        with pytest.raises(SourceError, match=r"says .* it holds"):
            load(landing, document(statement(told.replace("</Sum>", "1</Sum>"), *GOOD)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (document(statement(*GOOD[:3])), "statement S1 of DE77 has no balance CLBD"),
        (document(statement(*GOOD[1:])), "statement S1 of DE77 has no balance OPBD"),
        (document(statement(GOOD[0], *GOOD)), "has 2 balances OPBD"),
        (document(statement(*GOOD[:2], GOOD[3])), r"does not tie: OPBD 0 EUR, entries 1.00, CLBD"),
        (document(statement(*GOOD, entry("1", currency="USD"))), "mixes currencies"),
        (document(statement(*GOOD), statement(*GOOD)), "has the pages , , not all from 1 to last"),
        (document(), "there is no BkToCstmrStmt/Stmt in it"),
        (document(statement(*GOOD)).replace("BkToCstmrStmt", "BkToCstmrAcctRpt"), "there is no"),
        (document(statement(*GOOD))[:-12], "no element found|unclosed token"),
        (document(statement(*GOOD)) + "x", "junk after document element"),
        (document(statement(*GOOD)).replace("1.00<", "1,00<"), "Ntry has no amount Amt: '1,00'"),
        (document(statement(*GOOD)).replace("1.00<", "1e0<"), "Ntry has no amount Amt: '1e0'"),
        (document(statement(*GOOD)).replace("CRDT", "CR", 2), "is neither CRDT nor DBIT but 'CR'"),
        (document(statement(*GOOD)).replace(">BOOK<", ">BOKE<", 1), "has the status 'BOKE'"),
        (document(statement(*GOOD, entry("0", "<RvslInd>ja</RvslInd>"))), "RvslInd is 'ja'"),
        (
            document(
                statement(
                    balance("OPBD", "0"), BATCH.replace("s>2<", "s>3<"), balance("CLBD", "30")
                )
            ),
            "a batch counts 3 transactions and holds 2",
        ),
        (
            document(
                statement(
                    balance("OPBD", "0"), BATCH.replace(">20.00", ">21.00"), balance("CLBD", "30")
                )
            ),
            r"a batch says 30\.00, its transactions make 31\.00",
        ),
        (
            document(paged(1, False, *GOOD)),
            "has the pages 1, not all from 1 to last",
        ),
        (
            document(
                paged(1, False, balance("OPBD", "0"), entry("1"), balance("ITBD", "1")),
                paged(2, True, balance("ITBD", "2"), entry("1"), balance("CLBD", "3")),
            ),
            "begins with ITBD 2 EUR, the one before it ends with ITBD 1 EUR",
        ),
        (
            document(paged(1, True, balance("ITBD", "0"), entry("1"), balance("CLBD", "1"))),
            "begins or ends with an interim balance",
        ),
        (
            document(
                statement(*GOOD),
                head="<MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn>",
            ),
            "it is page 1 of a message of several files",
        ),
        (
            document(statement(*GOOD)).replace(
                "<Document", '<!DOCTYPE x [<!ENTITY a "b">]><Document'
            ),
            "declares a document type, which may hide entities",
        ),
        ("<x>" * 300, "elements lie more than 200 deep"),
    ],
)
def test_what_is_not_whole_is_refused(landing: Landing, content: str, message: str) -> None:
    with pytest.raises(SourceError, match=f"is not a complete CAMT.053 file: .*({message})"):
        load(landing, content)


def test_no_entity_reads_a_file(landing: Landing) -> None:
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><Document'
    content = document(statement(*GOOD)).replace("<Document", outside).replace(">S1<", ">&a;<")
    with pytest.raises(SourceError, match="declares a document type"):
        load(landing, content)
