from datetime import date, timedelta

import pytest

from resources.duckdb.engine import lake_session
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import no_rows
from resources.lake.model.window import Window
from resources.settings import Settings
from tests.tables.run_sql import broken_rules
from warehouse_assets.dim.dim_business_date import dim_business_date, standings
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

FIRST = date(2026, 3, 1)
LAST = FIRST + timedelta(days=5)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A lake whose sources have delivered six days, nothing each; refunds came on five only."""
    settings = Settings(home=tmp_path_factory.mktemp("lake"), time_zone="UTC", first_date=FIRST)
    lake = Lake(settings)
    with lake_session(settings) as connection:
        functions.install(connection, "UTC")
        for name in dim_business_date.reads:
            last = LAST - timedelta(days=1) if name == "ods_refund" else LAST
            spec = load_warehouse().table(name).bare_spec
            context = PublishContext("run", "code")
            rows = no_rows(spec.columns)
            lake.publish(spec, Window.of_days(FIRST, last), rows, connection, context)
    return settings


def test_a_date_is_final_three_days_later_and_says_until_then_what_it_waits_for(settings):
    rows = standings(settings).read_all().to_pylist()
    assert broken_rules(dim_business_date, rows) == set()
    finance = {row["dt"]: row for row in rows if row["table_name"] == "ads_finance_daily"}
    days = [FIRST + timedelta(days=n) for n in range(6)]
    assert list(finance) == days
    assert [day for day in days if finance[day]["is_final"]] == days[:2]
    assert finance[days[1]]["awaited_deliveries"] is None
    assert finance[days[2]]["awaited_deliveries"] == f"{LAST} of ods_refund"
    assert f"{LAST + timedelta(days=1)} of " in finance[days[3]]["awaited_deliveries"]


def test_every_source_makes_it_stale_and_no_row_of_it_is_read():
    warehouse = load_warehouse()
    sources = {name for name, table in warehouse.tables.items() if table.layer == "ods"}
    assert set(dim_business_date.reads) == sources
    assert all(reads.whole for reads in dim_business_date.reads.values())
