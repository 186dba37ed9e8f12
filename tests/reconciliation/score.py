"""Precision and recall of every rule: the items it reports against the errors that were made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from examples.sample_shop.errors.truth import InjectedError
from tests.reconciliation import expected
from tests.reconciliation.measured_shop import MeasuredShop, rows, rules
from tests.reconciliation.subjects import Facts, Subjects, error_subjects, item_subjects

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
    with shop.connect() as connection:
        facts = Facts.read(connection)
        items = {rule: _items(connection, rule) for rule in rules()}
    kinds: dict[tuple[int, str], KindScore] = defaultdict(KindScore)
    of_rules = {rule: RuleScore() for rule in rules()}
    by_scenario = defaultdict[int, list[str]](list)
    for rule in rules():
        by_scenario[expected.SCENARIO_OF[rule]].append(rule)
    for scenario, names in sorted(by_scenario.items()):
        seen = [error for error in truth if scenario in (error.scenario, *error.also_seen_by)]
        about = [
            (error, frozenset().union(*(error_subjects(name, error, facts) for name in names)))
            for error in seen
        ]
        found = [item for name in names for item in items[name]]
        judged = {name: _last_day(shop, name) for name in names}
        _recall(kinds, scenario, about, found, max(judged.values()))
        _precision(of_rules, about, found, judged)
    return Score(dict(kinds), of_rules)


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


def _recall(
    kinds: dict[tuple[int, str], KindScore],
    scenario: int,
    about: Sequence[tuple[InjectedError, Subjects]],
    items: Sequence[Item],
    last: date,
) -> None:
    items_of, errors_of = _by_subject(items), defaultdict[str, list[InjectedError]](list)
    for error, subjects in about:
        for subject in subjects:
            errors_of[subject].append(error)
    for error, subjects in about:
        later = expected.LATER_DAYS.get(scenario, {}).get(error.kind, 0)
        if error.day > last - timedelta(days=later):
            continue
        kind = kinds[scenario, error.kind]
        kind.made += 1
        seen = [item for subject in subjects for item in items_of[subject]]
        others = {id(each): each for subject in subjects for each in errors_of[subject]}
        if not seen:
            if len(others) > 1 and _cancel(others.values()):
                kind.cancelled += 1
            else:
                kind.missed.append(error)
            continue
        kind.found += 1
        states = [state for each in others.values() for state in _states(scenario, each.kind)]
        if scenario in expected.TOTALS or any(item.state in states for item in seen):
            kind.in_state += 1
        else:
            kind.in_other_state.append((error, seen[0].state))


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


def _states(scenario: int, kind: str) -> tuple[str, ...]:
    return expected.STATES.get(kind, {}).get(scenario, ())


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
