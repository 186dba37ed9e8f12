"""Puts the errors asked for into a source's SELECT, and writes down which rows they happened to.

Whether an error happens to a row is a hash of the seed, the kind and the row's own values: it
depends neither on the slice the row is written in nor on the other kinds asked for. The truth is
a file of the landing folder that the warehouse never reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from examples.sample_shop.errors.kind import Effect, ErrorKind, ErrorSource
from examples.sample_shop.errors.registry import ERRORS_OF_SOURCE
from resources.identifiers import quoted, quoted_list, text_literal

_RESOLUTION = 1_000_000_000


@dataclass(frozen=True)
class Injection:
    """The errors that one source gets; `rates` are above 0, and of this source's kinds only."""

    source: str
    errors: ErrorSource
    rates: Mapping[str, float]
    random_key: int

    @property
    def _kinds(self) -> list[ErrorKind]:
        return [kind for kind in self.errors.kinds if kind.name in self.rates]

    def rows_sql(self, select: str) -> str:
        """The SELECT of the rows that are delivered: the same columns, with errors."""
        changed = {column for kind in self._kinds for column in kind.changes}
        replaced = ", ".join(
            f"{self._given(column)} AS {quoted(column)}" for column in sorted(changed)
        )
        replace = f" REPLACE ({replaced})" if replaced else ""
        return (
            f"SELECT * EXCLUDE (error_kind, error_noise, error_copy){replace} "
            f"FROM (SELECT *, unnest({self._copies()}) AS error_copy "
            f"FROM ({self._chosen_sql(select)}))"
        )

    def truth_sql(self, select: str) -> str:
        """The SELECT of what is wrong, one row for each row that is wrong, missing or added.

        Columns: kind, scenario, also_seen_by, source, effect, keys (JSON), column_name, expected,
        given (texts, null where there is no row), currency, expected_row, given_row (JSON, null
        where there is no row).
        """
        told = [*self.errors.told, *(["currency"] if self.errors.has_currency else [])]
        keys = ", ".join(
            f"{text_literal(key)}, {self._given(key, 'true')}" for key in self.errors.keys
        )
        currency = "currency" if self.errors.has_currency else "NULL"
        expected_row = ", ".join(f"{text_literal(each)}, {each}::VARCHAR" for each in told)
        given_row = ", ".join(
            f"{text_literal(each)}, ({self._given(each, 'true')})::VARCHAR" for each in told
        )
        facts = " UNION ALL ".join(
            f"SELECT {text_literal(kind.name)} AS kind, {kind.scenario or 'NULL'} AS scenario, "
            f"{text_literal(kind.column)} AS column_name"
            for kind in self._kinds
        )
        effect = self._by_kind(
            {
                kind.name: "CASE WHEN is_postponed THEN 'added' ELSE 'missing' END"
                if kind.effect is Effect.POSTPONED
                else text_literal(kind.effect.name.lower())
                for kind in self._kinds
            }
        )
        also_seen_by = self._by_kind({kind.name: _also_seen_by(kind) for kind in self._kinds})
        expected = self._by_kind({kind.name: f"{kind.column}::VARCHAR" for kind in self._kinds})
        given = self._by_kind(
            {
                kind.name: f"({kind.changes.get(kind.column, kind.column)})::VARCHAR"
                for kind in self._kinds
            }
        )
        return (
            "SELECT DISTINCT kind, scenario, also_seen_by, "
            f"{text_literal(self.source)} AS source, effect, keys, column_name, "
            "CASE WHEN effect <> 'added' THEN expected END AS expected, "
            "CASE WHEN effect <> 'missing' THEN given END AS given, currency, "
            "CASE WHEN effect <> 'added' THEN expected_row END AS expected_row, "
            "CASE WHEN effect <> 'missing' THEN given_row END AS given_row "
            f"FROM (SELECT error_kind, {effect} AS effect, {also_seen_by} AS also_seen_by, "
            f"json_object({keys}) AS keys, "
            f"{expected} AS expected, {given} AS given, {currency} AS currency, "
            f"json_object({expected_row}) AS expected_row, json_object({given_row}) AS given_row "
            f"FROM ({self._chosen_sql(select)}) WHERE error_kind IS NOT NULL) AS wrong "
            f"JOIN ({facts}) AS fact ON fact.kind = wrong.error_kind"
        )

    def _chosen_sql(self, select: str) -> str:
        """The source's rows with the error each has, if any, and a random number for it."""
        values = quoted_list(self.errors.chosen_by)
        happens = " ".join(
            f"WHEN {self._draw(kind.name, values)} < {round(self.rates[kind.name] * _RESOLUTION)} "
            f"AND ({kind.eligible}) THEN {text_literal(kind.name)}"
            for kind in self._kinds
        )
        return (
            f"SELECT *, CASE {happens} END AS error_kind, "
            f"{self._draw('noise', values)} AS error_noise FROM ({select})"
        )

    def _draw(self, purpose: str, values: str) -> str:
        key = f"{self.random_key}::UBIGINT, {text_literal(purpose)}"
        return f"below(hash({key}, {values}), {_RESOLUTION})"

    def _copies(self) -> str:
        """For each delivered row of a row whether it is as it should be (0) or wrong (1)."""
        by_effect = {
            Effect.CHANGED: "[1]",
            Effect.MISSING: "[]::INTEGER[]",
            Effect.ADDED: "[0, 1]",
            Effect.POSTPONED: "CASE WHEN is_postponed THEN [1] ELSE [] END",
        }
        # Yesterday's rows are there only for those that were postponed.
        is_mixed = any(kind.effect is Effect.POSTPONED for kind in self._kinds)
        return self._by_kind(
            {kind.name: by_effect[kind.effect] for kind in self._kinds},
            "CASE WHEN is_postponed THEN [] ELSE [0] END" if is_mixed else "[0]",
        )

    def _given(self, column: str, is_wrong: str = "error_copy = 1") -> str:
        """A column of a delivered row, as SQL over the row that it should be."""
        changes = {
            kind.name: kind.changes[column] for kind in self._kinds if column in kind.changes
        }
        if not changes:
            return quoted(column)
        return f"CASE WHEN {is_wrong} THEN {self._by_kind(changes, column)} ELSE {column} END"

    @staticmethod
    def _by_kind(values: Mapping[str, str], otherwise: str = "NULL") -> str:
        cases = " ".join(f"WHEN {text_literal(kind)} THEN {sql}" for kind, sql in values.items())
        return f"CASE error_kind {cases} ELSE {otherwise} END"


def _also_seen_by(kind: ErrorKind) -> str:
    """SQL of the list of scenarios that see an error of the row as well."""
    cases = ", ".join(
        f"CASE WHEN {seen.where} THEN {seen.scenario} END" for seen in kind.also_seen_by
    )
    return f"list_filter([{cases}]::INTEGER[], lambda scenario: scenario IS NOT NULL)"


def injection_into(source: str, rates: Mapping[str, float], random_key: int) -> Injection | None:
    """The errors asked for that happen to a source; None if there are none."""
    errors = ERRORS_OF_SOURCE.get(source)
    if errors is None:
        return None
    own = {kind.name: rates[kind.name] for kind in errors.kinds if kind.name in rates}
    return Injection(source, errors, own, random_key) if own else None
