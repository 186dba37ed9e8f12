"""One row per table and business date: whether the date is final in the table, or may still change.

For reports: joined by table name and date, it tells a day that is half delivered from one on which
business fell. A date is final once all has been delivered in which late rows of it count. Every
delivery makes the table stale; it is made whole, and small.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse_assets import modeling as m

if TYPE_CHECKING:
    import pyarrow

    from resources.settings import Settings

_ODS = sorted(path.stem for path in Path(__file__).parents[1].glob("ods/ods_*.py"))


class DimBusinessDate(m.Contract):
    """How far each table's business dates can be relied on."""

    table_name: m.Text = m.key("Table of the warehouse, as ads_finance_daily")
    dt: m.Day = m.key("Business date of the table's partition")
    is_final: m.Flag = m.column("Whether all was delivered in which rows of the date count")
    awaited_deliveries: m.Text = m.column("Deliveries that the date waits for", null=True)


def standings(settings: Settings) -> pyarrow.RecordBatchReader:
    """The business dates of each table that has some, up to the latest delivery, table by table."""
    import pyarrow

    from resources.lake.model.window import Window
    from resources.lake.read_only_lake import ReadOnlyLake
    from warehouse_assets.modeling.execution.finality import Finality
    from warehouse_assets.modeling.loading.outline_cache import load_outlines

    outlines, lake = load_outlines(), ReadOnlyLake(settings)
    finality = Finality(outlines, lake)
    schema = pyarrow.schema(
        [
            ("table_name", pyarrow.string()),
            ("dt", pyarrow.date32()),
            ("is_final", pyarrow.bool_()),
            ("awaited_deliveries", pyarrow.string()),
        ]
    )
    tables = [
        each for each in outlines.tables.values() if each.partition_column and each.layer != "ods"
    ]
    delivered = [day for name in _ODS for day in lake.snapshot(outlines.table(name).spec).days[-1:]]
    days = list(Window.of_days(settings.first_date, max(delivered))) if delivered else []

    def batches() -> Iterator[pyarrow.RecordBatch]:
        for table in tables:
            provisional = set(finality.provisional(table, days))
            rows = [
                {
                    "table_name": table.name,
                    "dt": day,
                    "is_final": day not in provisional,
                    "awaited_deliveries": str(finality.awaited(table, day)) or None,
                }
                for day in days
            ]
            yield pyarrow.RecordBatch.from_pylist(rows, schema=schema)

    return pyarrow.RecordBatchReader.from_batches(schema, batches())


dim_business_date = m.table(
    DimBusinessDate,
    owner="team:finance",
    reads={name: m.whole_table() for name in _ODS},
    rows=standings,
)
