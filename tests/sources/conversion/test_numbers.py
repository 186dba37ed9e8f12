"""Numbers are read as they are declared to be written: exactly, or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from resources.sources.declaration.files import files
from resources.sources.declaration.numbers import Number, number
from tests.sources.conftest import FOLDER, MONEY, Landing
from tests.sources.test_round_trip import MANY


def read(
    landing: Landing, texts: Sequence[str], kind: str = MONEY, **declared: Any
) -> list[Decimal | str]:
    """What each text becomes, or the reason why it is refused."""
    lines = [f'{at},"{text.replace(chr(34), chr(34) * 2)}"' for at, text in enumerate(texts)]
    landing.deliver("a.csv", "\n".join(["no,x", *lines]) + "\n")
    if "numbers" in declared:
        declared["column_numbers"] = {"x": declared.pop("numbers")}
    source = files(FOLDER, format="csv", **declared)
    with landing.load(source, {"no": "BIGINT", "x": kind}) as loaded:
        found = {row["no"]: row["x"] for row in landing.accepted(loaded)}
        refused = {row["source_line"] - 2: row["reason"] for row in landing.refused(loaded)}
    return [(found | refused)[at] for at in range(len(texts))]


def amounts(landing: Landing, texts: Sequence[str], **declared: Any) -> list[str | None]:
    """The same, None where a text is refused."""
    found = read(landing, texts, **declared)
    return [str(each) if isinstance(each, Decimal) else None for each in found]


def test_three_digits_behind_one_mark_are_refused_where_two_decimals_are_meant(
    landing: Landing,
) -> None:
    unsure = ["1.000", "-1.000", "7.500", "+250.000", "999.999", " 12.340 "]
    assert all(
        str(reason).endswith("may have thousands or decimals: declare it by number()")
        for reason in read(landing, unsure)
    )
    assert [
        str(reason).endswith("may have thousands or decimals: declare it by number()")
        for reason in read(landing, ["1.000", "12.0"], "BIGINT")
    ] == [True, False]
    # A group of thousands has three digits before it at most, and does not begin with 0.
    sure = ["0.500", "1000.000", "1.0000", "1.00", "7.5", "-0.000"]
    assert amounts(landing, sure) == ["0.50", "1000.00", "1.00", "1.00", "7.50", "0.00"]
    assert read(landing, ["1.000", "7.125"], "DECIMAL(18,3)") == [
        Decimal("1.000"),
        Decimal("7.125"),
    ]


def test_a_declaration_says_which_it_is(landing: Landing) -> None:
    texts = ["1.000", "-7.500", "12.5"]
    assert amounts(landing, texts, numbers=number()) == ["1.00", "-7.50", "12.50"]
    dots = number(decimal_mark=",", thousands=".")
    assert amounts(landing, texts, numbers=dots) == ["1000.00", "-7500.00", None]


GERMAN = number(decimal_mark=",", thousands=".", negative=("leading", "trailing"))
AMERICAN = number(
    thousands=",", negative=("leading", "parentheses"), symbols=("$", "USD"), zero=("-",)
)
SWISS = number(thousands="'\u2019")
FRENCH = number(decimal_mark=",", thousands="\u202f\u00a0", symbols=("€",))


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (
            GERMAN,
            {
                **{"1.234,56": "1234.56", "-1.234,56": "-1234.56", "1.234,56-": "-1234.56"},
                **{"12,5": "12.50", ",5": "0.50", "1.234.567": "1234567.00", "12,3400": "12.34"},
                **{"\u22125,00": "-5.00", " 7 ": "7.00", "0,125": None, "0,120": "0.12"},
                **{"1.23.456": None, "12.34": None, "0.123": None, "1234.567": None},
                # A number of another country: 1.00 or 1000.00?
                **{"1,000": None, "1,234.56": None, "-5-": None, "5+-": None, "": None},
            },
        ),
        (
            AMERICAN,
            {
                **{" $(1,234.50)": "-1234.50", "($1.00)": "-1.00", "3,765.50 ": "3765.50"},
                **{"- $220.00": "-220.00", "+ $5.00  ": "5.00", "$-7": "-7.00", " $-   ": "0.00"},
                **{"-": "0.00", "1,000": "1000.00", "USD 2": "2.00", "2 USD": "2.00"},
                **{"(-5)": None, "(5": None, "5)": None, "$$5": None, "1,00": None, "5-": None},
                **{"1,2345": None, "$": None, "USD": None, "1.234,50": None, "1.000": None},
            },
        ),
        (SWISS, {"1'234.50": "1234.50", "1’234’567": "1234567.00", "1'234’567": None}),
        (
            FRENCH,
            {
                "1\u202f204\u202f500,00": "1204500.00",
                "4\u00a0860,00 €": "4860.00",
                "1 204,00": None,
                "1\u202f20": None,
                "99,90": "99.90",
            },
        ),
        (
            number(exponent=True),
            {
                **{"9.71234E4": "97123.40", "3.2105E+03": "3210.50", "1e-2": "0.01", "5": "5.00"},
                **{"10E-1": "1.00", "0.00E+00": "0.00", "-2.5e1": "-25.00", ".5E1": "5.00"},
                **{"1E-3": None, "1.2E": None, "E4": None, "1E999": None, "1e1.5": None},
            },
        ),
        (
            number(implied_decimals=2),
            {
                **{"000000004990": "49.90", "1": "0.01", "-120": "-1.20", "0": "0.00"},
                **{"12.50": None, "12,50": None, "1 2": None},
            },
        ),
        (number(negative="trailing"), {"5.00-": "-5.00", "-5.00": None, "5.00": "5.00"}),
    ],
)
def test_styles(landing: Landing, style: Number, expected: Mapping[str, str | None]) -> None:
    found = amounts(landing, list(expected), numbers=style, null_texts=())
    assert dict(zip(expected, found, strict=True)) == expected


def grouped(digits: str, mark: str) -> str:
    head = len(digits) % 3
    parts = [digits[:head]] * (head > 0) + re.findall("...", digits[head:])
    return mark.join(parts)


cents = st.integers(-(10**18) + 1, 10**18 - 1)


@MANY
@given(
    written=st.lists(cents, min_size=1, max_size=50),
    marks=st.sampled_from([(",", "."), (".", ","), (".", "'"), (",", "\u202f"), (",", " ")]),
    place=st.sampled_from(["leading", "trailing", "parentheses"]),
    symbol=st.sampled_from(["", "€", "$ ", "Rs.", "kr."]),
    before=st.booleans(),
)
def test_whatever_is_written_in_a_style_comes_back(
    landing: Landing,
    written: list[int],
    marks: tuple[str, str],
    place: Any,
    symbol: str,
    before: bool,
) -> None:
    decimal_mark, thousands = marks

    def spelled(value: int) -> str:
        whole, fraction = divmod(abs(value), 100)
        text = f"{grouped(str(whole), thousands)}{decimal_mark}{fraction:02d}"
        text = f"{symbol}{text}" if before else f"{text} {symbol}".strip()
        if value >= 0:
            return text
        return {"leading": f"-{text}", "trailing": f"{text}-", "parentheses": f"({text})"}[place]

    style = number(
        decimal_mark=decimal_mark,
        thousands=thousands,
        negative=place,
        symbols=[symbol.strip()] if symbol else [],
    )
    found = read(landing, [spelled(value) for value in written], numbers=style)
    assert found == [Decimal(value).scaleb(-2) for value in written]


def american(text: str) -> Decimal | None:
    """What AMERICAN means, without a pattern for the whole: peeled from both ends."""
    blanks = " \t"
    bare = text.strip(blanks)
    if bare in ("-", "$-", "$ -", "-$", "- $", "$-$"):
        return Decimal(0)
    left = bare[: len(bare) - len(bare.lstrip("+-($ \t"))]
    right = bare[len(bare.rstrip("-)+$ \t")) :]
    core = bare[len(left) : len(bare) - len(right)]
    if re.search("[+(-].*[$].*[$]|[$][^$]*[$]", left) or right.count("$") > 1:
        return None
    signs = re.sub("[$ \t]", "", left) + "#" + re.sub("[$ \t]", "", right)
    if signs not in ("#", "+#", "-#", "(#)"):
        return None
    whole, _, fraction = core.partition(".")
    if not re.fullmatch("[0-9]*", fraction) or not (whole or fraction):
        return None
    if "," in whole:
        first, *rest = whole.split(",")
        if not re.fullmatch("[1-9][0-9]{0,2}", first) or any(
            not re.fullmatch("[0-9]{3}", each) for each in rest
        ):
            return None
    elif not re.fullmatch("[0-9]*", whole):
        return None
    if len(fraction.rstrip("0")) > 2:
        return None
    if len(fraction) == 3 and re.fullmatch("[1-9][0-9]{0,2}|", whole):
        return None if whole else Decimal(f"0.{fraction}")
    return Decimal(f"{'-' if '-' in signs or '(' in signs else ''}{whole.replace(',', '') or 0}"
                   f".{fraction or 0}")  # fmt: skip


@MANY
@given(
    texts=st.lists(st.text("0123459.,-+()$ ", min_size=1, max_size=9), min_size=100, max_size=150)
)
def test_no_text_is_read_otherwise_than_by_its_style(landing: Landing, texts: list[str]) -> None:
    filled = [text for text in texts if text.strip()]
    style = number(thousands=",", negative=("leading", "parentheses"), symbols=("$",), zero=("-",))
    found = read(landing, filled, numbers=style)
    taken = [each if isinstance(each, Decimal) else None for each in found]
    assert dict(zip(filled, taken, strict=True)) == {text: american(text) for text in filled}
