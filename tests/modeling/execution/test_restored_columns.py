"""A column that is dropped and comes back: partitions written before hold no values of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from resources.duckdb.engine import duckdb_session
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.modeling.conftest import HEADER, WriteWarehouse
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.staleness import Staleness
from warehouse_assets.modeling.execution.table_run import TableRun

FIRST, SECOND = date(2026, 3, 1), date(2026, 3, 2)
BOTH = Window.of_days(FIRST, SECOND)

WITH_NOTE = {
    "ods/ods_sale": HEADER
    + """
import pyarrow as pa

class OdsSale(Contract):
    sale_no: Text = key("Sale number")
    note: Text = column("What the buyer wrote", null=True)
    happened_on: Day = column("Day of the sale")

def written(settings):
    days = pa.array(["2026-03-01", "2026-03-02"])
    return pa.table({"sale_no": ["a", "b"], "note": ["first", "second"],
                     "happened_on": days}).to_reader()

ods_sale = table(OdsSale, owner="team:trade", rows=written)
""",
    "fact/dwd_sale": HEADER
    + '''
class DwdSale(Contract):
    sale_no: Text = key("Sale number")
    note: Text = column("What the buyer wrote", null=True)
    dt: Day = partition("Business date")

dwd_sale = table(
    DwdSale,
    owner="team:trade",
    reads={"ods_sale": whole_table()},
    sql="""SELECT s.sale_no, s.note, s.happened_on AS dt FROM ods_sale AS s
        WHERE s.happened_on >= :start AND s.happened_on < :end""",
)
''',
    "fact/dws_sale_1d": HEADER
    + '''
class DwsSale1d(Contract):
    noted_count: Integer = column("Sales with a note")
    dt: Day = partition("Business date")

dws_sale_1d = table(
    DwsSale1d,
    owner="team:trade",
    reads={"dwd_sale": same_day()},
    sql="""SELECT COUNT(d.note) AS noted_count, d.dt FROM dwd_sale AS d
        WHERE d.dt >= :start AND d.dt < :end GROUP BY d.dt""",
)
''',
}
WITHOUT_NOTE = {
    **WITH_NOTE,
    "fact/dwd_sale": WITH_NOTE["fact/dwd_sale"]
    .replace('    note: Text = column("What the buyer wrote", null=True)\n', "")
    .replace("s.note, ", "")
    .replace("reads={", 'dropped=["note"], reads={'),
}
del WITHOUT_NOTE["fact/dws_sale_1d"]

Publish = Callable[[Warehouse, str, Window | None], None]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", first_date=FIRST)


@pytest.fixture
def publish(settings: Settings) -> Publish:
    def run(warehouse: Warehouse, name: str, window: Window | None) -> None:
        lake = Lake(settings)
        TableRun(warehouse.table(name), window, "run", warehouse, lake, settings).publish()

    return run


@pytest.fixture
def restored(write_warehouse: WriteWarehouse, publish: Publish) -> Warehouse:
    """Both days published with the column, the second again without it; the column is back."""
    before = write_warehouse(WITH_NOTE)
    publish(before, "ods_sale", None)
    publish(before, "dwd_sale", BOTH)
    publish(write_warehouse(WITHOUT_NOTE), "dwd_sale", Window.of_day(SECOND))
    return write_warehouse(WITH_NOTE)


def reasons(warehouse: Warehouse, settings: Settings, name: str = "dwd_sale") -> dict[object, str]:
    return dict(Staleness(warehouse, Lake(settings), settings).stale(warehouse.table(name), BOTH))


def rows(warehouse: Warehouse, settings: Settings, name: str) -> list[tuple[object, ...]]:
    lake = Lake(settings)
    relation = lake.relation_sql(lake.snapshot(warehouse.table(name).spec), None)
    with duckdb_session(settings) as connection:
        return sorted(connection.execute(relation).fetchall(), key=str)


def test_partitions_of_the_same_code_are_stale_while_they_lack_the_values(
    restored: Warehouse, settings: Settings, publish: Publish
) -> None:
    assert reasons(restored, settings) == {
        FIRST: "it has no values of note, dropped and added again since",
        SECOND: "its code changed",
    }
    publish(restored, "dwd_sale", Window.of_day(SECOND))
    assert list(reasons(restored, settings)) == [FIRST]
    assert rows(restored, settings, "dwd_sale") == [("a", None, FIRST), ("b", "second", SECOND)]
    publish(restored, "dwd_sale", Window.of_day(FIRST))
    assert reasons(restored, settings) == {}
    assert rows(restored, settings, "dwd_sale") == [("a", "first", FIRST), ("b", "second", SECOND)]


def test_what_was_made_from_them_meanwhile_is_stale_once_the_values_are_back(
    restored: Warehouse, settings: Settings, publish: Publish
) -> None:
    publish(restored, "dwd_sale", Window.of_day(SECOND))
    publish(restored, "dws_sale_1d", BOTH)
    assert rows(restored, settings, "dws_sale_1d") == [(0, FIRST), (1, SECOND)]
    publish(restored, "dwd_sale", Window.of_day(FIRST))
    assert reasons(restored, settings, "dws_sale_1d") == {FIRST: "dwd_sale published since"}
