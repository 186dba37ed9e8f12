"""The layout: imports go from higher rooms to lower ones, and never in a circle.

Each failure names every import at fault with its file and line. Imports for type checking and
imports inside functions count as any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from warehouse_assets.modeling.layers import LAYERS

ROOTS = ("resources", "warehouse_assets", "examples", "benchmarks", "definitions")

# From the lowest room to the highest. A module is of the room with the longest name that fits;
# modules of one room may import each other.
ROOMS = (
    "resources",
    "resources.duckdb",
    "resources.lake.model",
    "resources.lake.pyiceberg_internals",
    "resources.lake.storage",
    "resources.lake.catalog",
    "resources.lake.schema",
    "resources.lake.read",
    "resources.lake.write",
    "resources.lake.audit",
    "resources.lake.maintenance",
    "resources.lake.publish",
    "resources.lake.relocation",
    "resources.lake",
    "resources.lake.closing",
    "resources.sources.landing",
    "resources.sources.declaration",
    "resources.sources.conversion",
    "resources.sources.delivery",
    "resources.sources.formats",
    "resources.sources.loading",
    "resources.sources",
    "resources.starrocks.client",
    "resources.starrocks.views",
    "resources.starrocks.refresh",
    "resources.starrocks.setup",
    "warehouse_assets.modeling.load_errors",
    "warehouse_assets.modeling.layers",
    "warehouse_assets.modeling.modules",
    "warehouse_assets.modeling.functions",
    "warehouse_assets.modeling.portability",
    "warehouse_assets.modeling.declaration",
    "warehouse_assets.modeling.events",
    "warehouse_assets.modeling.sql",
    "warehouse_assets.modeling.materializations",
    "warehouse_assets.modeling.metrics.rollup",
    "warehouse_assets.modeling.reconciliation",
    "warehouse_assets.modeling",
    "warehouse_assets.modeling.metrics",
    "warehouse_assets.modeling.loading",
    "warehouse_assets.modeling.execution",
    "warehouse_assets.conventions",
    "warehouse_assets.functions",
    "warehouse_assets.metrics",
    "warehouse_assets",
    "warehouse_assets.reporting",
    "warehouse_assets.orchestration",
    "warehouse_assets.documentation",
    "warehouse_assets.user_interface",
    "warehouse_assets.command_line",
    "examples.sample_shop",
    "examples.olist",
    "definitions",
    "benchmarks",
)
# The rooms that may import Dagster.
OF_DAGSTER = (
    "warehouse_assets.orchestration",
    "warehouse_assets.user_interface",
    "examples.olist",
    "definitions",
    "benchmarks",
)
# Folders of tests that are about more than one room: the tables, deployments, other readers.
OF_THE_WHOLE = {
    "tables", "warehouse", "topology", "docker", "ui", "java_reader", "starrocks/stand_in",
}  # fmt: skip
MOST_MODULES = 16
MOST_LINES = 300


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    packages = [name for name in ROOTS if name != "definitions"]
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


def room_of(module: str) -> str | None:
    """The room with the longest name that fits."""
    fitting = (name for name in ROOMS if f"{module}.".startswith(f"{name}."))
    return max(fitting, key=len, default=None)


def imports(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    """Each module of the project with each module it imports."""
    for module in sorted(graph.modules):
        if not graph.is_module_squashed(module):
            for other in sorted(graph.find_modules_directly_imported_by(module)):
                yield module, other


def told(graph: grimp.ImportGraph, arrows: Iterable[tuple[str, str]]) -> str:
    """The imports, one a line: file, line, and what is imported."""
    lines: set[str] = set()
    for importer, imported in arrows:
        path = Path(*importer.split("."))
        file = path / "__init__.py" if graph.find_children(importer) else path.with_suffix(".py")
        for each in graph.get_import_details(importer=importer, imported=imported):
            lines.add(f"{file}:{each['line_number']}: imports {imported}")
    return "\n".join(sorted(lines))


def test_every_module_is_in_a_room(graph: grimp.ImportGraph) -> None:
    own = [module for module in graph.modules if module.split(".")[0] in ROOTS]
    assert len(own) > 500
    without = [m for m in own if room_of(m) is None and m not in ("examples", "benchmarks")]
    assert without == []


def test_no_import_goes_from_a_lower_room_to_a_higher_one(graph: grimp.ImportGraph) -> None:
    rank = {name: number for number, name in enumerate(ROOMS)}
    upward: list[tuple[str, str]] = []
    for importer, imported in imports(graph):
        below, above = room_of(importer), room_of(imported)
        if below and above and rank[below] < rank[above]:
            upward.append((importer, imported))
    assert not upward, told(graph, upward)


def test_no_folders_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    packages = [module for module in graph.modules if not graph.is_module_squashed(module)]
    arrows = [arrow for package in packages for arrow in graph.nominate_cycle_breakers(package)]
    assert not arrows, told(graph, arrows)


def test_no_files_import_each_other_in_a_circle(graph: grimp.ImportGraph) -> None:
    inputs: dict[str, set[str]] = {}
    for importer, imported in imports(graph):
        inputs.setdefault(importer, set()).add(imported)
    try:
        list(TopologicalSorter(inputs).static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        pytest.fail(told(graph, zip(circle[1:], circle, strict=False)))


def test_dagster_is_imported_by_orchestration_alone(graph: grimp.ImportGraph) -> None:
    found = [
        (importer, imported)
        for importer, imported in imports(graph)
        if imported.split(".")[0].startswith("dagster")
    ]
    assert {room_of(importer) for importer, _ in found} >= {"warehouse_assets.orchestration"}
    others = [arrow for arrow in found if room_of(arrow[0]) not in OF_DAGSTER]
    assert not others, told(graph, others)


def test_nothing_imports_what_dagster_loads(graph: grimp.ImportGraph) -> None:
    found = [arrow for arrow in imports(graph) if arrow[1] == "definitions"]
    assert not found, told(graph, found)


def test_the_product_names_its_examples_in_one_place(
    graph: grimp.ImportGraph, project_root: Path
) -> None:
    """The sample shop's commands are looked up by name: nothing of the product imports them."""
    product = ("resources", "warehouse_assets")
    found = [
        (importer, imported)
        for importer, imported in imports(graph)
        if importer.split(".")[0] in product and imported.split(".")[0] == "examples"
    ]
    assert not found, told(graph, found)
    own = [path for root in product for path in (project_root / root).rglob("*.py")]
    named = [path for path in own if "examples." in path.read_text(encoding="utf-8")]
    assert named == [project_root / "warehouse_assets" / "command_line" / "sample_shop.py"]


