"""Statements name tables in full and quoted; what is no name makes none."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st
from pydantic import SecretStr

from resources.errors import LedgerlakeError, SettingsError
from resources.starrocks.client import statements
from resources.starrocks.client.errors import Refused
from resources.starrocks.client.literals import NamedSecret
from resources.starrocks.client.names import TableName
from resources.starrocks.client.versions import Version
from resources.starrocks.setup import setup_statements

TABLE = TableName("ledgerlake", "ads", "ads_finance_daily")


def test_tables_are_named_in_full() -> None:
    assert statements.refresh_table(TABLE) == (
        "REFRESH EXTERNAL TABLE `ledgerlake`.`ads`.`ads_finance_daily`"
    )
    assert TABLE.refs_sql == "`ledgerlake`.`ads`.`ads_finance_daily$refs`"
    for statement in (
        statements.current_snapshot(TABLE),
        statements.rows_by_partition(TABLE, "dt"),
        statements.row_count(TABLE),
    ):
        assert "FROM `ledgerlake`.`ads`.`ads_finance_daily" in statement


@given(catalog=st.text(), database=st.text(), name=st.text())
def test_what_is_no_name_makes_no_statement(catalog: str, database: str, name: str) -> None:
    try:
        statement = statements.refresh_table(TableName(catalog, database, name))
    except SettingsError:
        return
    assert re.fullmatch(r"REFRESH EXTERNAL TABLE `\w+`\.`\w+`\.`\w+`", statement)


@pytest.mark.parametrize("bad", ["a`b", "A", "", "a.b", "a b", "a'b", "x" * 64])
def test_names_that_would_break_out_are_refused(bad: str) -> None:
    for make in (
        lambda: TableName("ledgerlake", bad, "t"),
        lambda: TableName("ledgerlake", "ads", bad),
        lambda: statements.rows_by_partition(TABLE, bad),
        lambda: setup_statements.serving_database(bad),
        lambda: setup_statements.service_user(bad, NamedSecret(SecretStr("x"), "X")),
    ):
        with pytest.raises(SettingsError):
            make()


@pytest.mark.parametrize("bad", ["a`b", "1a", "", "a.b", "a-b"])
def test_catalogs_that_starrocks_cannot_name_are_refused(bad: str) -> None:
    with pytest.raises(SettingsError, match="LEDGERLAKE_CATALOG_NAME"):
        statements.databases_of(bad)


def test_secrets_are_told_as_their_settings() -> None:
    properties = {
        "type": "iceberg",
        "iceberg.catalog.jdbc.password": NamedSecret(SecretStr("it's 100%"), "LEDGERLAKE_X"),
        "iceberg.catalog.warehouse": 's3://a/"b"',
    }
    told = str(setup_statements.create_catalog("ledgerlake", properties))
    assert "\"iceberg.catalog.jdbc.password\" = '<LEDGERLAKE_X>'" in told
    assert "100%" not in told
    assert "it's" not in repr(properties)


@pytest.mark.parametrize(
    ("text", "version", "privilege"),
    [
        ("3.5.16 a1b2c3d", Version(3, 5, 16), "ALTER"),
        ("4.0.9-f00", Version(4, 0, 9), "REFRESH"),
        ("4.1.0", Version(4, 1, 0), "REFRESH"),
        ("v5.2.1", Version(5, 2, 1), "REFRESH"),
    ],
)
def test_supported_versions(text: str, version: Version, privilege: str) -> None:
    read = Version.parse(text)
    read.check_supported()
    assert (read, read.refresh_privilege) == (version, privilege)


@pytest.mark.parametrize(
    "text", ["3.3.22", "3.4.99", "3.5.0-rc01", "3.5.15", "4.0.0", "4.0.8 x", "2.5.1"]
)
def test_versions_without_the_needed_fixes_are_refused_with_what_to_upgrade_to(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Version.parse(text).check_supported()
    assert "3.5.16, 4.0.9, 4.1.0 or later" in str(caught.value.next_step)


@pytest.mark.parametrize("text", ["main-1a2b3c", "", "UNKNOWN", "4.0"])
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(LedgerlakeError, match="no release"):
        Version.parse(text)
