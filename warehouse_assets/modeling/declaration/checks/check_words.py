"""What a pandera check demands, in words that people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_WORDS = {
    "equal_to": "= {value}",
    "not_equal_to": "≠ {value}",
    "greater_than": "> {min_value}",
    "greater_than_or_equal_to": "≥ {min_value}",
    "less_than": "< {max_value}",
    "less_than_or_equal_to": "≤ {max_value}",
    "str_matches": "matches {pattern}",
}


def stated(check: Any) -> str:
    """A check in a few words: `≥ 0`, `one of paid, shipped`; `usually` where it only warns."""
    usually = "usually " if check.raise_warning else ""
    if check.name == "isin":
        return f"{usually}one of {', '.join(_in_order(check.statistics['allowed_values']))}"
    words = _WORDS.get(check.name)
    if words is None:
        return usually + str(check.error or check.name)
    return usually + words.format(**check.statistics)


def _in_order(values: Iterable[object]) -> list[str]:
    texts = [str(value) for value in values]
    return sorted(texts) if isinstance(values, set | frozenset) else texts