def test_folders_and_modules_are_small(project_root: Path) -> None:
    own = [path for root in ROOTS for path in (project_root / root).rglob("*.py")]
    flat = Counter(path.parent for path in own if path.name not in ("__init__.py", "__main__.py"))
    assert len(flat) > 40
    layers = {project_root / "warehouse_assets" / layer for layer in LAYERS}
    crowded = {str(path): many for path, many in flat.items() if many > MOST_MODULES}
    assert {path: many for path, many in crowded.items() if Path(path) not in layers} == {}
    long = {str(path): many for path in own if (many := _lines(path)) > MOST_LINES}
    assert long == {}


def test_tests_mirror_the_tree(project_root: Path) -> None:
    """Each folder of tests is named after the folder, or the module, that it is about."""
    tests = project_root / "tests"
    about = {path.parent.relative_to(tests) for path in tests.rglob("test_*.py")} - {Path()}
    assert len(about) > 40
    whole = [each for each in about if not {each.as_posix(), each.parts[0]} & OF_THE_WHOLE]
    places = [project_root, project_root / "resources", project_root / "warehouse_assets"]
    alone = [
        each.as_posix()
        for each in whole
        if not any((place / each).is_dir() or (place / each).with_suffix(".py").is_file()
                   for place in places)
    ]  # fmt: skip
    assert alone == []


def _lines(path: Path) -> int:
    return path.read_text(encoding="utf-8").count("\n")
