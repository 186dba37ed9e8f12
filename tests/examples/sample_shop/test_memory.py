"""Half a million order lines a day, many slices of orders, are written in bounded memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, sys
from datetime import date
from pathlib import Path
from resources.lake.model.window import Window
from examples.sample_shop.fill import fill
from examples.sample_shop.shop_settings import ShopSettings
shop = ShopSettings(orders_per_day=250_000, users=100_000, first_date=date(2026, 1, 1))
report = fill(Path(sys.argv[1]), shop, Window.of_day(date(2026, 1, 1)))
lines = report.rows["order_center/order_item"][date(2026, 1, 1)]
# Not ru_maxrss: that begins with the size of the process that started this one.
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(json.dumps([lines, int(status["VmHWM"].split()[0]) * 1024]))
"""


def test_half_a_million_lines_stay_far_below_a_gibibyte(tmp_path: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True
    )
    lines, peak_bytes = json.loads(child.stdout)
    assert lines > 500_000
    assert peak_bytes < 600 * 2**20
