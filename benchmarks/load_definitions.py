"""What loading 100 tables costs beyond Dagster's own import."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from warehouse_assets.modeling.layers import LAYERS

ROOT = Path(__file__).parent.parent
TABLES = 100
BAR_SECONDS = 2.0

_CHILD = """
import time
import dagster
begun = time.perf_counter()
from resources.settings import load_settings
from warehouse_assets.modeling.assets import table_assets
from warehouse_assets.modeling.warehouse import Warehouse, find_tables
warehouse = Warehouse.of(find_tables("many_tables"))
table_assets(warehouse, load_settings())
print(len(warehouse.tables), time.perf_counter() - begun)
"""


def run(runs: int = 5) -> list[dict[str, object]]:
    """Seconds to find, check and turn into assets a hundred tables, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        count = _write_tables(Path(folder) / "many_tables")
        seconds = [_measure(folder) for _ in range(runs)]
    median = statistics.median(seconds)
    return [
        {
            "bench": f"load {count} tables, seconds beyond Dagster's import",
            "value": round(median, 2),
            "bar": BAR_SECONDS,
            "ok": median <= BAR_SECONDS,
        }
    ]


def _measure(folder: str) -> float:
    # A fixed command of ours: this interpreter, our own text.
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CHILD],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{ROOT}:{folder}", "PATH": ""},
    )
    return float(done.stdout.split()[1])


def _write_tables(package: Path) -> int:
    """The warehouse's own modules, copied under new names until there are a hundred."""
    modules = {
        path: path.read_text()
        for layer in LAYERS
        for path in sorted((ROOT / "warehouse_assets" / layer).glob("*.py"))
        if path.stem != "__init__"
    }
    names = re.compile(r"\b(" + "|".join(path.stem for path in modules) + r")\b")
    for layer in LAYERS:
        (package / layer).mkdir(parents=True)
        (package / layer / "__init__.py").touch()
    (package / "__init__.py").touch()
    copies = -(-TABLES // len(modules))
    for copy in range(copies):
        for path, text in modules.items():
            renamed = names.sub(lambda match: f"{match[1]}_{copy}", text)  # noqa: B023
            (package / path.parent.name / f"{path.stem}_{copy}.py").write_text(renamed)
    return copies * len(modules)


if __name__ == "__main__":
    for row in run():
        print(row)
