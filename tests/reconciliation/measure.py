"""Measure precision and recall of all rules on a shop whose errors are known.

python -m tests.reconciliation.measure --days 30 --orders 300 --rate 0.05 [--kind K] [--rule R]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from examples.sample_shop.errors.registry import ERROR_KINDS
from tests.reconciliation.measured_shop import MeasuredShop, measured_shop, rules
from tests.reconciliation.score import Score, score

_EXAMPLES = 5


def main() -> int:
    """Run the program; 0 if precision and recall are 100 % everywhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--orders", type=int, default=300, help="a day")
    parser.add_argument("--rate", type=float, default=0.05, help="share of rows; 0: no errors")
    parser.add_argument("--kind", choices=list(ERROR_KINDS), help="one kind; all without it")
    parser.add_argument("--rule", action="append", choices=rules(), help="may be given again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="keep the lake here; use it if it is there")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    kinds = [given.kind] if given.kind else ERROR_KINDS
    rates = {kind: given.rate for kind in kinds if given.rate}
    with tempfile.TemporaryDirectory(prefix="ledgerlake-measure-") as folder:
        shop = measured_shop(
            given.home or Path(folder),
            days=given.days,
            orders=given.orders,
            rates=rates,
            seed=given.seed,
            of_rules=given.rule or (),
        )
        found = score(shop)
    if given.json:
        Console().print_json(json.dumps(as_json(found)))
    else:
        show(found, shop)
    return 0 if is_perfect(found) else 1


def is_perfect(found: Score) -> bool:
    """Whether every error was found as what it is, and nothing else was reported."""
    return all(
        each.found == each.in_state == each.made - each.cancelled for each in found.kinds.values()
    ) and all(each.explained == each.reported for each in found.rules.values())


def as_json(found: Score) -> dict[str, Any]:
    """The tables as values."""
    return {
        "kinds": [
            {
                "scenario": scenario,
                "kind": kind,
                "made": each.made,
                "found": each.found,
                "in_expected_state": each.in_state,
                "cancelled": each.cancelled,
                "recall": each.recall,
            }
            for (scenario, kind), each in sorted(found.kinds.items())
        ],
        "rules": [
            {
                "rule": rule,
                "reported": each.reported,
                "explained": each.explained,
                "precision": each.precision,
            }
            for rule, each in found.rules.items()
        ],
    }


def show(found: Score, shop: MeasuredShop) -> None:
    """Print both tables, and examples of what is not as it should be."""
    console = Console(width=120)
    recall = Table("scenario", "kind", "made", "found", "as expected", "cancelled", "recall")
    for (scenario, kind), each in sorted(found.kinds.items()):
        counts = (scenario, kind, each.made, each.found, each.in_state, each.cancelled)
        recall.add_row(*map(str, counts), f"{each.recall:.2%}")
    precision = Table("rule", "differences", "explained", "precision")
    for rule, score_of in found.rules.items():
        counts = (rule, score_of.reported, score_of.explained)
        precision.add_row(*map(str, counts), f"{score_of.precision:.2%}")
    console.print(f"{len(shop.days)} days from {shop.days.start}")
    console.print(recall)
    console.print(precision)
    for (scenario, _), each in sorted(found.kinds.items()):
        for error in each.missed[:_EXAMPLES]:
            console.print(f"not found by {scenario}: {error}")
        for error, state in each.in_other_state[:_EXAMPLES]:
            console.print(f"{state} in {scenario}: {error}")
    for rule, score_of in found.rules.items():
        for item in score_of.unexplained[:_EXAMPLES]:
            said = {name: value for name, value in item.content.items() if value is not None}
            console.print(f"no error explains {rule}: {said}")


if __name__ == "__main__":
    raise SystemExit(main())
