"""What StarRocks is told of the lake's catalog, and which settings it cannot serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from resources.errors import SettingsError
from resources.settings import Settings
from resources.starrocks.setup.external_catalog import catalog_properties
from resources.starrocks.setup.setup import Setup
from tests.starrocks.setup.served_settings import S3, SERVICE, SQL, plain


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**S3, **SERVICE}, "sqlite"),
        ({**SQL, **SERVICE}, "folder of this host"),
        ({**SQL, **SERVICE, "warehouse": "file:///lake"}, "folder of this host"),
        ({**SQL, **S3, **SERVICE, "catalog_name": "default_catalog"}, "own catalog"),
        ({**SQL, **S3, **SERVICE, "catalog_name": "my-lake"}, "my-lake"),
        ({**S3, **SERVICE, "catalog_uri": SQL["catalog_uri"]}, "a password, or token, of its own"),
        ({**SQL, **S3, **SERVICE, "starrocks_catalog_user": "me"}, "the lake's own role me"),
        ({**SQL, **S3, **SERVICE, "starrocks_catalog_password": "hush"}, "lake's own password"),
        ({**SQL, **S3, **SERVICE, "starrocks_s3_access_key_id": "key"}, "lake's own key key"),
        ({**SQL, **S3, **SERVICE, "starrocks_s3_secret_access_key": "secret"}, "lake's own key"),
        ({**SQL, **S3, **SERVICE, "starrocks_s3_access_key_id": None}, "a key of its own"),
        ({**SQL, **S3, **SERVICE, "starrocks_catalog_password": "a\\b"}, "has a backslash"),
        ({**SQL, **S3, **SERVICE, "starrocks_catalog_password": "ab\\"}, "has a backslash"),
        (
            {**S3, **SERVICE, "catalog_kind": "rest", "catalog_uri": "https://rest/v1"}
            | {"catalog_password": "token", "starrocks_catalog_password": "token"},
            "lake's own password",
        ),
        ({**S3, **SERVICE, "catalog_kind": "rest"}, "no address"),
        ({**S3, **SERVICE, "catalog_kind": "hive"}, "no address"),
        ({**SQL, **S3, **SERVICE, "catalog_uri": "postgresql+psycopg2:///lake"}, "host"),
    ],
)
def test_settings_that_starrocks_cannot_serve_are_refused(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        Setup.of(Settings(home=tmp_path, **given))
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {**SQL, "catalog_uri": "postgresql+psycopg2://me@db:5433/lake?sslmode=require"},
            {
                "iceberg.catalog.type": "jdbc",
                "iceberg.catalog.uri": "jdbc:postgresql://db:5433/lake?sslmode=require",
                "iceberg.catalog.warehouse": "s3://bucket/warehouse",
                "iceberg.catalog.jdbc.user": "reader",
            },
        ),
        (
            {**SQL, "catalog_kind": "rest", "catalog_uri": "https://rest/v1"},
            {
                "iceberg.catalog.type": "rest",
                "iceberg.catalog.uri": "https://rest/v1",
                "iceberg.catalog.warehouse": "s3://bucket/warehouse",
                "iceberg.catalog.security": "oauth2",
                "iceberg.catalog.vended-credentials-enabled": "false",
            },
        ),
        (
            {"catalog_kind": "hive", "catalog_uri": "thrift://hive:9083"},
            {"iceberg.catalog.type": "hive", "hive.metastore.uris": "thrift://hive:9083"},
        ),
    ],
    ids=["sql", "rest", "hive"],
)
def test_each_kind_of_catalog_has_its_properties(
    tmp_path: Path, given: dict[str, Any], expected: dict[str, str]
) -> None:
    properties = catalog_properties(Settings(home=tmp_path, **(S3 | given)))
    s3_properties = {
        "aws.s3.endpoint": "https://minio:9000",
        "aws.s3.enable_ssl": "true",
        "aws.s3.enable_path_style_access": "true",
        "aws.s3.access_key": "reading key",
        "aws.s3.region": "us-east-1",
    }
    open_ones = {
        name: value for name, value in properties.items() if not isinstance(value, SecretStr)
    }
    on_s3 = given.get("warehouse", "s3://").startswith("s3://")
    assert open_ones == {"type": "iceberg"} | expected | (s3_properties if on_s3 else {})
    told = {name: plain(each) for name, each in properties.items() if isinstance(each, SecretStr)}
    assert not {"hush", "secret"} & set(told.values())
    assert "whisper" not in repr(properties)
