"""Settings of a lake that StarRocks can serve, part by part."""

from __future__ import annotations

from pydantic import SecretStr

S3 = {
    "warehouse": "s3://bucket/warehouse",
    "s3_access_key_id": "key",
    "s3_secret_access_key": "secret",
    "s3_endpoint": "https://minio:9000",
    "starrocks_s3_access_key_id": "reading key",
    "starrocks_s3_secret_access_key": "another secret",
}
SQL = {
    "catalog_uri": "postgresql+psycopg2://me@db/lake",
    "catalog_password": "hush",
    "starrocks_catalog_user": "reader",
    "starrocks_catalog_password": "whisper",
}
SERVICE = {"starrocks_front_ends": "fe:9030", "starrocks_password": "word"}


def plain(secret: SecretStr | None) -> str | None:
    """The text of a secret."""
    return secret and secret.get_secret_value()
