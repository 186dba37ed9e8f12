"""How a source writes its numbers: declared once, so that no text is read by guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from resources.errors import SettingsError
from resources.sources.declaration.column_origins import Characters, Field, as_field
from resources.sources.declaration.minor_units import MinorUnits

SignPlace = Literal["leading", "trailing", "parentheses"]
UnitPlace = Literal["before", "behind"]

_MOST_DECIMALS = 38


@dataclass(frozen=True)
class SignField:
    """The field of a row that says whether its number is positive or negative.

    Attributes:
        field: The field: its name in the header, or its position.
        negative: Texts that mean a negative number, such as D for debit.
        positive: Texts that mean a positive one. Any other text is a fault of the row.
    """

    field: Field | Characters
    negative: tuple[str, ...]
    positive: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The texts that have a meaning."""
        return (*self.positive, *self.negative)


@dataclass(frozen=True)
class Number:
    """A way to write numbers. Make one with `number()`, which checks its arguments.

    Attributes:
        decimal_mark: What stands before the decimals, one character; "" if there are none.
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
    """

    decimal_mark: str = "."
    thousands: str = ""
    negative: tuple[SignPlace, ...] = ("leading",)
    symbols: tuple[str, ...] = ()
    unit: UnitPlace | None = None
    units: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()
    exponent: bool = False
    implied_decimals: int = 0
    sign: SignField | None = None
    minor_units: MinorUnits | None = None

    @property
    def fields_beside(self) -> tuple[Field | Characters, ...]:
        """The fields of a row that tell how its number is meant."""
        told = (self.sign, self.minor_units)
        return tuple(one.field for one in told if one is not None)

    @property
    def has_implied_decimals(self) -> bool:
        """Whether no mark stands before the decimals."""
        return bool(self.implied_decimals or self.minor_units)

    @property
    def described(self) -> str:
        """The marks, for the reason of a row that is refused; "" if they are the usual ones."""
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


def number(
    *,
    decimal_mark: str = ".",
    thousands: str = "",
    negative: SignPlace | Sequence[SignPlace] = ("leading",),
    symbols: Sequence[str] = (),
    unit: UnitPlace | None = None,
    units: Sequence[str] = (),
    zero: Sequence[str] = (),
    exponent: bool = False,
    implied_decimals: int = 0,
    sign: SignField | None = None,
    minor_units: MinorUnits | None = None,
) -> Number:
    """Declare how numbers are written; `Number` says what each argument means.

    Raises:
        SettingsError: If an argument makes no sense; says which one and what would.
    """
    declared = Number(
        decimal_mark="" if implied_decimals or minor_units else decimal_mark,
        thousands=thousands,
        negative=(negative,) if isinstance(negative, str) else tuple(negative),
        symbols=_texts("symbols", symbols),
        unit=unit,
        units=_texts("units", units),
        zero=_texts("zero", zero),
        exponent=exponent,
        implied_decimals=implied_decimals,
        sign=sign,
        minor_units=minor_units,
    )
    _check(declared)
    return declared


def sign_from(field: str | Field | Characters, signs: Mapping[str, Literal["+", "-"]]) -> SignField:
    """Declare the field that has the sign: `sign_from("direction", {"C": "+", "D": "-"})`.

    Raises:
        SettingsError: If a word means neither "+" nor "-".
    """
    if not signs or any(sign not in ("+", "-") for sign in signs.values()):
        raise _refused(
            f"sign_from() gives the signs {dict(signs)!r}",
            'Give each text of the field its sign, as in {"C": "+", "D": "-"}.',
        )
    return SignField(
        as_field(field),
        negative=tuple(word for word, sign in signs.items() if sign == "-"),
        positive=tuple(word for word, sign in signs.items() if sign == "+"),
    )


def checked_numbers(numbers: Mapping[str, Number] | None) -> Mapping[str, Number]:
    """The numbers of columns that are written in another way than those of their source.

    Raises:
        SettingsError: If one of them is not made by `number()`.
    """
    for name, one in (numbers or {}).items():
        if not isinstance(one, Number):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise _refused(
                f"column_numbers gives {name} the {type(one).__name__} {one!r}",
                'Write column_numbers={"' + name + '": number(...)}.',
            )
    return MappingProxyType(dict(numbers or {}))


def _texts(name: str, given: Sequence[str]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise _refused(f"{name} is one text, not a sequence", f"Write {name}=({given!r},).")
    if not all(given):
        raise _refused(f"{name} holds an empty text", "Leave it out.")
    return tuple(given)


def _check(declared: Number) -> None:
    mark, thousands = declared.decimal_mark, declared.thousands
    if len(mark) > 1 or any(each.isalnum() or each in "+-()" for each in mark + thousands):
        raise _refused(
            f"decimal_mark {mark!r} or thousands {thousands!r} is no mark",
            'Give one character each, as in decimal_mark=",", thousands=".".',
        )
    if mark and mark in thousands:
        raise _refused(
            f"{mark!r} is both decimal_mark and thousands", "Give each a character of its own."
        )
    places = get_args(SignPlace)
    if any(place not in places for place in declared.negative):
        raise _refused(
            f"negative is {declared.negative!r}", f"Take some of {', '.join(map(repr, places))}."
        )
    if declared.unit is not None and declared.unit not in get_args(UnitPlace):
        raise _refused(f"unit is {declared.unit!r}", 'Write unit="before" or unit="behind".')
    if declared.units and declared.unit is None:
        raise _refused("units are given without their place", 'Add unit="before" or "behind".')
    for word in (*declared.symbols, *declared.units):
        if any(each.isdigit() for each in word):
            raise _refused(f"{word!r} holds digits", "Give a text that is no part of a number.")
    if not 0 <= declared.implied_decimals <= _MOST_DECIMALS:
        raise _refused(
            f"implied_decimals is {declared.implied_decimals}", "Give 2 for cents, 0 for none."
        )
    if declared.implied_decimals and declared.minor_units:
        raise _refused("implied_decimals and minor_units both are", "Leave one of them out.")
    if declared.has_implied_decimals and declared.exponent:
        raise _refused(
            "implied_decimals or minor_units, and exponent, are declared", "Leave one of them out."
        )


def _refused(what: str, next_step: str) -> SettingsError:
    return SettingsError(f"number(): {what}", next_step)
