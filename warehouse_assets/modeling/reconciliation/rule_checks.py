"""Does a rule fit the tables that it names? Each mistake with its line and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn, get_args

from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.column_checks import check_columns
from warehouse_assets.modeling.reconciliation.result import FIGURES, PASSES
from warehouse_assets.modeling.reconciliation.rule import (
    CONFIRMED,
    EXACT,
    SIDES,
    Compare,
    Match,
    Rule,
    Tolerance,
)

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XCD XCG XOF XPF XXX YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""Those of ISO 4217 that are in use; XXX: no currency is involved."""


def check_rule(rule: Rule, table: Table, named: Mapping[str, Table]) -> None:
    """Raise LoadError for the first thing of the rule that does not fit.

    Args:
        rule: The rule.
        table: The table of its results.
        named: All tables by name.
    """
    from warehouse_assets.modeling.reconciliation.value_checks import check_values

    for name in SIDES:
        check_columns(rule, name, table, named)
        check_values(rule, name, table, named)


def checked_rule(rule: Rule, table: Table) -> Rule:
    """The rule; LoadError for the first thing that does not fit, whatever the tables have.

    It is called before the SQL is made, which takes for granted what is checked here.
    """
    _check_choice("match", rule.match, get_args(Match), table)
    _check_choice("compare", rule.compare, get_args(Compare), table)
    _check_passes(rule, table)
    _check_figures(rule, table)
    _check_windows(rule, table)
    _check_currencies(rule, table)
    for name, each in (
        ("tolerance", rule.tolerance),
        ("fee_tolerance", rule.fee_tolerance),
        *rule.figure_tolerances.items(),
    ):
        _check_tolerance(name, each, table)
    if rule.left.fee is None and rule.fee_tolerance != EXACT:
        raise table.error("tolerates differences of a fee, and compares none", "fee_tolerance=",
                          "Give both sides a fee=, or leave it out.")  # fmt: skip
    for name, days in (("open_days", rule.open_days), ("days_apart", rule.days_apart)):
        if not _is_number(days):
            raise table.error(f"{name} is {days!r}", f"{name}=", "Give a number of days, from 0.")
    if not _is_decimal(rule.diff_rate, 1):
        raise table.error(f"diff_rate is {rule.diff_rate!r}", "diff_rate=",
                          'Give a share, 0 to 1, such as Decimal("0.01").')  # fmt: skip
    return rule


def _check_choice(name: str, given: str, known: Sequence[str], table: Table) -> None:
    if given not in known:
        raise table.error(f"{name} is {given!r}", f'"{given}"', f"Give {' or '.join(known)}.")


def _is_number(value: object) -> bool:
    """Whether it is a whole number from 0, and not True."""
    return type(value) is int and value >= 0


def _check_passes(rule: Rule, table: Table) -> None:
    kinds = [each.kind for each in rule.passes]
    if not kinds or kinds[0] != "key" or "key" in kinds[1:] or len(kinds) > PASSES:
        raise table.error(
            f"has the passes {', '.join(kinds) or 'none'}",
            "passes=",
            f"Begin with match_key(...), then at most {PASSES - 1} looser ones: match_alike(...), "
            "match_sum(...).",
        )
    for each in rule.passes:
        place = f'"{each.name}"'
        if len(each.left) != len(each.right) or not each.left:
            raise table.error(
                f"pass {each.name} has {len(each.left)} parts of a key on the left and "
                f"{len(each.right)} on the right",
                place,
                "Give both sides the same parts, in the same order.",
            )
        if [other.name for other in rule.passes].count(each.name) > 1:
            raise table.error(f"two passes are called {each.name}", place, "Name each of them.")
        if not each.name.strip() or each.name == CONFIRMED:
            step = f"Say what its key is; {CONFIRMED} is what people confirm."
            raise table.error(f"a pass is called {each.name!r}", place, step)
        if not _is_number(each.days):
            step = "Give a number of days, from 0."
            raise table.error(f"pass {each.name}: days is {each.days!r}", place, step)
        if each.kind == "sum" and not (_is_number(each.members) and 1 <= each.members <= 4):
            step = "Give 1 to 4."
            raise table.error(f"pass {each.name}: members is {each.members!r}", place, step)
        if each.kind == "sum" and rule.match not in ("n:1", "1:n"):
            step = 'Say which side is summed up: match="n:1" or "1:n".'
            raise table.error(
                f"pass {each.name} looks for sums, and match is {rule.match}", place, step
            )


