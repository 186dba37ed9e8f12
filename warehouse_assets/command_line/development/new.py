"""ledgerlake new: the module of a table, and its test, to fill in."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Annotated

import typer

from resources.errors import SettingsError
from resources.identifiers import checked_identifier
from warehouse_assets.command_line.command import command_text, own_command
from warehouse_assets.command_line.output.console import output

Name = Annotated[
    str, typer.Argument(metavar="TABLE", help="ods_*, dim_*, dwd_*, dws_*, ads_* or dm_*.")
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
    from_source = layer == "ods"
    words = {
        "table": name,
        "layer": layer,
        "contract": "".join(part.capitalize() for part in name.split("_")),
        "entity": name.removeprefix(prefix),
    }
    module = modules / layer / f"{name}.py"
    test = root / "tests" / "tables" / layer / f"test_{name}.py"
    texts = {
        module: _SOURCE_TABLE if from_source else _SQL_TABLE,
        test: _SOURCE_TEST if from_source else _SQL_TEST,
    }
    for taken in (*(modules / each / f"{name}.py" for each in LAYERS), test):
        if taken.exists():
            raise SettingsError(f"there is a table {name}: {taken}", "Choose another name.")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.substitute(words), encoding="utf-8")
    return module, test


# What is written: a table that loads and runs as it stands, and its test.
_SQL_TABLE = Template('''\
"""One row per city and business date: write here what a row of your table is."""

from warehouse_assets import modeling as m, vocabulary as v


class ${contract}(m.Contract):
    """Each column once: name, type, meaning, and what must hold for its values."""

    city: m.Text = m.key(v.city)
    user_count: m.Integer = m.column("Users who live there", ge=1)
    dt: m.Day = m.partition("Business date")


${table} = m.table(
    ${contract},
    owner="team:finance",
    # Every table that the SQL reads, and the partitions of it that a run may see.
    reads={"dim_user": m.same_day()},
    sql="""
        SELECT
            u.city,
            COUNT(*) AS user_count,
            u.dt
        FROM dim_user AS u
        WHERE u.dt >= :start AND u.dt < :end
        GROUP BY u.city, u.dt
    """,
)
''')

_SQL_TEST = Template("""\
from tests.tables.run_sql import DAY, broken_rules, expect, run_sql
from warehouse_assets.${layer}.${table} import ${table}


def test_users_count_for_the_city_they_live_in():
    # Name the columns that matter; the others get plain values.
    users = [
        {"user_id": 1, "city": "Hangzhou"},
        {"user_id": 2, "city": "Hangzhou"},
        {"user_id": 3, "city": "Chengdu"},
    ]
    rows = run_sql(${table}, {"dim_user": users})
    expect(
        rows,
        [
            {"city": "Hangzhou", "user_count": 2, "dt": DAY},
            {"city": "Chengdu", "user_count": 1, "dt": DAY},
        ],
    )
    assert broken_rules(${table}, rows) == set()


def test_no_users():
    assert run_sql(${table}, {}) == []
""")

_SOURCE_TABLE = Template('''\
"""One row per ${entity} and delivery: write here what a delivered row is."""

from warehouse_assets import modeling as m, vocabulary as v


class ${contract}(m.DeliveredContract):
    """The delivered columns; source_file, source_line and dt are added to them."""

    ${entity}_id: m.Integer = m.column("What identifies the row in the source", ge=1)
    ${entity}_name: m.Text = m.column("Name", null=True)
    updated_at: m.Timestamp = m.column(v.updated_at)


${table} = m.table(
    ${contract},
    owner="team:finance",
    # Files in <landing>/some_center/${entity}/<YYYY-MM-DD>/, complete once _SUCCESS is there.
    source=m.files("some_center/${entity}", format="csv"),
)
''')

_SOURCE_TEST = Template("""\
from tests.tables.run_sql import blocking_rules, broken_rules, plain_row
from warehouse_assets.${layer}.${table} import ${table}


def test_a_plain_row_breaks_nothing():
    # Name the columns that matter; the others get plain values.
    row = plain_row(${table}, {"${entity}_id": 1})
    assert broken_rules(${table}, [row]) == set()


def test_a_row_without_identity_stops_the_publish():
    row = plain_row(${table}, {"${entity}_id": 0})
    broken = broken_rules(${table}, [row])
    assert broken
    assert broken <= blocking_rules(${table})
""")
