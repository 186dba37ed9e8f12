"""The SQL of a run on S3 reaches the warehouse there, and nothing else by the same key."""

from __future__ import annotations

import socket

import duckdb
import pytest

from resources.duckdb.engine import duckdb_session, lake_session
from resources.lake.lake import Lake
from tests.servers.s3 import S3Server


def test_a_run_reads_and_writes_its_warehouse_and_no_other_place(s3: S3Server, lake: Lake) -> None:
    warehouse, other = lake.settings.warehouse_location, f"s3://{s3.new_bucket()}"
    write = "COPY (SELECT 7 AS n) TO '{}' (FORMAT parquet)"
    with duckdb_session(lake.settings) as session:
        for place in (other, f"{warehouse}-of-another"):
            session.execute(write.format(f"{place}/x.parquet"))
    with lake_session(lake.settings) as session:
        session.execute(write.format(f"{warehouse}/x.parquet"))
        assert session.execute(f"FROM read_parquet('{warehouse}/x.parquet')").fetchall() == [(7,)]
        for place in (other, f"{warehouse}-of-another"):
            with pytest.raises(duckdb.Error, match="disabled by configuration"):
                session.execute(f"FROM read_parquet('{place}/x.parquet')")
            with pytest.raises(duckdb.Error, match="disabled by configuration"):
                session.execute(write.format(f"{place}/y.parquet"))


def test_an_address_names_no_other_s3(lake: Lake) -> None:
    """Its parameters would send a signed request, with the key's id, to whatever host they name."""
    with socket.socket() as listener, lake_session(lake.settings) as session:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        parameters = f"s3_endpoint=127.0.0.1:{listener.getsockname()[1]}&s3_use_ssl=false"
        address = f"{lake.settings.warehouse_location}/x.csv?{parameters}"
        with pytest.raises(duckdb.Error):
            session.execute(f"FROM read_csv('{address}')")
        with pytest.raises(TimeoutError):
            listener.accept()
