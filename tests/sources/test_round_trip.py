"""Whatever rows are written in whatever dialect, they come back equal, and none is lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from resources.sources.declaration.files import files
from tests.sources.conftest import DAY, FOLDER, Landing, values

NAMES = ("order_no", "user_id", "amount", "paid_at")
COLUMNS = {
    "order_no": "VARCHAR?",
    "user_id": "BIGINT?",
    "amount": "DECIMAL(18,2)?",
    "paid_at": "TIMESTAMP WITH TIME ZONE?",
}
# Each example is a load: few of them, of many rows.
MANY = settings(
    max_examples=24,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

texts = st.text(
    st.one_of(st.sampled_from(" ,;'\"\n\r\t\\|x-0"), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=12,
)
amounts = st.integers(-(10**18) + 1, 10**18 - 1).map(lambda cents: Decimal(cents).scaleb(-2))
times = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
rows = st.tuples(
    st.none() | texts,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | amounts,
    st.none() | times,
).filter(any)
tables = st.lists(rows, max_size=30)


def as_text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else f"{value}"


def assert_equal(landing: Landing, loaded: Any, expected: Sequence[tuple[Any, ...]]) -> None:
    with loaded:
        assert landing.refused(loaded) == []
        assert values(landing.accepted(loaded), *NAMES) == list(expected)
        assert loaded.rows == {DAY: len(expected)}


@MANY
@given(
    table=tables,
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_csv(
    landing: Landing,
    table: list[tuple[Any, ...]],
    delimiter: str,
    line_end: str,
    quoting: Any,
    encoding: str,
) -> None:
    # Python's writer leaves a carriage return unquoted where it need not quote: a line's end.
    assume(quoting != csv.QUOTE_MINIMAL or not any("\r" in (row[0] or "") for row in table))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerows([NAMES, *([as_text(value) for value in row] for row in table)])
    landing.deliver("a.csv", text.getvalue().encode(encoding))
    source = files(FOLDER, format="csv", delimiter=delimiter, encoding=encoding)
    assert_equal(landing, landing.load(source, COLUMNS), table)


@MANY
@given(table=tables, ascii_only=st.booleans(), as_numbers=st.booleans())
def test_json_lines(
    landing: Landing, table: list[tuple[Any, ...]], ascii_only: bool, as_numbers: bool
) -> None:
    def line(row: tuple[Any, ...]) -> str:
        pairs = []
        for name, value in zip(NAMES, row, strict=True):
            is_number = isinstance(value, int | Decimal) and as_numbers
            spelled = None if value is None else as_text(value)
            token = spelled if is_number else json.dumps(spelled, ensure_ascii=ascii_only)
            pairs.append(f'"{name}": {token}')
        return "{" + ", ".join(pairs) + "}\n"

    landing.deliver("a.jsonl", "".join(map(line, table)))
    assert_equal(landing, landing.load(files(FOLDER, format="jsonl"), COLUMNS), table)


@MANY
@given(table=tables)
def test_parquet(landing: Landing, table: list[tuple[Any, ...]]) -> None:
    types = (pa.string(), pa.int64(), pa.decimal128(18, 2), pa.timestamp("us", "UTC"))
    columns = zip(*table, strict=True) if table else ((),) * 4
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, types, strict=True)]
    landing.deliver("a.parquet", b"")
    pq.write_table(pa.table(arrays, names=NAMES), landing.folder() / "a.parquet")
    assert_equal(landing, landing.load(files(FOLDER, format="parquet"), COLUMNS), table)


fields = st.sampled_from(["a", '"', '""', " ", "\t", ",", "\n", "\r\n", "b"])
bodies = st.lists(fields, max_size=24).map("".join)


def content_of(body: str) -> str:
    """What two files of a day may not both hold, blank lines above them or not."""
    return body.replace("\r", "").lstrip("\n")


@MANY
@given(bodies=st.lists(bodies, min_size=2, max_size=2, unique_by=content_of))
def test_any_text_gives_the_same_rows_from_both_readers(
    landing: Landing, bodies: list[str]
) -> None:
    """A blank line makes a file irregular: then it is read record by record."""
    header = "order_no,user_id\n"
    columns = {"order_no": "VARCHAR?", "user_id": "VARCHAR?"}
    found: dict[str, list[tuple[Any, ...]]] = {}
    for number, body in enumerate(bodies):
        for name, above in ((f"regular-{number}.csv", ""), (f"blank-{number}.csv", "\n")):
            landing.deliver(name, header + above + body)
            found[name] = []
    source = files(FOLDER, format="csv", final_line_end=False)
    with landing.load(source, columns) as loaded:
        for row in [*landing.accepted(loaded), *landing.refused(loaded)]:
            name = row.pop("source_file").rsplit("/", 1)[1]
            row["source_line"] -= name.startswith("blank")
            found[name].append(tuple(row.values()))
    for number in range(len(bodies)):
        assert found[f"regular-{number}.csv"] == found[f"blank-{number}.csv"]


@MANY
@given(
    lines=st.lists(
        st.sampled_from(["a,1", "b,x", "c", ",", "", "d,2,3", "e,4,", '"f,5']), max_size=50
    )
)
def test_accepted_and_refused_are_all_lines_that_are_not_blank(
    landing: Landing, lines: list[str]
) -> None:
    landing.deliver("a.csv", "\n".join(["order_no,user_id", *lines]) + "\n")
    columns = {"order_no": "VARCHAR?", "user_id": "BIGINT?"}
    with landing.load(files(FOLDER, format="csv"), columns) as loaded:
        seen = [row["source_line"] for row in landing.accepted(loaded) + landing.refused(loaded)]
        assert loaded.rows[DAY] + loaded.rejected[DAY] == len(seen)
        assert loaded.blank[DAY] + len(seen) == len(lines)
    if not any(line.startswith('"') for line in lines):
        filled = [at for at, line in enumerate(lines, start=2) if line.strip(",")]
        assert sorted(seen) == filled
