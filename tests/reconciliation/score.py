"""Precision and recall of every rule: the items it reports against the errors that were made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol

from examples.sample_shop.errors.truth import InjectedError
from tests.reconciliation import expected, sums
from tests.reconciliation.measured_shop import MeasuredShop, rows
from tests.reconciliation.subjects import Facts, Subjects, error_subjects, item_subjects
from tests.reconciliation.sums import Sums

_NOT_REPORTED = "('matched', 'matched_within_tolerance')"


@dataclass(frozen=True)
class Item:
    """An item of a rule at the end of the days, unless it agrees."""

    rule: str
    state: str
    first_date: date
    subjects: Subjects
    content: Mapping[str, Any]


@dataclass
class KindScore:
    """Errors of one kind as one scenario sees them: how many were made, and what became of them.

    `cancelled` are those that other errors of the same rows make up for, so that no difference is
    left that anybody could see.
    """

    made: int = 0
    found: int = 0
    in_state: int = 0
    cancelled: int = 0
    missed: list[InjectedError] = field(default_factory=list[InjectedError])
    in_other_state: list[tuple[InjectedError, str]] = field(
        default_factory=list[tuple[InjectedError, str]]
    )

    @property
    def recall(self) -> float:
        """Share of the errors that can be seen that were found."""
        visible = self.made - self.cancelled
        return self.found / visible if visible else 1.0


@dataclass
class RuleScore:
    """Differences that a rule reports, and which of them the truth explains."""

    reported: int = 0
    explained: int = 0
    unexplained: list[Item] = field(default_factory=list[Item])

    @property
    def precision(self) -> float:
        """Share of the differences that are there because of an error."""
        return self.explained / self.reported if self.reported else 1.0


@dataclass(frozen=True)
class Score:
    """The scores by scenario and kind, and by rule."""

    kinds: Mapping[tuple[int, str], KindScore]
    rules: Mapping[str, RuleScore]


def score(shop: MeasuredShop) -> Score:
    """Compare all items that do not agree with the truth; see expected.MARGIN_DAYS."""
    truth = shop.truth()
    of_rules = {rule: RuleScore() for rule in shop.rules}
    kinds: dict[tuple[int, str], KindScore] = defaultdict(KindScore)
    by_scenario = defaultdict[int, list[str]](list)
    for rule in shop.rules:
        by_scenario[expected.SCENARIO_OF[rule]].append(rule)
    with shop.connect() as connection:
        facts = Facts.read(connection)
        for scenario, names in sorted(by_scenario.items()):
            seen = [each for each in truth if scenario in (each.scenario, *each.also_seen_by)]
            judged = {name: _last_day(shop, name) for name in names}
            views: list[View] = []
            for name in (name for name in names if name in sums.RULES):
                of_rule = Sums.read(connection, name, seen, tuple(shop.days))
                views.append(SumView(of_rule))
                _precision_of_sums(of_rules[name], of_rule, judged[name])
            others = [name for name in names if name not in sums.RULES]
            if others:
                items = [item for name in others for item in _items(connection, name)]
                about = [(error, _subjects_of(others, error, facts)) for error in seen]
                views.append(ItemView(scenario, about, items))
                _precision(of_rules, about, items, judged)
            _recall(kinds, scenario, seen, views, max(judged.values()))
    return Score(dict(kinds), of_rules)


def _subjects_of(names: Sequence[str], error: InjectedError, facts: Facts) -> Subjects:
    return frozenset().union(*(error_subjects(name, error, facts) for name in names))


def _last_day(shop: MeasuredShop, rule: str) -> date:
    return shop.days.last - timedelta(days=expected.MARGIN_DAYS.get(rule, 0))


def _items(connection: Any, rule: str) -> list[Item]:
    """Each item as the last partition that has it says, unless it agrees on one day."""
    found = rows(
        connection,
        f"SELECT * FROM {rule} QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY dt DESC) "
        f"= 1 AND state NOT IN {_NOT_REPORTED}",
    )
    return [
        Item(rule, row["state"], row["first_date"], item_subjects(rule, row), row) for row in found
    ]


@dataclass(frozen=True)
class Verdict:
    """What became of an error. `other` is what is reported in place of what is expected."""

    outcome: Literal["found", "missed", "cancelled"]
    other: str | None = None


class View(Protocol):
    """Rules of a scenario, which see its errors in the same manner."""

    def verdict(self, error: InjectedError) -> Verdict | None:
        """What became of an error; None if these rules do not see it."""
        ...


class ItemView:
    """Rules that report rows: an item is about the same as the error."""

    def __init__(
        self,
        scenario: int,
        about: Sequence[tuple[InjectedError, Subjects]],
        items: Sequence[Item],
    ) -> None:
        self._scenario, self._items_of = scenario, _by_subject(items)
        self._subjects_of = {id(error): subjects for error, subjects in about}
        self._errors_of = defaultdict[str, list[InjectedError]](list)
        for error, subjects in about:
            for subject in subjects:
                self._errors_of[subject].append(error)

    def verdict(self, error: InjectedError) -> Verdict | None:
        """Found if there is an item; in the state of this error, or of another of its rows."""
        if not expected.states(self._scenario, error.kind):
            return None
        subjects = self._subjects_of[id(error)]
        seen = [item for subject in subjects for item in self._items_of[subject]]
        others = {id(each): each for subject in subjects for each in self._errors_of[subject]}
        if not seen:
            is_cancelled = len(others) > 1 and _cancel(others.values())
            return Verdict("cancelled" if is_cancelled else "missed")
        states = {s for e in others.values() for s in expected.states(self._scenario, e.kind)}
        if any(item.state in states for item in seen):
            return Verdict("found")
        return Verdict("found", seen[0].state)


@dataclass(frozen=True)
class SumView:
    """A rule that compares sums: of each sum of the error an item says what its errors make."""

    sums: Sums

    def verdict(self, error: InjectedError) -> Verdict | None:
        """Found if each sum that differs is reported; as expected if it is to the cent."""
        visible = self.sums.visible(error)
        if not visible:
            return Verdict("cancelled")
        if not visible <= self.sums.reported.keys():
            return Verdict("missed")
        if self.sums.is_exact(visible):
            return Verdict("found")
        made = {group: self.sums.expected[group] for group in visible}
        said = {group: self.sums.reported[group] for group in visible}
        return Verdict("found", f"{said} instead of {made}")


def _recall(
    kinds: dict[tuple[int, str], KindScore],
    scenario: int,
    errors: Iterable[InjectedError],
    views: Sequence[View],
    last: date,
) -> None:
    """Every rule that sees an error must report it."""
    for error in errors:
        later = expected.LATER_DAYS.get(scenario, {}).get(error.kind, 0)
        if error.day > last - timedelta(days=later):
            continue
        kind = kinds[scenario, error.kind]
        kind.made += 1
        verdicts = [verdict for view in views if (verdict := view.verdict(error))]
        outcomes = {verdict.outcome for verdict in verdicts}
        if not verdicts or "missed" in outcomes:
            kind.missed.append(error)
        elif outcomes == {"cancelled"}:
            kind.cancelled += 1
        else:
            kind.found += 1
            other = next((verdict.other for verdict in verdicts if verdict.other), None)
            if other is None:
                kind.in_state += 1
            else:
                kind.in_other_state.append((error, other))


def _precision_of_sums(rule: RuleScore, sums_of: Sums, last: date) -> None:
    """An item is explained if its figures are, to the cent, what errors make of its sum."""
    for item in sums_of.items:
        if item.first_date > last:
            continue
        rule.reported += 1
        if sums_of.is_exact(item.groups):
            rule.explained += 1
        else:
            rule.unexplained.append(
                Item(
                    sums_of.rule, item.content["state"], item.first_date, frozenset(), item.content
                )
            )


def _precision(
    scores: Mapping[str, RuleScore],
    about: Sequence[tuple[InjectedError, Subjects]],
    items: Sequence[Item],
    judged: Mapping[str, date],
) -> None:
    wrong = {subject for _, subjects in about for subject in subjects}
    for item in items:
        if item.state == "timing" or item.first_date > judged[item.rule]:
            continue
        rule = scores[item.rule]
        rule.reported += 1
        if item.subjects & wrong:
            rule.explained += 1
        else:
            rule.unexplained.append(item)


def _by_subject(items: Iterable[Item]) -> Mapping[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        for subject in item.subjects:
            found[subject].append(item)
    return found


def _cancel(errors: Iterable[InjectedError]) -> bool:
    """Whether errors of the two sides of a comparison leave no difference: as much on each."""
    errors = list(errors)
    if all(error.column == "currency" for error in errors):
        return len({error.given for error in errors}) == 1
    moved = defaultdict[str, Decimal](Decimal)
    for error in errors:
        if error.effect == "changed" and error.column not in expected.AMOUNT_COLUMNS:
            return False
        by = Decimal(error.given or 0) - Decimal(error.expected or 0)
        moved[error.source.partition("/")[0]] += by
    sums = [each for each in moved.values() if each]
    return len(sums) != 1 and len(set(sums)) <= 1
