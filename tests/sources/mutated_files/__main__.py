"""`python -m tests.sources.mutated_files 10000`: many files, and a table of what came of them."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from resources.duckdb.engine import duckdb_session
from resources.settings import Settings
from tests.sources.conftest import Landing
from tests.sources.mutated_files.trial import KINDS, try_files


def main(count: int, first: int = 0) -> int:
    """Try `count` files, the same number of each kind; returns how many came out wrong."""
    console = Console()
    table = Table("format", "files", "outcomes", "wrong", "slowest")
    each = -(-count // len(KINDS))
    wrong: list[str] = []
    with (
        tempfile.TemporaryDirectory() as home,
        duckdb_session(Settings(home=Path(home), threads=1)) as connection,
    ):
        landing = Landing(Settings(home=Path(home), threads=1), connection)
        for kind in KINDS:
            outcome = try_files(landing, kind, range(first, first + each))
            said = ", ".join(f"{name} {number:,}" for name, number in outcome.counts.items())
            table.add_row(
                kind.name, f"{each:,}", said, f"{len(outcome.wrong)}", f"{outcome.slowest:.1f} s"
            )
            wrong += outcome.wrong
    console.print(table)
    for sentence in wrong[:50]:
        console.print(sentence, markup=False)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(min(1, main(*map(int, sys.argv[1:] or ["700"]))))
