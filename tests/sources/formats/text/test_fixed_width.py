"""Lines of fixed width are rows by the place of their characters."""

from __future__ import annotations

from decimal import Decimal

import pytest

from resources.errors import SourceError
from resources.sources.declaration.column_origins import characters
from resources.sources.declaration.files import files
from resources.sources.declaration.layout import (
    layout,
    starts_with,
    total,
)
from resources.sources.declaration.numbers import number, sign_from
from tests.sources.conftest import FOLDER, MONEY, SALES, Landing, accepted, values

FIXED = files(
    FOLDER,
    format="fixed_width",
    encoding="latin-1",
    trim=True,
    numbers=number(implied_decimals=2, sign=sign_from(characters(18), {"C": "+", "D": "-"})),
    layout=layout(
        header=None,
        rows=starts_with("D"),
        ignored=[starts_with("H")],
        totals=[
            total(r"T(?P<count>\d{3})\d{6}"),
            total(r"T\d{3}(?P<paid>\d{6})", rows="negative", unsigned=True),
        ],
    ),
    columns={
        "sale_no": characters(2, 5),
        "name": characters(6, 11),
        "paid": characters(12, 17),
        "note": characters(19, 24),
    },
    tolerance=1,
)
FIXED_COLUMNS = {"sale_no": "VARCHAR", "name": "VARCHAR", "paid": MONEY, "note": "VARCHAR?"}


def test_lines_of_fixed_width(landing: Landing) -> None:
    lines = [
        "H first",
        "D0001Müller001250Cgut",
        "D0002Ärzte 000099D",
        "D0003      0001",
        "T003000099",
    ]
    landing.deliver("a.dat", "\n".join(lines).encode("latin-1") + b"\n")
    with landing.load(FIXED, FIXED_COLUMNS) as loaded:
        assert values(landing.accepted(loaded), *FIXED_COLUMNS, "source_line") == [
            ("0001", "Müller", Decimal("12.50"), "gut", 2),
            ("0002", "Ärzte", Decimal("-0.99"), None, 3),
        ]
        refused = landing.refused(loaded)
    assert values(refused, "source_line", "raw") == [(4, "D0003      0001")]
    assert "the line ends within characters 12 to 17" in refused[0]["reason"]


def test_lines_of_fixed_width_below_a_header(landing: Landing) -> None:
    source = files(
        FOLDER,
        format="fixed_width",
        layout=layout(header=starts_with("No")),
        columns={"sale_no": characters(1, 3), "paid": characters(5, 8)},
    )
    landing.deliver("a.dat", "list\n\nNo  Paid\n001 1.50\n")
    assert accepted(landing, source, SALES, "sale_no", "paid") == [("001", Decimal("1.50"))]
    landing.deliver("a.dat", "list\n001 1.50\n")
    with pytest.raises(SourceError, match="has no header: a line that starts with 'No'"):
        landing.load(source, SALES)
