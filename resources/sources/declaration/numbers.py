"""How a source writes its numbers: declared once, so that no text is read by guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

from resources.errors import SettingsError
from resources.sources.declaration.column_origins import Characters, Field, as_field
from resources.sources.declaration.refusals import fixed, refused, require_word, texts

SignPlace = Literal["leading", "trailing", "parentheses"]
UnitPlace = Literal["before", "behind"]

_MOST_DECIMALS = 38
_refused = partial(refused, "number")


@dataclass(frozen=True)
class MinorUnits:
    """How many of a whole number's digits are decimals, told by a currency beside it.

    A currency, as the field spells it, that has no `decimals` is a fault of the row.
    """

    field: Field | Characters
    decimals: Mapping[str, int]


@dataclass(frozen=True)
class SignField:
    """The field of a row that says whether its number is positive or negative.

    Any text that has no sign in `signs` is a fault of the row.
    """

    field: Field | Characters
    signs: Mapping[str, Literal["+", "-"]]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A way to write numbers; tables call it `number()`.

    Attributes:
        decimal_mark: The character before the decimals; "" if there are none.
        thousands: What may stand between groups of three digits, one character; of several
            characters, one number uses one. Groups are checked: 1.23.456 is no number.
        negative: Where a negative number has its sign: "leading" (-1.00), "trailing" (1.00-),
            "parentheses" around it; or several of them.
        symbols: Texts before or behind the number that are dropped, as in ¥12.00 or 50 %.
        unit: Where each number must have a unit or currency: "before" (CNY 1.00) or "behind"
            (1.00 EUR). `unit_of()` puts it into a column.
        units: The units that there may be; none: any word without digits.
        zero: Texts that mean 0, such as the "-" of spreadsheets.
        exponent: Whether 1.9E-4 is a number.
        implied_decimals: How many of the digits are decimals, where no mark is written: 2 for
            cents.
        sign: The field that has the sign, where the number has none.
        minor_units: The same as `implied_decimals`, told by the currency of each row.

    Raises:
        SettingsError: If an argument makes no sense; says which one and what would.
    """

    decimal_mark: str = "."
    thousands: str = ""
    negative: SignPlace | Sequence[SignPlace] = ("leading",)
    symbols: Sequence[str] = ()
    unit: UnitPlace | None = None
    units: Sequence[str] = ()
    zero: Sequence[str] = ()
    exponent: bool = False
    implied_decimals: int = 0
    sign: SignField | None = None
    minor_units: MinorUnits | None = None

    def __post_init__(self) -> None:
        places = (self.negative,) if isinstance(self.negative, str) else tuple(self.negative)
        fixed(
            self,
            negative=places,
            decimal_mark="" if self.has_implied_decimals else self.decimal_mark,
        )
        for name in ("symbols", "units", "zero"):
            fixed(self, **{name: texts("number", name, getattr(self, name))})
            if not all(getattr(self, name)):
                raise _refused(f"{name} holds an empty text", "Leave it out.")
        self._check()

    @property
    def fields_beside(self) -> tuple[Field | Characters, ...]:
        """The fields of a row that tell how its number is meant."""
        return tuple(one.field for one in (self.sign, self.minor_units) if one is not None)

    @property
    def has_implied_decimals(self) -> bool:
        """Whether no mark stands before the decimals."""
        return bool(self.implied_decimals or self.minor_units)

    @property
    def described(self) -> str:
        """The marks, for the reason of a row that is rejected; "" if they are the usual ones."""
        if self.minor_units:
            return "whole minor units of a currency"
        if self.implied_decimals:
            return f"digits, the last {self.implied_decimals} of them decimals"
        if not self.thousands and not self.unit and self.decimal_mark == ".":
            return ""
        marks = [f"decimal mark {self.decimal_mark}" if self.decimal_mark else "no decimals"]
        if self.thousands:
            shown = " or ".join(
                each if each.isprintable() and not each.isspace() else f"U+{ord(each):04X}"
                for each in self.thousands
            )
            marks.append(f"thousands {shown}")
        if self.unit:
            marks.append(f"unit {self.unit} the number")
        return ", ".join(marks)

    def _check(self) -> None:
        mark, thousands = self.decimal_mark, self.thousands
        if len(mark) > 1 or any(each.isalnum() or each in "+-()" for each in mark + thousands):
            raise _refused(
                f"decimal_mark {mark!r} or thousands {thousands!r} is no mark",
                'Give one character each, as in decimal_mark=",", thousands=".".',
            )
        if mark and mark in thousands:
            raise _refused(
                f"{mark!r} is both decimal_mark and thousands",
                "Give each a character of its own.",
            )
        for place in self.negative:
            require_word("number", "negative", place, get_args(SignPlace))
        if self.unit is not None:
            require_word("number", "unit", self.unit, get_args(UnitPlace))
        elif self.units:
            raise _refused("units are given without their place", 'Add unit="before" or "behind".')
        for word in (*self.symbols, *self.units):
            if any(each.isdigit() for each in word):
                raise _refused(f"{word!r} holds digits", "Give a text that is no part of a number.")
        if not 0 <= self.implied_decimals <= _MOST_DECIMALS:
            raise _refused(
                f"implied_decimals is {self.implied_decimals}",
                "Give 2 for cents, 0 for none.",
            )
        if self.implied_decimals and self.minor_units:
            raise _refused("implied_decimals and minor_units both are", "Leave one of them out.")
        if self.has_implied_decimals and self.exponent:
            raise _refused(
                "implied_decimals or minor_units, and exponent, are declared",
                "Leave one of them out.",
            )


number = Number


def minor_units(field: str | Field | Characters, decimals: Mapping[str, int]) -> MinorUnits:
    """Declare amounts in minor units: `minor_units("currency", {"usd": 2, "jpy": 0})`."""
    for currency, places in decimals.items():
        is_number = isinstance(places, int) and not isinstance(places, bool)  # pyright: ignore
        if not is_number or not 0 <= places <= _MOST_DECIMALS:
            raise SettingsError(
                f"minor_units() gives {currency!r} {places!r} decimals",
                'Give each currency its decimals, as in {"usd": 2, "jpy": 0}.',
            )
    if not decimals:
        raise SettingsError(
            "minor_units() has no currency",
            'Name each that is delivered, as in {"usd": 2, "jpy": 0}.',
        )
    return MinorUnits(as_field(field), dict(decimals))


def sign_from(field: str | Field | Characters, signs: Mapping[str, Literal["+", "-"]]) -> SignField:
    """Declare the field that has the sign: `sign_from("direction", {"C": "+", "D": "-"})`."""
    if not signs or any(sign not in ("+", "-") for sign in signs.values()):
        raise _refused(
            f"sign_from() gives the signs {dict(signs)!r}",
            'Give each text of the field its sign, as in {"C": "+", "D": "-"}.',
        )
    return SignField(as_field(field), dict(signs))


def checked_numbers(numbers: Mapping[str, Number] | None) -> Mapping[str, Number]:
    """The numbers of columns. Raises SettingsError if one is not made by `number()`."""
    for name, one in (numbers or {}).items():
        if not isinstance(one, Number):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _refused(
                f"column_numbers gives {name} the {type(one).__name__} {one!r}",
                'Write column_numbers={"' + name + '": number(...)}.',
            )
    return dict(numbers or {})
