"""`python -m benchmarks`: every benchmark of this folder, in one table."""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
from collections.abc import Callable

import benchmarks
from benchmarks import quick
from benchmarks.measure import Line, show


def find_benchmarks() -> dict[str, Callable[..., list[Line]]]:
    """The `run` of each module that has one, by the module's name."""
    found = pkgutil.walk_packages(benchmarks.__path__, "benchmarks.")
    names = {each.name.rpartition(".")[2]: each.name for each in found}
    modules = {
        short: importlib.import_module(name)
        for short, name in sorted(names.items())
        if short != "__main__"
    }
    return {name: module.run for name, module in modules.items() if hasattr(module, "run")}


def main() -> None:
    """Run all, or those named; `--rows` scales down the ones that count rows.

    `--quick` runs a choice of them, scaled down, in a few minutes: benchmarks/quick.py.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    found = find_benchmarks()
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(found)}")
    parser.add_argument("--rows", type=int, help="order lines in all, for a quick look")
    parser.add_argument("--quick", action="store_true", help="every kind of bar, scaled down")
    arguments = parser.parse_args()
    if arguments.quick:
        raise SystemExit(0 if show(quick.lines()) else 1)
    unknown = set(arguments.names) - found.keys()
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    lines: list[Line] = []
    for name in arguments.names or found:
        run = found[name]
        scaled = arguments.rows is not None and "rows" in inspect.signature(run).parameters
        lines += run(rows=arguments.rows) if scaled else run()
    raise SystemExit(0 if show(lines) else 1)


if __name__ == "__main__":
    main()