def _check_figures(rule: Rule, table: Table) -> None:
    left, right = rule.left.figures, rule.right.figures
    if left.keys() != right.keys():
        name = sorted(left.keys() ^ right.keys())[0]
        raise table.error(f"only one side has the figure {name}", f'"{name}"',
                          "Give both sides the same figures.")  # fmt: skip
    for name in left:
        if not name.strip():
            raise table.error("a further figure has no name", f'"{name}"', "Say what it is.")
    for name in ("amount", "fee"):
        if name in left and (name == "amount" or rule.left.fee is not None):
            raise table.error(f"a further figure is called {name}", f'"{name}"',
                              f"Give it as {name}= of the side, or another name.")  # fmt: skip
    if len(left) > FIGURES:
        raise table.error(f"compares {len(left)} further figures", "figures=",
                          f"Give at most {FIGURES}.")  # fmt: skip
    for name in rule.figure_tolerances:
        if name not in left:
            raise table.error(f"figure_tolerances names {name}, which is no figure", f'"{name}"',
                              did_you_mean(name, left))  # fmt: skip
    if (rule.left.fee is None) != (rule.right.fee is None):
        raise table.error("only one side has a fee", "fee=", "Give both sides one, or none.")
    if (rule.left.status is None) != (rule.right.status is None):
        raise table.error("only one side has a status", "status=", "Give both sides one, or none.")
    if (rule.left.currency is None) != (rule.right.currency is None):
        raise table.error("only one side has a currency", "currency=",
                          "Give currency=None to both sides, or to none.")  # fmt: skip


def _check_windows(rule: Rule, table: Table) -> None:
    """Raise LoadError where an input is read by two windows of which none shows all."""
    reads = rule.reads
    for name, window in rule.windows:
        if not reads[name].shows_all_of(window):
            raise table.error(
                f"reads {name} by {window.name} and by {reads[name].name}",
                f'"{name}"',
                "Read it by one window that shows all that both need.",
            )


def _check_currencies(rule: Rule, table: Table) -> None:
    """Raise LoadError where a side's currency is a text that is none."""
    for name in SIDES:
        written = (rule.side(name).currency or "").strip()
        code = written.strip("'")
        if written == f"'{code}'" and code not in CURRENCIES:
            _no_currency(f"the {name}", code, written, table)


def _no_currency(what: str, code: str, text: str, table: Table) -> NoReturn:
    raise table.error(
        f"{what} names {code}, which is no currency",
        text,
        did_you_mean(code, CURRENCIES) or "Write its code of ISO 4217, such as CNY.",
    )


def _check_tolerance(name: str, tolerance: Tolerance, table: Table) -> None:
    absolute = tolerance.absolute
    by_currency = absolute if isinstance(absolute, Mapping) else {}
    for currency in by_currency:
        if currency not in CURRENCIES:
            _no_currency(name, currency, f'"{currency}"', table)
    given: list[object] = list(by_currency.values()) if by_currency else [absolute]
    for amount in (*given, tolerance.per_line):
        if not _is_decimal(amount, None):
            raise table.error(f"{name} is {amount!r}", str(amount),
                              'Give a Decimal from 0, such as Decimal("0.01").')  # fmt: skip
    for amount in given:
        if isinstance(amount, Decimal) and amount != round(amount, 2):
            raise table.error(f"{name} is {amount}, and amounts have two decimals", str(amount),
                              "Give whole cents, or per_line= or relative=.")  # fmt: skip
    if not _is_decimal(tolerance.relative, 1):
        raise table.error(f"{name}: relative is {tolerance.relative!r}", str(tolerance.relative),
                          'Give a share from 0 to 1, such as Decimal("0.001").')  # fmt: skip
    _check_choice("take", tolerance.take, ("larger", "smaller"), table)


def _is_decimal(value: object, most: int | None) -> bool:
    """Whether it is a Decimal from 0, at most that; what is typed otherwise comes in, too."""
    if not isinstance(value, Decimal) or not value.is_finite():
        return False
    return value >= 0 and (most is None or value <= most)
