"""The SQL that matches the rows of two sides, pass by pass; each row is taken once.

It is a list of CTEs. `left_side` and `right_side` become `joined`, and what of it does not agree to
the cent becomes `pairs`: what belongs together, and what is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.rule import (
    CONFIRMED,
    DECISIONS,
    OTHER,
    SIDES,
    Pass,
    Rule,
    SideName,
)
from warehouse_assets.modeling.reconciliation.sql.agreed import is_agreed
from warehouse_assets.modeling.reconciliation.sql.alike import alike_ctes, equally_good
from warehouse_assets.modeling.reconciliation.sql.columns import Cte, row_columns
from warehouse_assets.modeling.reconciliation.sql.sums import listed_members, sum_ctes, unclear_sums

ALIASES: Mapping[SideName, str] = MappingProxyType({"left": "l", "right": "r"})


class Matching:
    """The CTEs of one rule, which grow by a pass at a time."""

    def __init__(self, rule: Rule, name: str) -> None:
        self._rule, self._name = rule, name
        self._columns = {side: [c.name for c in row_columns(rule, side)] for side in SIDES}
        self._types = row_columns(rule, "left")
        self._ctes: list[Cte] = []
        self._pairs: list[str] = []
        self._late: list[str] = []
        self._ambiguous: dict[SideName, list[str]] = {"left": [], "right": []}
        self._rest = 0

    def ctes(self) -> list[Cte]:
        """From `left_side` and `right_side`, with `left_again` and `right_again`, to `pairs`."""
        self._by_key()
        self._by_key_alone()
        self._settled_before()
        self._confirmed()
        for number, each in enumerate(self._rule.passes, 1):
            if each.kind == "alike":
                self._alike(number, each)
            elif each.kind == "sum":
                self._sums(number, each)
        pairs = [*self._pairs, self._late_pairs(), *self._alone()]
        self._add("pairs", "\nUNION ALL\n".join(pairs))
        return self._ctes

    def _add(self, name: str, sql: str) -> None:
        self._ctes.append((name, sql))

    def _by_key(self) -> None:
        """The first pass, of the same currency; what it leaves is `left_alone`, `right_alone`."""
        self._add(
            "joined",
            f"SELECT {self._both()} FROM left_side AS l FULL JOIN right_side AS r "
            "ON r.key_1 = l.key_1 AND r.currency = l.currency",
        )
        names = ", ".join(f"{side}_{column}" for side in SIDES for column in self._columns[side])
        first = self._rule.passes[0].name
        self._pairs.append(
            f"SELECT {names}, {text_literal(first)} AS match_pass, "
            "CAST(NULL AS VARCHAR) AS candidates, 0 AS is_suggested, 0 AS is_ambiguous, "
            "0 AS again FROM joined WHERE left_id IS NOT NULL AND right_id IS NOT NULL "
            f"AND {is_agreed(self._rule)} = 0"
        )
        for side in SIDES:
            columns = ", ".join(f"{side}_{column} AS {column}" for column in self._columns[side])
            self._add(
                f"{side}_alone", f"SELECT {columns} FROM joined WHERE {OTHER[side]}_id IS NULL"
            )
            self._add(f"{side}_rest_1", f"SELECT id FROM {side}_alone")
        self._rest = 1

    def _by_key_alone(self) -> None:
        """What has the same key and another currency.

        The item of a pair is in the currency of its left. A right that was adjusted in its own
        stays by itself: amounts of two currencies are not added up.
        """
        self._add(
            "right_adjusted",
            "SELECT a.id, a.currency FROM right_alone AS a JOIN explained AS x "
            "ON x.item_id = CONCAT('right:', a.id) AND x.currency = a.currency",
        )
        for side in SIDES:
            self._add(
                f"{side}_keyed",
                "SELECT id, key_1, ROW_NUMBER() OVER (PARTITION BY key_1 ORDER BY id) AS place "
                f"FROM {side}_alone WHERE key_1 IS NOT NULL",
            )
        self._take(
            "keyed",
            self._rule.passes[0].name,
            "left_keyed AS l JOIN right_keyed AS r "
            "ON r.key_1 = l.key_1 AND r.place = l.place WHERE l.place = 1 "
            "AND NOT EXISTS (SELECT 1 FROM right_adjusted AS a WHERE a.id = r.id)",
        )

    def _settled_before(self) -> None:
        """What is left over although its key was settled on an earlier day: it is there again."""
        for side in SIDES:
            self._add(
                f"{side}_settled",
                f"SELECT DISTINCT e.id FROM {self._rest_of(side)} AS e JOIN {self._name} AS s "
                f"ON s.{side}_key = e.key_1 "
                f"WHERE s.dt < :start AND s.dt >= :start - INTERVAL {self._rule.days_apart} DAY "
                f"AND NOT s.is_open AND s.{side}_count > 0",
            )
            self._leave(side, f"{side}_settled")
            listed = ", ".join(self._columns[side])
            of_alone = ", ".join(f"e.{column}" for column in self._columns[side])
            self._add(
                f"{side}_there_again",
                f"SELECT {listed} FROM {side}_again\nUNION ALL\n"
                f"SELECT {of_alone} FROM {side}_alone AS e JOIN {side}_settled AS s ON s.id = e.id",
            )
        self._rest += 1

    def _confirmed(self) -> None:
        """What a person says belongs together: for as long as it is open, until it is rejected.

        Of several decisions on a row the latest counts: no row is taken twice.
        """
        ranked = ", ".join(
            f"ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY decided_at DESC, decision_no DESC) "
            f"AS {name}"
            for by, name in (
                ("left_id, right_id", "of_pair"),
                ("left_id, decision", "of_left"),
                ("right_id, decision", "of_right"),
            )
        )
        self._add(
            "decided",
            f"SELECT left_id, right_id, decision, {ranked} FROM {DECISIONS} AS d "
            f"WHERE {self._decided('confirm', 'reject')}",
        )
        self._take(
            "confirmed",
            CONFIRMED,
            f"decided AS d JOIN left_rest_{self._rest} AS l ON l.id = d.left_id "
            f"JOIN right_rest_{self._rest} AS r ON r.id = d.right_id "
            "WHERE d.decision = 'confirm' AND d.of_pair = 1 AND d.of_left = 1 AND d.of_right = 1 "
            "AND NOT EXISTS (SELECT 1 FROM right_adjusted AS a JOIN left_alone AS o "
            "ON o.currency <> a.currency WHERE a.id = d.right_id AND o.id = d.left_id)",
        )

    def _alike(self, number: int, each: Pass) -> None:
        """One to one by another key and the amount, each the other's nearest."""
        rests: dict[SideName, str] = {side: self._rest_of(side) for side in SIDES}
        for name, sql in alike_ctes(number, each, rests, self._decided("reject")):
            self._add(name, sql)
        self._take(
            str(number),
            each.name,
            f"nearest_{number} AS n JOIN left_rest_{self._rest} AS l ON l.id = n.left_id "
            f"JOIN right_rest_{self._rest} AS r ON r.id = n.right_id "
            "WHERE n.rights = 1 AND n.lefts = 1",
            suggests=each.suggests,
        )
        for side in SIDES:
            self._ambiguous[side] += equally_good(number, side)

    def _sums(self, number: int, each: Pass) -> None:
        """Several rows of the many side that add up to one of the other."""
        many: SideName = "left" if self._rule.is_many("left") else "right"
        one = OTHER[many]
        rests: dict[SideName, str] = {side: self._rest_of(side) for side in SIDES}
        for name, sql in sum_ctes(self._rule, many, number, each, rests, self._decided("reject")):
            self._add(name, sql)
        alias: dict[SideName, str] = {many: "m", one: "o"}
        self._pairs.append(
            f"SELECT {self._both(alias)}, {text_literal(each.name)} AS match_pass, "
            f"{listed_members(each)} AS candidates, 0 AS is_suggested, 0 AS is_ambiguous, "
            f"0 AS again FROM {many}_summed_{number} AS m "
            f"JOIN {one}_alone AS o ON o.id = m.one_id JOIN sums_{number} AS s ON s.one_id = o.id"
        )
        self._leave(many, f"{many}_addend_rows_{number}")
        self._leave(one, f"{many}_summed_{number}", "one_id")
        self._ambiguous[one].append(unclear_sums(number, each))
        self._rest += 1

    def _rest_of(self, side: SideName) -> str:
        """What the passes so far have left over, with all columns, as a query in FROM."""
        listed = ", ".join(f"a.{column}" for column in self._columns[side])
        rest = f"{side}_rest_{self._rest}"
        return f"(SELECT {listed} FROM {side}_alone AS a JOIN {rest} AS r ON r.id = a.id)"

    def _leave(self, side: SideName, taken: str, column: str = "id") -> None:
        """Take what a pass has found, the ids of a CTE, out of what is left over of a side."""
        self._add(
            f"{side}_rest_{self._rest + 1}",
            f"SELECT e.id FROM {side}_rest_{self._rest} AS e "
            f"WHERE NOT EXISTS (SELECT 1 FROM {taken} AS t WHERE t.{column} = e.id)",
        )

    def _take(self, name: str, match_pass: str, source: str, *, suggests: bool = False) -> None:
        """Take the pairs that a pass has found, rows `l` and `r`, out of what is left over."""
        self._add(
            f"pairs_{name}",
            f"SELECT l.id AS left_id, r.id AS right_id, {text_literal(match_pass)} AS match_pass, "
            f"{int(suggests)} AS is_suggested FROM {source}",
        )
        self._late.append(f"pairs_{name}")
        for side in SIDES:
            self._leave(side, f"pairs_{name}", f"{side}_id")
        self._rest += 1

    def _late_pairs(self) -> str:
        """What the later passes have taken, with the columns of both sides."""
        found = "\nUNION ALL\n".join(
            f"SELECT left_id, right_id, match_pass, is_suggested FROM {name}" for name in self._late
        )
        self._add("late_pairs", found)
        return (
            f"SELECT {self._both()}, p.match_pass, CAST(NULL AS VARCHAR) AS candidates, "
            "p.is_suggested, 0 AS is_ambiguous, 0 AS again FROM late_pairs AS p "
            "JOIN left_alone AS l ON l.id = p.left_id JOIN right_alone AS r ON r.id = p.right_id"
        )

    def _alone(self) -> list[str]:
        """What no pass has taken, and what is there again, as pairs without the other side."""
        alone: list[str] = []
        for side in SIDES:
            if found := self._ambiguous[side]:
                rows = "\nUNION ALL\n".join(found)
                self._add(
                    f"{side}_ambiguous",
                    f"SELECT id, MIN(candidates) AS candidates FROM ({rows}) AS f GROUP BY id",
                )
            joined = f" JOIN {side}_rest_{self._rest} AS r ON r.id = e.id"
            joined += f" LEFT JOIN {side}_ambiguous AS a ON a.id = e.id" if found else ""
            candidates = "a.candidates" if found else "CAST(NULL AS VARCHAR)"
            ambiguous = "CASE WHEN a.id IS NULL THEN 0 ELSE 1 END" if found else "0"
            alone += [
                self._one_sided(side, f"{side}_alone", joined, candidates, ambiguous),
                self._one_sided(side, f"{side}_there_again", again=1),
            ]
        return alone

    def _one_sided(
        self,
        side: SideName,
        source: str,
        joined: str = "",
        candidates: str = "CAST(NULL AS VARCHAR)",
        ambiguous: str = "0",
        again: int = 0,
    ) -> str:
        selected = [
            f"e.{column.name} AS {each}_{column.name}"
            if each == side
            else f"CAST(NULL AS {column.type}) AS {each}_{column.name}"
            for each in SIDES
            for column in self._types
        ]
        return (
            f"SELECT {', '.join(selected)}, CAST(NULL AS VARCHAR) AS match_pass, "
            f"{candidates} AS candidates, 0 AS is_suggested, {ambiguous} AS is_ambiguous, "
            f"{again} AS again FROM {source} AS e{joined}"
        )

    def _both(self, aliases: Mapping[SideName, str] = ALIASES) -> str:
        return ", ".join(
            f"{aliases[side]}.{column} AS {side}_{column}"
            for side in SIDES
            for column in self._columns[side]
        )

    def _decided(self, *decisions: str) -> str:
        listed = ", ".join(map(text_literal, decisions))
        return f"d.rule = {text_literal(self._name)} AND d.decision IN ({listed}) AND d.dt < :end"
