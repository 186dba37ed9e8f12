"""Numbers with a unit, a sign in another field or full-width digits; declarations without sense."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.column_origins import unit_of
from resources.sources.declaration.files import files
from resources.sources.declaration.numbers import number, sign_from
from tests.sources.conftest import FOLDER, MONEY, Landing, values


def test_a_unit_is_required_and_goes_into_a_column(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        'no,paid,settled\n1,"CHF 1,250.00","1.174,30 EUR"\n2,15.00,"14,09 EUR"\n'
        '3,JPY 980,"5,50\u00a0GBP"\n4,"CHF 1.250,00","1,00 EUR"\n5,CHF -3.10,"-2,91 USD"\n',
    )
    source = files(
        FOLDER,
        format="csv",
        columns={"paid_currency": unit_of("paid"), "settled_currency": unit_of("settled")},
        column_numbers={
            "paid": number(thousands=",", unit="before"),
            "settled": number(decimal_mark=",", thousands=".", unit="behind", units=("EUR", "GBP")),
        },
    )
    columns = {
        "no": "BIGINT", "paid": MONEY, "paid_currency": "VARCHAR",
        "settled": MONEY, "settled_currency": "VARCHAR",
    }  # fmt: skip
    with landing.load(source, columns) as loaded:
        assert values(landing.accepted(loaded), *columns) == [
            (1, Decimal("1250.00"), "CHF", Decimal("1174.30"), "EUR"),
            (3, Decimal("980.00"), "JPY", Decimal("5.50"), "GBP"),
        ]
        reasons = {row["source_line"]: row["reason"] for row in landing.refused(loaded)}
    assert "'15.00' has no unit before the number" in reasons[3]
    assert "decimal mark ., thousands ,, unit before the number" in reasons[5]
    assert "'-2,91 USD' is no DECIMAL(18,2)" in reasons[6]


def test_the_sign_may_stand_in_a_field_of_its_own(landing: Landing) -> None:
    landing.deliver("a.csv", "kind,cents\nC,4990\nD,120\nX,5\n,5\nC,-5\n")
    style = number(implied_decimals=2, sign=sign_from("kind", {"C": "+", "D": "-"}))
    source = files(FOLDER, format="csv", column_numbers={"cents": style})
    with landing.load(source, {"cents": MONEY}) as loaded:
        found = values(landing.accepted(loaded), "cents")
        assert found == [(Decimal("49.90"),), (Decimal("-1.20"),)]
        reasons = [row["reason"] for row in landing.refused(loaded)]
    assert ["has no sign" in reason for reason in reasons] == [True, True, False]
    landing.deliver("a.csv", "cents\n1\n")
    with pytest.raises(SourceError, match="the field 'kind', which has the sign of cents"):
        landing.load(source, {"cents": MONEY})


def test_full_width_digits_are_folded_in_numbers_and_dates_alone(landing: Landing) -> None:
    landing.deliver(
        "a.csv",
        "日,字,額\n２０２６年１月５日,１号,１，２３４．５０\n2026年1月6日,ｘ,（￥９９．９９）\n"
        "2026年1月6日,a,－０．０１\n2026年1月6日,b,１００。５０\n",
    )
    style = number(thousands=",", negative=("leading", "parentheses"), symbols=("¥",))
    source = files(
        FOLDER,
        format="csv",
        fold_width=True,
        numbers=style,
        date_formats=["%Y年%-m月%-d日"],
        columns={"day": "日", "note": "字", "amount": "額"},
    )
    columns = {"day": "DATE", "note": "VARCHAR", "amount": MONEY}
    with landing.load(source, columns) as loaded:
        assert [tuple(map(str, row)) for row in values(landing.accepted(loaded), *columns)] == [
            ("2026-01-05", "１号", "1234.50"),
            ("2026-01-06", "ｘ", "-99.99"),
            ("2026-01-06", "a", "-0.01"),
        ]
        assert len(landing.refused(loaded)) == 1


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"decimal_mark": ",", "thousands": ","}, "both decimal_mark and thousands"),
        ({"decimal_mark": "--"}, "is no mark"),
        ({"thousands": "0"}, "is no mark"),
        ({"negative": "before"}, "negative is"),
        ({"symbols": "$"}, "not a sequence"),
        ({"symbols": ["1x"]}, "holds digits"),
        ({"unit": "left"}, "unit is 'left'"),
        ({"units": ["EUR"]}, "without their place"),
        ({"implied_decimals": -1}, "implied_decimals is -1"),
        ({"implied_decimals": 2, "exponent": True}, "Leave one of them out"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(declared: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match="Next step") as raised:
        number(**declared)
    assert said in str(raised.value)


def test_a_unit_that_no_number_has_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="the unit of paid, whose numbers have none"):
        files("a/b", format="csv", columns={"currency": unit_of("paid")})
    with pytest.raises(SettingsError, match="column_numbers gives x"):
        files("a/b", format="csv", column_numbers={"x": ","})  # pyright: ignore[reportArgumentType]
    with pytest.raises(SettingsError, match="sign_from"):
        sign_from("kind", {"C": "plus"})  # pyright: ignore[reportArgumentType]
