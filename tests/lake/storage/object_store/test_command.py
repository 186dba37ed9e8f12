"""`ledgerlake` on a warehouse on S3: the same rows as on disk, quarantine and all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from resources.lake.lake import Lake
from resources.settings import load_settings
from tests.command_line.conftest import invoke
from tests.lake.storage.object_store.lake_on_s3 import objects
from tests.servers.s3 import S3Server

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 2)
DAYS = ("--from", FIRST, "--to", LAST)
# Replaced by window, merged, and read from events with a quarantine.
TABLES = ("ods_order", "dwd_order_state", "ods_source_event", "dwd_service_fee")
SHOWN = ("ods_order", "dwd_order_state", "dwd_service_fee", "dwd_service_fee_quarantine")


def rows_of_the_day(patch: pytest.MonkeyPatch, environment: Mapping[str, object]) -> list[str]:
    """Make the tables in the lake of the environment; the rows of those that are shown."""
    for name, value in environment.items():
        patch.setenv(f"LEDGERLAKE_{name.upper()}", str(value))
    made = invoke("materialize", *TABLES, *DAYS)
    assert made.exit_code == 0, made.output
    shown = [
        invoke("sql", "-f", "csv", f"SELECT * FROM {table} ORDER BY ALL").output for table in SHOWN
    ]
    for output in (made.output, *shown):
        assert str(environment.get("s3_secret_access_key", "no such text")) not in output
    return shown


def test_orders_and_fees_of_two_days_are_the_same(
    s3: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shared = {"landing": tmp_path / "landing", "first_date": FIRST}
    monkeypatch.setenv("LEDGERLAKE_LANDING", str(shared["landing"]))
    monkeypatch.setenv("LEDGERLAKE_HOME", str(tmp_path / "shop"))
    broken = ("--error", "event_malformed=0.2")
    filled = invoke("fill", *DAYS, "--orders", 30, *broken)
    assert filled.exit_code == 0, filled.output

    on_disk = rows_of_the_day(monkeypatch, {"home": tmp_path / "disk", **shared})
    on_s3 = rows_of_the_day(
        monkeypatch, {"home": tmp_path / "s3", **shared, **s3.settings(s3.new_bucket())}
    )

    assert all(len(rows.splitlines()) > 1 for rows in on_disk)
    assert on_s3 == on_disk
    lake = Lake(load_settings())
    assert {path.split("/metadata/")[0] for path in objects(s3, lake) if "/metadata/" in path} == {
        f"{lake.settings.warehouse_location}/{namespace}/{name}"
        for namespace, name in lake.tables()
    }
    kept_here = [path for path in lake.settings.home.rglob("*") if path.is_file()]
    assert not [path for path in kept_here if path.suffix in (".parquet", ".avro")]
    assert not [path for path in kept_here if s3.secret_key.encode() in path.read_bytes()]
