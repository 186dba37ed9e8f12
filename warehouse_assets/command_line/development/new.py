"""ledgerlake new: the module of a table, and its test, to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from resources.errors import SettingsError
from resources.identifiers import checked_identifier
from warehouse_assets.command_line.command import command_text, own_command
from warehouse_assets.command_line.development.templates import SQL_TABLE, SQL_TEST, TEMPLATES
from warehouse_assets.command_line.output.console import output

Name = Annotated[
    str, typer.Argument(metavar="TABLE", help="ods_*, dim_*, dwd_*, dws_*, rec_*, ads_* or dm_*.")
]
Layer = Annotated[
    str | None,
    typer.Option("--layer", "-l", metavar="LAYER", help="Default: what the name's prefix says."),
]


def new(name: Name, layer: Layer = None) -> None:
    """Write the module of a new table and its test: both run as they stand, to be filled in.

    The module is the table: its columns, what it reads, its SQL, its deadline, its owner. There
    is no list to add it to.

    **Example**

    `ledgerlake new dws_province_1d`
    """
    import warehouse_assets
    from warehouse_assets.modeling.load_errors import shown

    folder = Path(warehouse_assets.__file__).parent
    module, test = write_table(folder.parent, name, layer)
    console = output()
    console.print(f"[green]✓[/] {shown(module)}\n[green]✓[/] {shown(test)}")
    console.print("\nFill both in, then:", style="bold")
    for command in (
        own_command("check"),
        own_command(shown(test), program="pytest"),
        own_command(f"materialize {name} --partition DAY"),
        own_command("docs"),
    ):
        console.print("  " + command_text(command))


def write_table(root: Path, name: str, layer: str | None) -> tuple[Path, Path]:
    """Write both files below the project's root; returns the module's and the test's path.

    Raises:
        SettingsError: If the name does not fit its layer, or is taken.
    """
    from warehouse_assets.modeling.layers import LAYERS

    checked_identifier(name, "table name")
    prefixes = {prefix: each for each, found in LAYERS.items() for prefix in found}
    prefix = next((prefix for prefix in prefixes if name.startswith(prefix)), None)
    if prefix is None or name == prefix:
        raise SettingsError(
            f"{name} says no layer", f"Begin the name with {', '.join(prefixes)}: dws_province_1d."
        )
    if layer is not None and layer != prefixes[prefix]:
        raise SettingsError(
            f"{name} belongs to layer {prefixes[prefix]}, not {layer}",
            "Leave out --layer, or give the table another prefix.",
        )
    layer = prefixes[prefix]
    modules = root / "warehouse_assets"
    words = {
        "table": name,
        "layer": layer,
        "contract": "".join(part.capitalize() for part in name.split("_")),
        "entity": name.removeprefix(prefix),
    }
    module = modules / layer / f"{name}.py"
    test = root / "tests" / "tables" / layer / f"test_{name}.py"
    of_module, of_test = TEMPLATES.get(layer, (SQL_TABLE, SQL_TEST))
    texts = {module: of_module, test: of_test}
    for taken in (*(modules / each / f"{name}.py" for each in LAYERS), test):
        if taken.exists():
            raise SettingsError(f"there is a table {name}: {taken}", "Choose another name.")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.substitute(words), encoding="utf-8")
    return module, test
