"""One SKU with a fifth of the lines against even SKUs: grouping by SKU, and joining dim_sku."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.measure import (
    FIRST_DAY,
    ROWS,
    Line,
    bench_settings,
    in_turn,
    line,
    main,
    scratch_folder,
)
from resources.duckdb.engine import duckdb_session
from resources.identifiers import quoted
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.window import Window
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.execution.table_run import TableRun
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

if TYPE_CHECKING:
    from resources.lake.model.table_spec import ColumnSpec, TableSpec
    from resources.settings import Settings

BAR = 1.1
SKUS = 200_000
LINES, SUMMARY, DIMENSION = "dwd_order_detail", "dws_sku_1d", "dim_sku"

SKEWED, EVEN = Window.of_days(FIRST_DAY, FIRST_DAY.replace(day=2))
JOIN = f"""
    SELECT s.category_id, SUM(l.quantity) AS quantity, COUNT(*) AS lines
    FROM {LINES} AS l JOIN {DIMENSION} AS s ON s.sku_id = l.sku_id AND s.dt = l.dt
    GROUP BY s.category_id
"""


def run(rows: int = ROWS) -> list[Line]:
    """Ratios of the skewed day to the even one: publishing the summary, and the bare join."""
    warehouse = load_warehouse()
    with scratch_folder() as folder:
        settings = bench_settings(folder / "home").model_copy(update={"first_date": FIRST_DAY})
        lake = Lake(settings)
        lines, dimension = warehouse.table(LINES).spec, warehouse.table(DIMENSION).spec
        hot = f"CASE WHEN number % 5 = 0 THEN 1 ELSE 1 + hash(number) % {SKUS} END"
        for day, sku in ((SKEWED, hot), (EVEN, f"1 + hash(number) % {SKUS}")):
            _publish(settings, lines, Window.of_day(day), rows // 4, sku)
            _publish(settings, dimension, Window.of_day(day), SKUS, "number + 1")

        def summary(day: Window) -> None:
            TableRun(warehouse.table(SUMMARY), day, "bench", warehouse, lake, settings).publish()

        def join(day: Window) -> None:
            with duckdb_session(settings) as connection:
                for spec in (lines, dimension):
                    relation = lake.relation_sql(lake.snapshot(spec), {day.start: day.start})
                    connection.execute(f"CREATE TEMP VIEW {spec.name} AS {relation}")
                connection.execute(JOIN).fetchall()

        found: list[Line] = []
        for name, work in ((f"publish {SUMMARY}", summary), (f"join {DIMENSION}", join)):
            skewed, even = (partial(work, Window.of_day(day)) for day in (SKEWED, EVEN))
            compared = in_turn(skewed, even)
            what = f"{name}, one SKU with 20 % of {rows // 4:,} lines"
            found.append(line(what, compared.ratio, BAR))
            found.append(line("  seconds", compared.seconds))
    return found


def _publish(settings: Settings, spec: TableSpec, window: Window, rows: int, sku: str) -> None:
    """Publish a day of made-up rows: the SKU as told, every other column something plain."""
    columns = ", ".join(f"{_value(column, window, sku)}" for column in spec.columns)
    with duckdb_session(settings) as connection:
        functions.install(connection, settings.time_zone)
        Lake(settings).publish(
            spec,
            window,
            f"SELECT {columns} FROM (SELECT range AS number FROM range({rows}))",
            connection,
            PublishContext("bench", "bench"),
        )


def _value(column: ColumnSpec, window: Window, sku: str) -> str:
    values = {"dt": f"DATE '{window.start}'", "sku_id": sku, "currency": "'CNY'"}
    by_type = {
        "VARCHAR": "'N' || number",
        "BIGINT": "1 + number % 5",
        "DATE": f"DATE '{window.start}'",
        "BOOLEAN": "false",
        "TIMESTAMP WITH TIME ZONE": f"TIMESTAMPTZ '{window.start} 12:00:00Z'",
    }
    value = values.get(column.name, by_type.get(column.type, "0"))
    return f"CAST({value} AS {column.type}) AS {quoted(column.name)}"


if __name__ == "__main__":
    main(run)
