"""The lake the tests look at, made with the command line as a person makes it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from resources.lake.model.window import Window
from warehouse_assets.command_line.main import app

LOST = "lost"


@dataclass(frozen=True)
class ShopLake:
    """A lake in `home`, whose sample shop delivered the days of `window`."""

    home: Path
    window: Window
    project_root: Path

    @property
    def landing(self) -> Path:
        """Where the shop delivers."""
        return self.home / "landing"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process that works on the lake."""
        return {
            **os.environ,
            "LEDGERLAKE_HOME": str(self.home),
            "LEDGERLAKE_FIRST_DATE": self.window.start.isoformat(),
            "DAGSTER_HOME": str(self.home / "dagster"),
        }

    def materialize(self, selection: str, window: Window, succeeds: bool = True) -> None:
        """Run `ledgerlake materialize` for the window, and see it succeed or fail as expected."""
        days = ["--from", str(window.start), "--to", str(window.last)]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            result = CliRunner().invoke(app, ["materialize", selection, *days])
        assert result.exit_code == (0 if succeeds else 1), result.output

    def deliver_a_lost_order(self, day: date) -> None:
        """Deliver the day's orders again, one of them with a status that no order can have."""
        import pyarrow as pa
        import pyarrow.parquet as parquet

        path = min((self.landing / "order_center" / "order" / str(day)).rglob("part-*"))
        orders = parquet.read_table(path, partitioning=None)
        at = orders.column_names.index("order_status")
        statuses = [LOST, *orders["order_status"].to_pylist()[1:]]
        parquet.write_table(orders.set_column(at, "order_status", pa.array(statuses)), path)
