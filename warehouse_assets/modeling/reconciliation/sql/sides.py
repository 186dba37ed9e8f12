"""The SQL that reads both sides: each key once, what is there again apart.

A side's rows are those of the day and those that were open at its beginning. Few keys are there
twice: only their rows are summed up, or put in an order.
"""

from __future__ import annotations

from warehouse_assets.modeling.reconciliation.rule import OTHER, SIDES, Rule, SideName
from warehouse_assets.modeling.reconciliation.sql.columns import Cte, row_columns

EARLIER = "earlier"
"""The first CTE after those of the given rows: what was open when the day began."""


def side_ctes(rule: Rule, name: str) -> list[Cte]:
    """The CTEs `left_side` and `right_side`, `left_again` and `right_again`, and what they need.

    Args:
        rule: The rule.
        name: The name of the table of its results.
    """
    ctes = [(f"{side}_given", given_rows(rule, side)) for side in SIDES]
    ctes += [_earlier(rule, name), *(_rows(rule, side) for side in SIDES)]
    # Which of two rows fits the other side is asked once the other side is summed up.
    for side in sorted(SIDES, key=rule.is_many, reverse=True):
        ctes += _summed_up(rule, side) if rule.is_many(side) else _one_of_a_key(rule, side)
    return ctes


def _earlier(rule: Rule, name: str) -> Cte:
    """What was open when the day began."""
    kept = [
        "item_id, state, is_open, left_count, right_count, currency, other_currency",
        "first_date, explained_amount, open_amount, candidates",
        *(
            column.kept
            for side in SIDES
            for column in row_columns(rule, side)
            if column.kept.startswith(f"{side}_")
        ),
    ]
    days = "dt >= :start - INTERVAL 1 DAY AND dt < :start"
    listed = ", ".join(dict.fromkeys(kept))
    return (EARLIER, f"SELECT {listed} FROM {name} WHERE {days} AND is_open")


def rows_of(rule: Rule, name: SideName) -> str:
    """A SELECT of all that the side's tables have, with the columns of `row_columns`."""
    given = ", ".join(f"{column.given} AS {column.name}" for column in row_columns(rule, name))
    return f"SELECT {given} FROM {rule.side(name).source}"


def given_rows(rule: Rule, name: SideName) -> str:
    """Those rows that are compared on the day."""
    return f"{rows_of(rule, name)} WHERE {rule.side(name).is_due}"


def _rows(rule: Rule, name: SideName) -> Cte:
    """`left_rows`: each row of the side by itself, but for what is open as a duplicate."""
    listed = ", ".join(column.name for column in row_columns(rule, name))
    return (
        f"{name}_rows",
        f"SELECT {_kept(rule, name)} FROM earlier "
        f"WHERE {name}_count > 0 AND NOT ({_is_again(name)})\nUNION ALL\n"
        f"SELECT {listed} FROM {name}_given",
    )


def _summed_up(rule: Rule, name: SideName) -> list[Cte]:
    """The rows of a key and currency as one row."""
    columns = row_columns(rule, name)
    listed = ", ".join(column.name for column in columns)
    totals = ", ".join(f"{column.total} AS {column.name}" for column in columns)
    return [
        *_told_apart(rule, name, ("key_1", "currency")),
        (
            f"{name}_side",
            f"SELECT {listed} FROM {name}_once\nUNION ALL\n"
            f"SELECT {totals} FROM {name}_repeating GROUP BY key_1, currency",
        ),
        (f"{name}_again", _once_more(rule, name)),
    ]


def _one_of_a_key(rule: Rule, name: SideName) -> list[Cte]:
    """One row of each key: the oldest, then the one that fits the other side; the others again."""
    listed = ", ".join(column.name for column in row_columns(rule, name))
    of_rows = ", ".join(f"r.{column.name}" for column in row_columns(rule, name))
    other = OTHER[name]
    source = f"{other}_side" if rule.is_many(other) else f"{other}_rows"
    return [
        *_told_apart(rule, name, ("key_1",)),
        (
            f"{name}_fitting",
            f"SELECT DISTINCT r.id FROM {name}_repeating AS r JOIN {source} AS o "
            "ON o.key_1 = r.key_1 AND o.currency = r.currency AND o.amount = r.amount",
        ),
        (
            f"{name}_placed",
            f"SELECT {of_rows}, ROW_NUMBER() OVER (PARTITION BY r.key_1 ORDER BY r.first_day, "
            "CASE WHEN f.id IS NULL THEN 1 ELSE 0 END, r.id) AS place "
            f"FROM {name}_repeating AS r LEFT JOIN {name}_fitting AS f ON f.id = r.id",
        ),
        (
            f"{name}_side",
            f"SELECT {listed} FROM {name}_once\nUNION ALL\n"
            f"SELECT {listed} FROM {name}_placed WHERE place = 1",
        ),
        (
            f"{name}_again",
            f"{_once_more(rule, name)}\nUNION ALL\n"
            f"SELECT {listed} FROM {name}_placed WHERE place > 1",
        ),
    ]


def _told_apart(rule: Rule, name: SideName, key: tuple[str, ...]) -> list[Cte]:
    """`left_once`, of keys that are there once or not at all, and `left_repeating`, of others."""
    of_rows = ", ".join(f"r.{column.name}" for column in row_columns(rule, name))
    same = " AND ".join(f"p.{column} = r.{column}" for column in key)
    listed = ", ".join(key)
    return [
        (
            f"{name}_repeated",
            f"SELECT {listed} FROM {name}_rows WHERE key_1 IS NOT NULL "
            f"GROUP BY {listed} HAVING COUNT(*) > 1",
        ),
        (
            f"{name}_once",
            f"SELECT {of_rows} FROM {name}_rows AS r LEFT JOIN {name}_repeated AS p ON {same} "
            "WHERE p.key_1 IS NULL",
        ),
        (
            f"{name}_repeating",
            f"SELECT {of_rows} FROM {name}_rows AS r JOIN {name}_repeated AS p ON {same}",
        ),
    ]


def _once_more(rule: Rule, name: SideName) -> str:
    """What was open as a duplicate: it stays one."""
    return f"SELECT {_kept(rule, name)} FROM earlier WHERE {_is_again(name)}"


def _kept(rule: Rule, name: SideName) -> str:
    return ", ".join(f"{column.kept} AS {column.name}" for column in row_columns(rule, name))


def _is_again(name: SideName) -> str:
    return f"state = 'duplicate_{name}'"
