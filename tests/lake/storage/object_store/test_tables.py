"""Tables on S3: what fails leaves nothing behind, and what is lost is told."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

import duckdb
import pytest

from resources.errors import AuditFailed, StorageError
from resources.lake.lake import Lake
from resources.lake.model.window import Window
from tests.lake.builders import (
    FIRST,
    ORDERS,
    SECOND,
    THIRD,
    files_in_history,
    files_in_snapshot,
    open_engine,
    open_lake,
    order_rows,
    publish_orders,
    read,
)
from tests.lake.storage.object_store.lake_on_s3 import home_on_s3, lake_on_s3, objects
from tests.servers.certificate import make_certificate
from tests.servers.s3 import S3Server, serve_s3

DATA = "fact/dwd_order/data"
DAYS = Window.of_days(FIRST, THIRD)
ROWS = sorted(row for day in DAYS for row in order_rows(day, 2))


def test_only_the_bucket_holds_the_table(lake: Lake, s3: S3Server):
    published = publish_orders(lake, DAYS, ROWS)

    assert read(lake) == ROWS
    assert objects(s3, lake, DATA) == files_in_snapshot(lake)
    assert published.files == len(DAYS)
    assert not (lake.settings.home / "warehouse").exists()
    record = lake.record(lake.snapshot(ORDERS), SECOND)
    assert record and record.publication_id == published.publication_id


def test_a_failed_audit_leaves_nothing(lake: Lake, s3: S3Server):
    publish_orders(lake, FIRST, order_rows(FIRST, 2))
    before = objects(s3, lake)
    with pytest.raises(AuditFailed, match="pay_amount_not_negative"):
        publish_orders(lake, SECOND, order_rows(SECOND, 2, "-1.00"))
    assert objects(s3, lake) == before


def test_maintenance_deletes_what_is_no_longer_referred_to(s3: S3Server, tmp_path: Path):
    lake = lake_on_s3(s3, tmp_path / "home", snapshots_kept=1, orphan_hours=0)
    for amount in ("1.00", "2.00", "3.00"):
        publish_orders(lake, DAYS, [row for day in DAYS for row in order_rows(day, 2, amount)])
    assert objects(s3, lake, DATA) > files_in_snapshot(lake)

    would = lake.maintain(ORDERS, dry_run=True)
    report = lake.maintain(ORDERS)

    assert would.files_deleted == report.files_deleted > 0
    assert objects(s3, lake, DATA) == files_in_snapshot(lake) == files_in_history(lake)
    assert read(lake) == sorted(row for day in DAYS for row in order_rows(day, 2, "3.00"))


@pytest.mark.parametrize("truncated", [False, True], ids=["missing", "truncated"])
def test_a_damaged_object_is_named_and_its_day_can_be_published_again(
    lake: Lake, s3: S3Server, truncated: bool
):
    publish_orders(lake, DAYS, ROWS)
    table = lake.snapshot(ORDERS).table
    assert table is not None
    damaged = next(
        task.file.file_path for task in table.scan(row_filter=f"dt = '{SECOND}'").plan_files()
    )
    path, bucket = damaged.removeprefix("s3://"), s3.filesystem()
    if truncated:
        content = bucket.open_input_stream(path).read()
        with bucket.open_output_stream(path) as stream:
            stream.write(content[:-10])
    else:
        bucket.delete_file(path)

    with pytest.raises(StorageError, match=f"fact.dwd_order.*{SECOND}") as failure:
        read(lake)
    assert damaged in failure.value.message
    assert failure.value.next_step and "materialize its partition again" in failure.value.next_step

    publish_orders(lake, SECOND, order_rows(SECOND, 2))
    assert read(lake) == ROWS


@pytest.mark.parametrize("stage", ["auditing", "publishing"])
def test_a_store_that_ends_in_the_middle_of_a_run(tmp_path: Path, stage: str):
    home = tmp_path / "home"
    with serve_s3() as server:
        lake = open_lake(home_on_s3(server, home))

        def end_the_server(told: str) -> None:
            if told == stage:
                server.end()

        with pytest.raises(StorageError, match=r"fact\.dwd_order, 2026-03-01") as failure:
            publish_orders(lake, FIRST, order_rows(FIRST, 2), on_stage=end_the_server)
    assert failure.value.next_step and "LEDGERLAKE_S3_ENDPOINT" in failure.value.next_step
    assert server.secret_key not in str(failure.value)
    assert read(lake) == []


def test_a_key_that_is_refused(tmp_path: Path):
    with serve_s3() as server:
        lake = open_lake(home_on_s3(server, tmp_path / "home"))
        published = publish_orders(lake, FIRST, order_rows(FIRST, 2))
        assert published.rows == 2
        # From now on the server looks at keys, and knows none.
        address, plain = f"{server.endpoint}/moto-api/reset-auth", {"Content-Type": "text/plain"}
        urlopen(Request(address, b"0", plain)).close()
        with pytest.raises(StorageError, match="refused the key") as reading:
            read(lake)
        with pytest.raises(StorageError, match="refused the key") as publishing:
            publish_orders(lake, SECOND, order_rows(SECOND, 2))
    for failure in (reading, publishing):
        assert "LEDGERLAKE_S3_ACCESS_KEY_ID" in str(failure.value)
        assert server.secret_key not in str(failure.value)


def test_a_bucket_that_is_not_there(s3: S3Server, tmp_path: Path):
    lake = open_lake(tmp_path / "home", **s3.settings("no-such-bucket"))
    with pytest.raises(StorageError, match="bucket of the warehouse does not exist"):
        publish_orders(lake, FIRST, order_rows(FIRST, 2))


def test_a_store_that_an_authority_of_ones_own_vouches_for(tmp_path: Path):
    """Both who reads and writes files and the engine look at the certificate."""
    with serve_s3(certificate=make_certificate(tmp_path)) as server:
        settings = server.settings(server.new_bucket())
        lake = open_lake(tmp_path / "home", **settings)
        publish_orders(lake, FIRST, order_rows(FIRST, 2))
        assert read(lake) == order_rows(FIRST, 2)

        relation = lake.relation_sql(lake.snapshot(ORDERS), None)
        unaware = open_lake(tmp_path / "home", **settings | {"s3_tls_authority": None})
        with pytest.raises(StorageError, match="does not answer"):
            publish_orders(unaware, SECOND, order_rows(SECOND, 2))
        with open_engine(unaware) as engine, pytest.raises(duckdb.IOException, match="SSL"):
            engine.sql(relation)
