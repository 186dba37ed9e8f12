"""Small text files are read together, and what comes of it is what comes of each alone."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.errors import LedgerlakeError, SourceError
from resources.lake.model.window import Window
from resources.sources.declaration.files import Source, files
from resources.sources.declaration.layout import layout, starts_with
from resources.sources.formats.text.load_text import load_texts
from resources.sources.loading import load_part
from tests.sources.conftest import DAY, FOLDER, Landing

COLUMNS = {"name": "VARCHAR?", "amount": "DECIMAL(18,2)"}
DAYS = [DAY + timedelta(days=number) for number in range(6)]
WINDOW = Window.of_days(DAYS[0], DAYS[-1])

NAMES = ["a", "b c", "ü", "", '"x, y"', '"two\nlines"', '"half', "#z", "  "]
AMOUNTS = ["1.00", "2", "-3.5", "1.005", "", "many", "4.00,5"]
LINES = st.one_of(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(AMOUNTS)).map(",".join),
    st.sampled_from(["a,1.00", "b,2.00", "c,3.00", "d,4.00"]),
    st.sampled_from(["", "name,amount", "only", "\ufeffa,1.00", "#end"]),
)
SIMPLE = st.lists(st.sampled_from(["a,1.00", "b,2.00", "c,many", ",3.00"]), max_size=5)
HEADERS = ["name,amount"] * 8 + ["amount,name", '"name",amount', "", "nam"]


@st.composite
def csv_texts(draw: st.DrawFn) -> bytes:
    lines = draw(st.one_of(SIMPLE, st.lists(LINES, max_size=5)))
    end = draw(st.sampled_from(["\n"] * 6 + ["\r\n", "\r"]))
    text = end.join([draw(st.sampled_from(HEADERS)), *lines])
    text += draw(st.sampled_from([end] * 8 + ["", end * 2, end + " "]))
    return (draw(st.sampled_from(["", "", "", "\ufeff"])) + text).encode()


@st.composite
def json_texts(draw: st.DrawFn) -> bytes:
    line = st.sampled_from(
        [
            '{"name": "a", "amount": "1.00"}',
            '{"name": "b", "amount": 2.10}',
            '{"amount": "3.00"}',
            '{"name": "c"}',
            '{"nam": "c", "amount": "many"}',
            "[]",
            "",
            "{",
            '{"name": "x\x1fy", "amount": "4"}',
        ]
    )
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n"]))
    return "".join(each + end for each in draw(st.lists(line, max_size=5))).encode()


def outcome(landing: Landing, source: Source) -> Any:
    """Rows, refused rows and counts of the days; or why they cannot be read."""
    try:
        loaded = landing.load(source, COLUMNS, WINDOW)
    except LedgerlakeError as error:
        return type(error), str(error)
    with loaded, loaded.reading(landing.connection):
        rows, refused = landing.accepted(loaded), landing.refused(loaded)
        return rows, refused, loaded.rows, loaded.rejected, loaded.blank, loaded.first_reasons


def both(landing: Landing, source: Source) -> tuple[Any, Any]:
    """What comes of the files together, and of each alone."""
    together = outcome(landing, source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load_part, "_SMALL_TEXT_BYTES", -1)
        return together, outcome(landing, source)


PROPERTY = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PROPERTY
@given(texts=st.lists(csv_texts(), min_size=len(DAYS), max_size=len(DAYS)))
def test_csv_files_give_what_each_gives_alone(landing: Landing, texts: list[bytes]) -> None:
    landing.clear()
    for day, text in zip(DAYS, texts, strict=True):
        landing.deliver("part-0.csv", text, day)
    together, alone = both(landing, files(FOLDER, format="csv", tolerance=1.0))
    assert together == alone


@PROPERTY
@given(texts=st.lists(csv_texts(), min_size=len(DAYS), max_size=len(DAYS)))
def test_files_with_a_layout_give_what_each_gives_alone(
    landing: Landing, texts: list[bytes]
) -> None:
    landing.clear()
    for number, (day, text) in enumerate(zip(DAYS, texts, strict=True)):
        above = b"# exported\n" * (number % 3)
        landing.deliver("part-0.csv", above + text + b"#end\n# bye\n", day)
    rules = layout(header=starts_with("name,"), end=starts_with("#end"))
    together, alone = both(landing, files(FOLDER, format="csv", tolerance=1.0, layout=rules))
    assert together == alone


@PROPERTY
@given(texts=st.lists(json_texts(), min_size=len(DAYS), max_size=len(DAYS)))
def test_json_lines_give_what_each_gives_alone(landing: Landing, texts: list[bytes]) -> None:
    landing.clear()
    for day, text in zip(DAYS, texts, strict=True):
        landing.deliver("part-0.jsonl", text, day)
    together, alone = both(landing, files(FOLDER, format="jsonl", tolerance=1.0))
    assert together == alone


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files are read together, each time that it is tried."""
    numbers: list[int] = []

    def counted(job: Any) -> Any:
        numbers.append(len(job.paths))
        return load_texts(job)

    monkeypatch.setattr("resources.sources.loading.load_part.load_texts", counted)
    return numbers


def test_days_of_one_header_are_read_in_one_go(landing: Landing, tried: list[int]) -> None:
    for number, day in enumerate(DAYS):
        landing.deliver("a.csv", f"name,amount\nx,{number}.00\n", day)
        landing.deliver("b.csv.gz", gzip.compress(b"name,amount\ny,1.00\nz,many\n"), day)
    loaded = landing.load(files(FOLDER, format="csv", tolerance=1.0), COLUMNS, WINDOW)
    assert tried == [12]
    with loaded, loaded.reading(landing.connection):
        assert [row["source_line"] for row in landing.accepted(loaded)] == [2] * 12
        assert [row["raw"] for row in landing.refused(loaded)] == ["z,many"] * 6


def test_one_that_is_broken_is_found_among_many_and_named(
    landing: Landing, tried: list[int]
) -> None:
    for day in DAYS:
        landing.deliver("a.csv.gz", gzip.compress(b"name,amount\nx,1.00\n"), day)
    landing.deliver("a.csv.gz", gzip.compress(b"name,amount\nx,1.00\n")[:-4], DAYS[4])
    with pytest.raises(SourceError, match=rf"{DAYS[4]}/a.csv.gz is truncated"):
        landing.load(files(FOLDER, format="csv"), COLUMNS, WINDOW)
    assert tried == [6, 3, 3, 2]


def test_one_that_differs_is_read_alone_and_the_others_together(
    landing: Landing, tried: list[int]
) -> None:
    for day in DAYS:
        landing.deliver("a.csv", "name,amount\nx,1.00\n", day)
    landing.deliver("a.csv", "amount,name\n2.00,x\n", DAYS[2])
    loaded = landing.load(files(FOLDER, format="csv"), COLUMNS, WINDOW)
    assert tried == [6, 2, 3]
    amounts = [str(row["amount"]) for row in landing.take(loaded)]
    assert amounts == ["1.00", "1.00", "2.00", "1.00", "1.00", "1.00"]
