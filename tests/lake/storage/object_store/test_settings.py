"""What is wrong with the settings of S3 is told at once, and the key is told to nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr

from resources.duckdb import s3 as engine_s3
from resources.duckdb.engine import duckdb_session
from resources.errors import EngineError, SettingsError
from resources.lake.storage.object_store import LakeFileIO, file_io, file_io_properties
from resources.settings import Settings

SECRET = "it's-very-secret"
COMPLETE: dict[str, object] = {
    "warehouse": "s3://lake/warehouse",
    "s3_endpoint": "http://127.0.0.1:9",
    "s3_access_key_id": "id'1",
    "s3_secret_access_key": SecretStr(SECRET),
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"warehouse": "gs://lake/warehouse"}, "LEDGERLAKE_WAREHOUSE"),
        ({"warehouse": "s3:///warehouse"}, "LEDGERLAKE_WAREHOUSE"),
        ({"s3_access_key_id": None}, "LEDGERLAKE_S3_ACCESS_KEY_ID"),
        ({"s3_secret_access_key": None}, "LEDGERLAKE_S3_SECRET_ACCESS_KEY"),
        ({"s3_endpoint": "127.0.0.1:9000"}, "http://host:port"),
        ({"s3_endpoint": "http://127.0.0.1:9000/lake"}, "http://host:port"),
        ({"s3_tls_authority": Path("/no/such.pem")}, "LEDGERLAKE_S3_TLS_AUTHORITY"),
    ],
)
def test_settings_that_cannot_work_are_refused(
    tmp_path: Path, changed: dict[str, object], said: str
):
    settings = Settings(home=tmp_path, **{**COMPLETE, **changed})
    with pytest.raises(SettingsError, match=said) as from_files:
        file_io(settings)
    with pytest.raises(SettingsError, match=said) as from_engine, duckdb_session(settings):
        pass
    assert SECRET not in f"{from_files.value}{from_engine.value}"


def test_a_lake_on_disk_asks_for_nothing(tmp_path: Path):
    for warehouse in (None, str(tmp_path / "tables"), f"file://{tmp_path}/tables"):
        properties = file_io_properties(Settings(home=tmp_path, warehouse=warehouse))
        assert list(properties) == ["py-io-impl"]


def test_the_engine_keeps_the_secret(tmp_path: Path):
    with duckdb_session(Settings(home=tmp_path, **COMPLETE)) as connection:
        shown = connection.sql("SELECT * FROM duckdb_secrets()").fetchall()
        shown += connection.sql("SELECT value FROM duckdb_settings()").fetchall()
        assert "id'1" in str(shown) and SECRET not in str(shown)
        with pytest.raises(duckdb.InvalidInputException):
            connection.sql("SELECT * FROM duckdb_secrets(redact = false)")
        with pytest.raises(duckdb.Error):
            connection.execute("SET allow_unredacted_secrets = true")
        with pytest.raises(duckdb.IOException) as failure:
            connection.sql("SELECT * FROM read_parquet('s3://lake/warehouse/a.parquet')")
    assert SECRET not in str(failure.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.parquet", "https://127.0.0.1:9/a.csv", "hf://datasets/a/b/c"]
)
def test_the_engine_is_on_no_other_network(tmp_path: Path, address: str):
    with duckdb_session(Settings(home=tmp_path, **COMPLETE)) as connection:
        with pytest.raises(duckdb.PermissionException, match="disabled"):
            connection.sql(f"SELECT * FROM read_text('{address}')")
        with pytest.raises(duckdb.Error, match="cannot be re-enabled"):
            connection.execute("SET disabled_filesystems = ''")


def test_without_its_extension_the_engine_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "duckdb_extension_httpfs", None)
    with (
        pytest.raises(EngineError, match="Install duckdb-extension-httpfs"),
        duckdb_session(Settings(home=tmp_path, **COMPLETE)),
    ):
        pass


def test_a_statement_that_fails_does_not_tell_the_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(engine_s3, "quoted", lambda _: "no such = name")
    with (
        pytest.raises(EngineError) as failure,
        duckdb_session(Settings(home=tmp_path, **COMPLETE)),
    ):
        pass
    told = f"{failure.getrepr(showlocals=False, style='long')}{failure.value.__cause__}"
    assert SECRET not in told


def test_what_reaches_files_in_the_same_way_is_equal(tmp_path: Path):
    settings = Settings(home=tmp_path, **COMPLETE)
    one, other = file_io(settings), file_io(settings)
    of_a_table = LakeFileIO({**file_io_properties(settings), "ledgerlake.published": "x"})
    assert one == other == of_a_table and len({one, other, of_a_table}) == 1
    assert one.fs_by_scheme("s3", "lake") is of_a_table.fs_by_scheme("s3", "other")
    elsewhere = Settings(home=tmp_path, **{**COMPLETE, "s3_access_key_id": "other"})
    assert file_io(elsewhere) != one
    assert SECRET not in f"{one!r}{one}"
