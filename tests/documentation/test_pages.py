"""The generated pages say what the modules say, and a newcomer finds everything from the index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resources.settings import Settings
from tests.modeling.conftest import HEADER, WriteWarehouse, write_warehouse
from warehouse_assets import modeling
from warehouse_assets.documentation.pages import pages
from warehouse_assets.documentation.table_page import sample_rows
from warehouse_assets.modeling.load_errors import LoadError
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

__all__ = ["write_warehouse"]

WAREHOUSE = load_warehouse()
PAGES = pages(WAREHOUSE, {})


def test_the_committed_pages_are_what_the_modules_say(project_root: Path, sample: Settings) -> None:
    folder = project_root / "docs"
    written = {f"tables/{path.name}": path.read_text() for path in (folder / "tables").glob("*.md")}
    made = pages(WAREHOUSE, sample_rows(WAREHOUSE, sample))
    differing = sorted(
        name
        for name in written.keys() | made.keys()
        if (written.get(name) or (folder / name).read_text()) != made.get(name)
    )
    assert differing == [], "Run `make docs`."


def test_every_link_of_a_page_leads_somewhere(project_root: Path) -> None:
    folder = project_root / "docs"
    links = [
        (name, target)
        for name, text in PAGES.items()
        for target in re.findall(r"\]\(([^)#]+)\)", text)
    ]
    assert links
    for name, target in links:
        path = (folder / name).parent / target
        made = path.resolve().relative_to(folder.resolve()).as_posix() in PAGES
        assert made or path.exists(), f"{name} links to {target}"


def test_every_column_is_in_the_dictionary_with_its_meaning() -> None:
    dictionary = PAGES["tables/columns.md"]
    columns = [column for table in WAREHOUSE.tables.values() for column in table.columns]
    assert columns
    for column in columns:
        assert f"| {column.spec.name} | {column.spec.type} | " in dictionary


def test_every_reference_is_a_line_in_the_entity_diagram() -> None:
    drawn = PAGES["tables/entities.md"]
    assert "dim_user ||--o{ dwd_order : user_id" in drawn
    assert "dim_category |o--o{ dim_sku : category_id" in drawn


def test_the_page_of_a_fact_lists_the_metrics_over_it() -> None:
    assert "| gmv | " in PAGES["tables/dwd_order_detail.md"]


@pytest.mark.parametrize("meaning", ["", "  "])
def test_a_column_without_meaning_stops_the_pages(
    write_warehouse: WriteWarehouse, meaning: str
) -> None:
    module = (
        HEADER
        + f'''
class OdsThing(Contract):
    thing_no: Text = column("{meaning}")

ods_thing = table(OdsThing, owner="team:trade", rows=lambda settings: None)
'''
    )
    with pytest.raises(LoadError, match=r"ods_thing\.py:\d+.*column thing_no needs.*a meaning"):
        write_warehouse({"ods/ods_thing": module})


def test_every_word_of_the_contract_language_is_explained() -> None:
    page = PAGES["contracts.md"]
    words = [name for name in modeling.__all__ if name not in ("Table", "SqlFunction", "REJECT")]
    assert len(words) > 30
    for name in words:
        assert f"`{name}`" in page or f"### `{name}(" in page, name


def test_the_table_of_the_readme_is_the_module(project_root: Path) -> None:
    readme = (project_root / "README.md").read_text()
    module = "warehouse_assets/fact/dws_account_1d.py"
    assert f"`{module}`" in readme
    assert f"```python\n{(project_root / module).read_text()}```" in readme
