"""A record of megabytes costs its own row, and no other."""

from __future__ import annotations

import pytest

from resources.sources.declaration.files import files
from tests.sources.conftest import DAY, FOLDER, MONEY, SALES, Landing, values


@pytest.mark.parametrize("field", ["short", "broken"])
def test_a_quoted_text_of_megabytes_is_one_refused_row(landing: Landing, field: str) -> None:
    text = ("x" * 50 + "\n") * 30_000
    last = '"' if field == "short" else '"y'
    landing.deliver("a.csv", f'sale_no,paid\na,1.00\n"{text}{last},2.00\nb,3.00\n')
    with landing.load(files(FOLDER, format="csv"), {**SALES, "paid": f"{MONEY}?"}) as loaded:
        refused = loaded.rejected[DAY]
        found = values(landing.accepted(loaded), "sale_no", "source_line")
        first = landing.rows(
            f"SELECT * FROM ({loaded.quarantine_sql}) ORDER BY source_line LIMIT 1"
        )
    assert found[0] == ("a", 2) and found[-1] == ("b", 30_004)
    assert len(first[0]["raw"]) <= 10_000
    if field == "short":
        assert refused == 1 and "a record of more than" in first[0]["reason"]
    else:
        # A quote that does not close where it should costs its own line; the others are told apart.
        assert first[0]["reason"] == "broken quoting"
