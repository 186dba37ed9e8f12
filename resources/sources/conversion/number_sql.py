"""From the text of a number to its value, in SQL: by the declared pattern, exactly, or NULL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from resources.identifiers import text_literal
from resources.sources.declaration.numbers import Number

# What may stand beside the parts of a number: blank, tab, no-break spaces, ideographic space.
_GAP = r"[ \t\x{A0}\x{202F}\x{3000}]*"
_MINUS = r"\x{2212}\-"
_UNIT = r"[^\s\d.,+\-()\x{2212}\x{A0}\x{202F}\x{3000}]"
_NO_EXPONENT = _UNIT.replace("^", "^eE")

# What the signs of a number mean, "#" standing for its digits.
_SIGNS: Mapping[str, Mapping[str, str]] = {
    "leading": {"-#": "-", "+#": ""},
    "trailing": {"#-": "-", "#+": ""},
    "parentheses": {"(#)": "-"},
}

# Exactly three digits behind one mark may be thousands as well as decimals. A number of thousands
# does not begin with 0.
_MAY_BE_THOUSANDS = r"[ \t]*[+-]?0*[1-9]\d{0,2}\.\d{3}[ \t]*"


def plain_number(text: str, type_name: str, scale: int) -> str:
    """SQL of a number that is written plainly: digits, a point, a sign before them; else NULL.

    Also NULL where the three digits behind one point may be meant as thousands: "1.000" for a
    column of two decimals is 1.00 to some and 1000.00 to others.
    """
    # DuckDB's cast rounds and reads exponents, hexadecimals and underscores. A value that is
    # written back as it came was exact; any other text must be plain, zeros past the scale aside.
    cast = f"TRY_CAST({text} AS {type_name})"
    alone = rf"|\.\d{{1,{scale}}}0*" if scale else ""
    plain = rf"[ \t]*[+-]?(\d+(\.\d{{0,{scale}}}0*)?{alone})[ \t]*"
    certain = f" AND NOT {may_be_thousands(text)}" if scale < 3 else ""
    return (
        f"CASE WHEN CAST({cast} AS VARCHAR) = {text} THEN {cast} "
        f"WHEN regexp_full_match({text}, '{plain}'){certain} THEN {cast} END"
    )


def may_be_thousands(text: str) -> str:
    """SQL that is true of a text whose one point may separate thousands or decimals."""
    return f"regexp_full_match({text}, '{_MAY_BE_THOUSANDS}')"


class FieldsBeside(NamedTuple):
    """SQL of fields of a row that tell how its number is meant; None: not declared.

    `currency` is the field with the currency whose minor units the number counts.
    """

    sign: str | None = None
    currency: str | None = None


NOTHING_BESIDE = FieldsBeside()


@dataclass(frozen=True)
class NumberSql:
    """The SQL of the numbers of one column, of a decimal or whole-number type, as declared."""

    number: Number
    type_name: str
    scale: int
    beside: FieldsBeside = NOTHING_BESIDE

    def parts(self, text: str) -> str:
        """SQL of the parts of a text, a struct of texts; NULL where a cast alone is exact.

        `whole` and `fraction` are both empty where the text is not written as declared.
        """
        names = ", ".join(text_literal(name) for name in self._groups)
        found = f"regexp_extract({text}, {text_literal(self._pattern)}, [{names}])"
        return f"CASE WHEN NOT {self._plain(text)} THEN {found} END" if self._is_plain else found

    def value(self, text: str, parts: str) -> str:
        """SQL of the value: NULL where the text, or its `parts()`, is none that the type holds."""
        whole, fraction = self._shifted(parts)
        digits = f"{self._sign(parts)} || {whole} || '.' || {fraction} || '0'"
        fits = f"strlen(rtrim({fraction}, '0')) <= {self.scale}"
        if self.number.thousands and self.scale < 3:
            # 1,000 among 1.234,56 has the marks of another country.
            fits += (
                f" AND NOT (strlen({parts}.fraction) = 3 AND strlen({parts}.whole) <= 3 "
                f"AND {parts}.whole[1] <> '0')"
            )
        cases = f"WHEN {_has_digits(parts)} AND {fits} THEN TRY_CAST({digits} AS {self.type_name})"
        if self.number.zero:
            cases = f"WHEN {self._is_zero(text)} THEN CAST(0 AS {self.type_name}) {cases}"
        if self._is_plain:
            cases = f"WHEN {self._plain(text)} THEN TRY_CAST({text} AS {self.type_name}) {cases}"
        return f"CASE {cases} END"

    def misfit(self, text: str, parts: str, column: str) -> str:
        """SQL of the sentence that says why the text became no value."""
        is_number = f"{_has_digits(parts)} AND {self._sign(parts)} <> '?'"
        cases = [(is_number, f"does not fit {self.type_name} exactly")]
        if self.number.sign:
            known = ", ".join(map(text_literal, self.number.sign.signs))
            unknown = f"coalesce({self.beside.sign}, '') NOT IN ({known})"
            cases.insert(0, (unknown, f"has no sign: {self.number.sign.field} is none of {known}"))
        if self.number.minor_units:
            unknown = f"{self._minor_decimals} IS NULL"
            cases.insert(0, (unknown, f"has a {self.number.minor_units.field} that is unknown"))
        if self.number.unit:
            bare = replace(self, number=replace(self.number, unit=None, units=()))
            without = f"regexp_full_match({text}, {text_literal(bare._pattern)})"
            cases.insert(0, (without, f"has no unit {self.number.unit} the number"))
        otherwise = f"is no {self.type_name}"
        if self.number.described:
            otherwise += f" as declared: {self.number.described}"
        said = " ".join(f"WHEN {test} THEN {text_literal(words)}" for test, words in cases)
        before = text_literal(f"{column}: '")
        return (
            f"{before} || left({text}, 100) || ''' ' || "
            f"CASE {said} ELSE {text_literal(otherwise)} END"
        )

    @property
    def _is_plain(self) -> bool:
        """Whether a text that the engine writes back as it came can be no other number."""
        one = self.number
        others = one.unit or one.sign or one.has_implied_decimals or "leading" not in one.negative
        return one.decimal_mark == "." and not others

    def _plain(self, text: str) -> str:
        return f"coalesce(CAST(TRY_CAST({text} AS {self.type_name}) AS VARCHAR) = {text}, false)"

    @property
    def _groups(self) -> list[str]:
        """The names of the pattern's groups, in their order."""
        before = ["unit"] if self.number.unit == "before" else []
        behind = ["unit"] if self.number.unit == "behind" else []
        digits = ["whole", "fraction", "exponent"]
        return ["sign1", *before, "sign2", *digits, "sign3", *behind, "sign4"]

    @property
    def _pattern(self) -> str:
        opening, closing = rf"([+({_MINUS}])?{_GAP}", rf"{_GAP}([+){_MINUS}])?"
        before, behind = self._beside("before"), self._beside("behind")
        return (
            f"^{_GAP}{opening}{before}{_GAP}{opening}{self._digits}"
            f"{closing}{_GAP}{behind}{closing}{_GAP}$"
        )

    def _beside(self, place: str) -> str:
        """The pattern of what stands on one side of the digits."""
        if self.number.unit != place:
            return f"(?:{_any_of(self.number.symbols)})?" if self.number.symbols else ""
        if self.number.units:
            return f"({_any_of(self.number.units)})"
        # A lone E is what is left of an exponent.
        return f"({_UNIT}{{2,}}|{_NO_EXPONENT})" if self.number.exponent else f"({_UNIT}+)"

    @property
    def _digits(self) -> str:
        one = self.number
        # A number that is written in groups does not begin with 0: 0.123 has decimals.
        groups = [rf"(?:{re.escape(mark)}\d{{3}})+" for mark in one.thousands]
        whole = rf"[1-9]\d{{0,2}}(?:{'|'.join(groups)})|\d+" if groups else r"\d+"
        fraction = rf"(?:{re.escape(one.decimal_mark)}(\d*))?" if one.decimal_mark else "()"
        exponent = r"(?:[eE]([+-]?0*\d{1,2}))?" if one.exponent else "()"
        return f"({whole})?{fraction}{exponent}"

    def _is_zero(self, text: str) -> str:
        symbol = f"(?:{_any_of(self.number.symbols)})?" if self.number.symbols else ""
        zero = f"{_GAP}{symbol}{_GAP}(?:{_any_of(self.number.zero)}){_GAP}{symbol}{_GAP}"
        return f"regexp_full_match({text}, {text_literal(zero)})"

    def _sign(self, parts: str) -> str:
        """SQL of '-' or ''; '?', which no number holds, where the signs are not as declared."""
        signs = f"{parts}.sign1 || {parts}.sign2 || '#' || {parts}.sign3 || {parts}.sign4"
        if self.number.sign:
            means = {text: sign.strip("+") for text, sign in self.number.sign.signs.items()}
            by_field = _case(self.beside.sign or "NULL", means)
            return f"CASE WHEN {signs} = '#' THEN {by_field} ELSE '?' END"
        allowed = {"#": ""}
        for place in self.number.negative:
            allowed |= _SIGNS[place]
        return _case(f"replace({signs}, '\u2212', '-')", allowed)

    def _shifted(self, parts: str) -> tuple[str, str]:
        """SQL of the digits before and behind the point, once it is where it belongs."""
        whole, fraction = f"{parts}.whole", f"{parts}.fraction"
        for mark in self.number.thousands:
            whole = f"replace({whole}, {text_literal(mark)}, '')"
        if not (self.number.exponent or self.number.has_implied_decimals):
            return whole, fraction
        by = f"coalesce(TRY_CAST({parts}.exponent AS INTEGER), 0)"
        if self.number.implied_decimals:
            by = str(-self.number.implied_decimals)
        if self.number.minor_units:
            by = f"(-{self._minor_decimals})"
        digits = f"({whole} || {fraction})"
        point = f"CAST(strlen({whole}) + {by} AS INTEGER)"
        return (
            f"CASE WHEN {point} <= 0 THEN '0' "
            f"ELSE rpad(left({digits}, {point}), greatest({point}, 1), '0') END",
            f"CASE WHEN {point} <= 0 THEN repeat('0', -{point}) || {digits} "
            f"ELSE substr({digits}, {point} + 1) END",
        )

    @property
    def _minor_decimals(self) -> str:
        """SQL of the decimals of the row's currency; NULL, which no number has, if unknown."""
        assert self.number.minor_units
        pairs = " ".join(
            f"WHEN {text_literal(currency)} THEN {decimals}"
            for currency, decimals in self.number.minor_units.decimals.items()
        )
        return f"CASE {self.beside.currency or 'NULL'} {pairs} END"


def _has_digits(parts: str) -> str:
    return f"{parts}.whole || {parts}.fraction <> ''"


def _case(found: str, means: Mapping[str, str]) -> str:
    pairs = " ".join(
        f"WHEN {text_literal(text)} THEN {text_literal(meaning)}" for text, meaning in means.items()
    )
    return f"CASE {found} {pairs} ELSE '?' END"


def _any_of(texts: Sequence[str]) -> str:
    # The longest first, so that none hides behind its beginning.
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
