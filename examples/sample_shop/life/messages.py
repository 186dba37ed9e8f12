"""The fate of messages: which versions of a row arrive on a day, late ones and repeated ones too.

1 % of the messages first arrive one to three days late; whatever would come before waits for them.
Of every version 0.5 % are sent twice, on the same day or again on the next. Sources of a few rows
a day have more of both: one row in twelve is late, one in sixteen sent twice.
"""

from __future__ import annotations

from typing import Final

FATE: Final = """
CREATE MACRO days_late(fate) AS
    CASE below(fate, 300) WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 0 END;
CREATE MACRO repeated_version(fate) AS least(below(fate >> 20, 200), 100);
CREATE MACRO repeat_gap(fate) AS below(fate >> 40, 2);
CREATE MACRO often_days_late(fate) AS
    CASE below(fate, 36) WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 3 ELSE 0 END;
CREATE MACRO often_repeated_version(fate) AS least(below(fate >> 20, 16), 100);
"""


def told(relation: str, fate_key: str, purpose: int, first_age: int = 0, last_age: int = 3) -> str:
    """SQL of the rows of `relation` that the delivered day tells, with the `version` to tell.

    A version is told only if something happened to it: the source's own condition, of the sort
    `paid_age = version`, says so.

    Args:
        relation: A relation with the column `age`. Best one of the stored tables, such as
            `order_core`: what is worked out from its columns is then worked out for told rows only.
        fate_key: Its column of random numbers, one for each message.
        purpose: A number that no other message of the same key has.
        first_age: The youngest age at which there is anything to tell.
        last_age: The oldest age at which a message may arrive.
    """
    fate = f"draw({fate_key}, {purpose})"
    late = f"least({last_age}, {first_age} + days_late({fate}))"
    repeated = f"({first_age} + repeated_version({fate}))::TINYINT"
    in_time = f"age BETWEEN {first_age} AND {last_age}"
    # Hardly any row is late or sent twice, so the others are spared an unnest.
    return f"""(
SELECT *, age AS version FROM {relation} WHERE {in_time} AND age >= {late}
UNION ALL
SELECT *, unnest(range({first_age}, age))::TINYINT AS version FROM {relation}
WHERE {in_time} AND age > {first_age} AND age = {late}
UNION ALL
SELECT *, {repeated} AS version FROM {relation}
WHERE {in_time} AND {repeated} <= age
    AND age = least({last_age}, greatest({repeated}, {late}) + repeat_gap({fate}))
)"""


def told_once(
    relation: str,
    fate_key: str,
    purpose: int,
    happened_age: str,
    first_age: int = 0,
    last_age: int = 3,
) -> str:
    """The same for messages of one version, which tell what happened at the age `happened_age`."""
    fate = f"draw({fate_key}, {purpose})"
    arrival = f"least({last_age}, greatest({happened_age}, {first_age} + days_late({fate})))"
    return f"""(
SELECT * FROM {relation} WHERE age <= {last_age} AND age = {arrival}
UNION ALL
SELECT * FROM {relation}
WHERE age <= {last_age} AND {first_age} + repeated_version({fate}) = {happened_age}
    AND age = least({last_age}, {arrival} + repeat_gap({fate}))
)"""


def copies_told(fate: str, age: str, happened_age: str, last_age: str, often: str = "") -> str:
    """SQL of how often a message of one version is told at an age: not at all, once or twice.

    Args:
        fate: SQL of its random number.
        age: SQL of the age at which the day tells it.
        happened_age: SQL of the age at which happened what it tells.
        last_age: SQL of the oldest age at which it may arrive.
        often: `often_` for a source of a few rows a day.
    """
    arrival = f"least({last_age}, {happened_age} + {often}days_late({fate}))"
    return (
        f"(({age} = {arrival})::TINYINT + ({often}repeated_version({fate}) = 0 "
        f"AND {age} = least({last_age}, {arrival} + repeat_gap({fate})))::TINYINT)"
    )
