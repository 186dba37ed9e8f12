"""The SQL that finds several rows whose sum is exactly one row of the other side.

Only where one sum fits, and none of its rows is in another sum, is it taken: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from resources.identifiers import text_literal
from warehouse_assets.modeling.reconciliation.rule import OTHER, Pass, Rule, SideName
from warehouse_assets.modeling.reconciliation.sql.alike import listed_candidates, not_rejected
from warehouse_assets.modeling.reconciliation.sql.columns import Cte, row_columns

_MOST_ADDENDS = 12
"""Rows among which a sum is looked for."""


def sum_ctes(
    rule: Rule,
    many: SideName,
    number: int,
    each: Pass,
    rests: Mapping[SideName, str],
    is_rejected: str,
) -> list[Cte]:
    """The CTEs of a pass: `sums_N`, `MANY_addend_rows_N` and `MANY_summed_N`, and what they need.

    Args:
        rule: The rule.
        many: The side whose rows are summed up.
        number: The number of the pass, from 1.
        each: The pass.
        rests: What the passes before it have left over of each side, as queries in FROM.
        is_rejected: Whether a decision `d` rejects a pair of the rule, as SQL: a row is in no sum
            for the row of the other side that a person keeps it apart from.
    """
    key, columns = f"key_{number}", row_columns(rule, many)
    names = ", ".join(f"m.{column.name}" for column in columns)
    totals = ", ".join(
        f"{'MIN(key_1)' if column.name == 'key_1' else column.total} AS {column.name}"
        for column in columns
    )
    ids = ("m.id", "o.id") if many == "left" else ("o.id", "m.id")
    addends = (
        "SELECT o.id AS one_id, o.amount AS wanted, m.id, m.amount, "
        "COUNT(*) OVER (PARTITION BY o.id) AS addends "
        f"FROM {rests[OTHER[many]]} AS o JOIN {rests[many]} AS m "
        f"ON m.{key} = o.{key} AND m.currency = o.currency "
        f"WHERE ABS(days_between(m.day, o.day)) <= {each.days} "
        f"AND {not_rejected(is_rejected, *ids)}"
    )
    members = "\nUNION ALL\n".join(
        f"SELECT one_id, id_{place} AS id FROM sums_{number} WHERE id_{place} IS NOT NULL"
        for place in range(1, each.members + 1)
    )
    shared = (
        f"SELECT m.one_id FROM sum_members_{number} AS m "
        f"JOIN sum_members_{number} AS n ON n.id = m.id AND n.one_id <> m.one_id"
    )
    return [
        (f"addends_{number}", addends),
        (
            f"sums_{number}",
            "\nUNION ALL\n".join(_sums(number, each, n) for n in range(1, each.members + 1)),
        ),
        (f"sum_members_{number}", members),
        (
            f"clear_sums_{number}",
            f"SELECT s.one_id FROM sums_{number} AS s WHERE NOT EXISTS "
            f"(SELECT 1 FROM ({shared}) AS b WHERE b.one_id = s.one_id) "
            "GROUP BY s.one_id HAVING COUNT(*) = 1",
        ),
        (
            f"{many}_addend_rows_{number}",
            f"SELECT c.one_id, {names} FROM clear_sums_{number} AS c "
            f"JOIN sum_members_{number} AS a ON a.one_id = c.one_id "
            f"JOIN {many}_alone AS m ON m.id = a.id",
        ),
        (
            f"{many}_summed_{number}",
            f"SELECT one_id, {totals} FROM {many}_addend_rows_{number} GROUP BY one_id, currency",
        ),
    ]


def listed_members(each: Pass) -> str:
    """The rows of a sum, as SQL over `s`, a row of `sums_N`."""
    return _joined_ids(each, ", ")


def unclear_sums(number: int, each: Pass) -> str:
    """Rows of which several sums fit, or share a row with another's: a SELECT of id, candidates.

    A sum is written as P1 + P2.
    """
    written = _joined_ids(each, " + ")
    return (
        f"SELECT one_id AS id, {listed_candidates()} AS candidates FROM (SELECT s.one_id, "
        f"{written} AS candidate, "
        f"ROW_NUMBER() OVER (PARTITION BY s.one_id ORDER BY {written}) AS place "
        f"FROM sums_{number} AS s WHERE NOT EXISTS "
        f"(SELECT 1 FROM clear_sums_{number} AS c WHERE c.one_id = s.one_id)) AS u GROUP BY one_id"
    )


def _joined_ids(each: Pass, between: str) -> str:
    parts = ["s.id_1"] + [
        f"CASE WHEN s.id_{place} IS NULL THEN '' "
        f"ELSE CONCAT({text_literal(between)}, s.id_{place}) END"
        for place in range(2, each.members + 1)
    ]
    return f"CONCAT({', '.join(parts)})"


def _sums(number: int, each: Pass, size: int) -> str:
    """The sums of exactly `size` rows: a SELECT of one_id and id_1, id_2, ..."""
    names = [f"a{place}" for place in range(1, size + 1)]
    joins = "".join(
        f" JOIN addends_{number} AS {after} ON {after}.one_id = a1.one_id "
        f"AND {after}.id > {before}.id"
        for before, after in pairwise(names)
    )
    ids = [f"{name}.id" for name in names]
    ids += ["CAST(NULL AS VARCHAR)"] * (each.members - size)
    listed = ", ".join(f"{each_id} AS id_{place}" for place, each_id in enumerate(ids, 1))
    return (
        f"SELECT a1.one_id, {listed} FROM addends_{number} AS a1{joins} "
        f"WHERE a1.addends <= {_MOST_ADDENDS} "
        f"AND {' + '.join(f'{name}.amount' for name in names)} = a1.wanted"
    )
