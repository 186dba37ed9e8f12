"""Rule 3, payments against channel bills: against bare SQL, with a skewed merchant, its memory."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks.measure import (
    FIRST_DAY,
    Line,
    bench_settings,
    bounded_connection,
    in_turn,
    line,
    main,
    own_peak_mib,
    remove,
    scratch_folder,
)
from benchmarks.reconciliation.payments import BILLS, PAYMENTS, Payments, days_of, reconcile
from resources.lake.lake import Lake
from resources.settings import Settings
from warehouse_assets.modeling.declaration.warehouse import Warehouse
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse

ROWS = 10_000_000
DAYS = 30
BARE_BAR, SKEW_BAR, GROWTH_BAR, MEMORY_BAR = 1.5, 1.1, 1.15, 2048.0

# The same joins over all days at once, as one would write them without a framework.
BARE = f"""
WITH repeated_payments AS (
    SELECT payment_method, merchant_no, outward_no FROM {PAYMENTS}
    WHERE payment_method <> 'wallet' GROUP BY ALL HAVING count(*) > 1
),
bills AS (
    SELECT * FROM {BILLS} WHERE bill_type = 'pay'
),
repeated_bills AS (
    SELECT channel, merchant_no, outward_no FROM bills GROUP BY ALL HAVING count(*) > 1
)
SELECT
    p.payment_no, b.bill_line_id,
    coalesce(p.payment_method, b.channel) AS channel,
    coalesce(p.merchant_no, b.merchant_no) AS merchant_no,
    coalesce(p.outward_no, b.outward_no) AS outward_no,
    p.paid_amount, b.gross_amount,
    coalesce(p.paid_amount, 0) - coalesce(b.gross_amount, 0) AS difference_amount,
    p.currency, b.currency AS billed_currency,
    p.dt AS paid_date, b.dt AS billed_date,
    CASE
        WHEN p.payment_no IS NULL THEN 'right_only'
        WHEN b.bill_line_id IS NULL THEN 'left_only'
        WHEN NOT b.is_successful THEN 'status_mismatch'
        WHEN p.currency <> b.currency THEN 'currency_mismatch'
        WHEN p.paid_amount <> b.gross_amount THEN 'amount_mismatch'
        WHEN p.dt <> b.dt THEN 'timing'
        ELSE 'matched'
    END AS state,
    greatest(p.dt, b.dt) AS dt
FROM {PAYMENTS} AS p
FULL JOIN bills AS b
    ON p.payment_method = b.channel
    AND p.merchant_no = b.merchant_no
    AND p.outward_no = b.outward_no
    AND (b.channel, b.merchant_no, b.outward_no) NOT IN (FROM repeated_bills)
"""


def run(rows: int = ROWS, runs: int = 3) -> list[Line]:
    """Ratios to bare SQL in as much memory, of a skewed merchant to even ones, and the peak."""
    warehouse = load_warehouse()
    with scratch_folder() as folder:
        even = _published(folder / "even", warehouse, rows, share=0.0)
        ours = partial(reconcile, even, warehouse, days_of(DAYS))
        compared = in_turn(ours, lambda: _bare(even, warehouse, folder / "bare"), runs=runs)
        what = f"rule 3, {rows:,} rows a side, {DAYS} days"
        lines = [
            line(f"{what}, against bare SQL", compared.ratio, BARE_BAR),
            line("  of CPU seconds", compared.cpu_ratio),
            line("  seconds", compared.seconds),
            line("  bare SQL, seconds", compared.bare_seconds),
        ]
        few = rows // 10
        skewed = _published(folder / "skewed", warehouse, few, share=0.3)
        plain = _published(folder / "plain", warehouse, few, share=0.0)
        ratio = in_turn(
            partial(reconcile, skewed, warehouse, days_of(3)),
            partial(reconcile, plain, warehouse, days_of(3)),
            runs=5,
        )
        lines.append(
            line(f"one merchant with 30 % of {few:,} rows, against even", ratio.cpu_ratio, SKEW_BAR)
        )
        small, large = (_peak(folder / f"peak{size}", size) for size in (rows // 4, rows))
        lines += [
            line(f"  peak of {rows:,} rows a side, MiB", large, MEMORY_BAR),
            line(f"  growth from {rows // 4:,}", large / small, GROWTH_BAR),
        ]
    return lines


def _published(home: Path, warehouse: Warehouse, rows: int, share: float) -> Settings:
    settings = bench_settings(home).model_copy(update={"first_date": FIRST_DAY})
    Payments(days_of(DAYS), rows // DAYS, share).publish(settings, warehouse)
    return settings


def _bare(settings: Settings, warehouse: Warehouse, folder: Path) -> None:
    """Bare SQL over the same files, written as one Parquet file a day."""
    lake = Lake(settings)
    with bounded_connection(folder.parent) as connection:
        connection.execute(f"SET memory_limit = '{int(MEMORY_BAR)}MiB'")
        for name in (PAYMENTS, BILLS):
            relation = lake.relation_sql(lake.snapshot(warehouse.table(name).spec), None)
            connection.execute(f"CREATE TEMP VIEW {name} AS {relation}")
        connection.execute(
            f"COPY ({BARE}) TO '{folder}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (dt))"
        )
    remove(folder)


def _peak(home: Path, rows: int) -> float:
    """The peak of a process of its own that reconciles so many rows a side, in MiB."""
    settings = _published(home, load_warehouse(), rows, share=0.0)
    code = f"from benchmarks.reconciliation.rule import peak_here; peak_here({str(home)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    remove(settings.home)
    return float(done.stdout)


def peak_here(home: str) -> None:
    """Reconcile all days of a lake, and print the peak of this process in MiB."""
    settings = bench_settings(Path(home)).model_copy(update={"first_date": FIRST_DAY})
    reconcile(settings, load_warehouse(), days_of(DAYS))
    sys.stdout.write(str(own_peak_mib()))


if __name__ == "__main__":
    main(run, ROWS)
