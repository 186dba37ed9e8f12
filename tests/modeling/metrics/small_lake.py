"""A real lake with three days of made-up facts, and every summary made from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from resources.duckdb.engine import duckdb_session
from resources.identifiers import quoted
from resources.lake.lake import Lake
from resources.lake.model.publication_record import PublishContext
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.execution.table_run import TableRun

DAYS = Window.of_days(date(2026, 1, 1), date(2026, 1, 3))
SUMMARIES = (
    "dws_user_1d",
    "dws_seller_1d",
    "dws_sku_1d",
    "dws_city_1d",
    "dws_channel_1d",
    "dws_financial_1d",
    "dm_merchant",
)
_ROWS = 40
_WORDS = {
    "order_status": ("paid", "cancelled"),
    "bill_type": ("pay", "refund"),
    "use_status": ("used", "returned"),
    "entry_type": ("earned", "burnt"),
}


def fill_lake(warehouse: Warehouse, settings: Settings) -> None:
    """Publish random facts, a few ids each so that rows meet, then run the summaries."""
    lake = Lake(settings)
    for name in _to_fill(warehouse):
        table = warehouse.table(name)
        with duckdb_session(settings) as connection:
            sql = f"SELECT {', '.join(_columns(table))} FROM range({_ROWS}) AS rows(i)"
            window = DAYS if table.partition_column else None
            # What the rows are does not matter here, so the facts' own checks are left out.
            spec = replace(table.spec, rules=())
            lake.publish(spec, window, sql, connection, PublishContext("filled", "none"))
    for name in SUMMARIES:
        TableRun(warehouse.table(name), DAYS, "summed up", warehouse, lake, settings).publish()


def _to_fill(warehouse: Warehouse) -> Iterator[str]:
    """What the summaries read and the metrics are over, and no run makes here."""
    read = [name for summary in SUMMARIES for name in warehouse.table(summary).reads]
    over = [part.over for metric in warehouse.metrics for part in warehouse.metrics.parts(metric)]
    yield from (name for name in dict.fromkeys([*read, *over]) if name not in SUMMARIES)


def _columns(table: Table) -> Iterator[str]:
    for number, column in enumerate(table.columns):
        spec = column.spec
        value = _value(spec, number, table.key)
        if spec.nullable and spec.name != table.partition_column:
            value = f"CASE WHEN hash(i, {number}, 'null') % 5 > 0 THEN {value} END"
        yield f"CAST({value} AS {spec.type}) AS {quoted(spec.name)}"


def _value(spec: ColumnSpec, number: int, key: tuple[str, ...]) -> str:
    """A value of the column, a function of the row's number; one key column is unique."""
    chosen = f"hash(i, {number}) % "
    match spec.type:
        case _ if key and spec.name == key[0]:
            return "concat('K', i)" if spec.type == "VARCHAR" else "i // 3"
        case "VARCHAR" if spec.name == "order_no":  # an order has one day and one currency
            return "concat('O', i % 3, '-', hash(i, 'currency') % 3, '-', hash(i) % 2)"
        case "VARCHAR" if spec.name == "currency":
            return "['CNY', 'CNY', 'USD'][1 + CAST(hash(i, 'currency') % 3 AS INTEGER)]"
        case "VARCHAR":
            words = _WORDS.get(spec.name, ("A", "B", "C"))
            return f"{list(words)}[1 + CAST({chosen}{len(words)} AS INTEGER)]"
        case "DATE":
            return (
                f"DATE '{DAYS.start}' + CAST({'i % ' if spec.name == 'dt' else chosen}3 AS INTEGER)"
            )
        case "TIMESTAMP WITH TIME ZONE":
            return f"TIMESTAMPTZ '{DAYS.start} 12:00:00+00'"
        case "BOOLEAN":
            return f"{chosen}2 = 0"
        case "BIGINT":
            return f"1 + {chosen}4"
        case _:
            return f"{chosen}10000 * 0.01"
