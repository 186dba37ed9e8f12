"""Rule 3 on days after a year, with 100,000 items open, against the first day of a lake."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.measure import (
    FIRST_DAY,
    Line,
    bench_settings,
    bounded_connection,
    in_turn,
    line,
    main,
    scratch_folder,
)
from benchmarks.reconciliation.payments import RULE, Payments, days_of, reconcile
from resources.lake.lake import Lake
from resources.lake.maintenance.drop import drop_table
from resources.lake.model.window import Window
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

ROWS = 1_000_000
DAYS = 365
OPEN_ITEMS = 100_000
# Of each day of the year before: what is read and published, not how much, is to be many.
FEW = 200
RATIO_BAR = 1.2


def run(rows: int = ROWS, days: int = DAYS, runs: int = 5) -> list[Line]:
    """The ratio of days of so many rows a side to the same days as the first of a lake."""
    warehouse = load_warehouse()
    open_items = OPEN_ITEMS * rows // ROWS
    measured = Window.of_days(
        FIRST_DAY + timedelta(days=days - 1), FIRST_DAY + timedelta(days=days + runs - 2)
    )
    with scratch_folder() as folder:
        old = bench_settings(folder / "old").model_copy(update={"first_date": FIRST_DAY})
        new = bench_settings(folder / "new").model_copy(update={"first_date": measured.start})
        _publish_a_year(old, warehouse, days_of(days - 1), open_items)
        for settings in (old, new):
            first = FEW * days + open_items
            Payments(measured, rows, first=first).publish(settings, warehouse)
        old_days, first_days = iter(measured), iter(measured)

        def first_day() -> None:
            drop_table(new, warehouse.table(RULE).spec)
            day = next(first_days)
            begins = new.model_copy(update={"first_date": day})
            reconcile(begins, warehouse, Window.of_day(day))

        compared = in_turn(
            lambda: reconcile(old, warehouse, Window.of_day(next(old_days))), first_day, runs=runs
        )
        carried = _open_items(old, warehouse, measured.last)
    what = f"a day of {rows:,} rows a side after {days - 1} days, {carried:,} items open"
    return [
        line(f"{what}, against the first day", compared.ratio, RATIO_BAR),
        line("  of CPU seconds", compared.cpu_ratio),
        line("  seconds", compared.seconds),
    ]


def _publish_a_year(
    settings: Settings, warehouse: Warehouse, days: Window, open_items: int
) -> None:
    """Days of few payments, then on their last day those that are never billed; all reconciled."""
    few = Window.of_days(days.start, days.last - timedelta(days=1))
    Payments(few, FEW).publish(settings, warehouse)
    last = Window.of_day(days.last)
    unbilled = Payments(last, open_items, first=FEW * len(few), are_billed=False)
    unbilled.publish(settings, warehouse)
    reconcile(settings, warehouse, days)


def _open_items(settings: Settings, warehouse: Warehouse, day: date) -> int:
    """The items of a day that are open since before it."""
    lake = Lake(settings)
    rows = lake.relation_sql(lake.snapshot(warehouse.table(RULE).spec), None)
    with bounded_connection(settings.home) as connection:
        found = connection.execute(
            f"SELECT count(*) FROM ({rows}) WHERE is_open AND dt = ? AND first_date < dt", [day]
        ).fetchone()
    assert found is not None
    return found[0]


if __name__ == "__main__":
    main(run, ROWS)
