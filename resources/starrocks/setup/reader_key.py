"""StarRocks' own key to the lake's object store: it reads the tables' files, and changes nothing.

Keys and policies are made by the store's own tools, which S3 itself does not have: here is the
policy they are given, and the check that the key can do what it should and no more.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from urllib.parse import urlsplit

from pyiceberg.io import FileIO

from resources.duckdb.s3 import SCHEME
from resources.errors import SettingsError, StorageError, said_by
from resources.lake.storage.object_store import file_io
from resources.settings import Settings

_CONTENT = b"Ledgerlake asks what StarRocks' key may do.\n"
_CHANGED = b"StarRocks' key can write.\n"


def read_policy(settings: Settings) -> str:
    """The key's policy, as JSON for AWS's IAM and MinIO; SettingsError if there is no S3."""
    bucket, prefix = _place(settings)
    below = f"{prefix}/*" if prefix else "*"
    arn = f"arn:{_partition(settings.s3_region)}:s3:::{bucket}"
    statements = [
        {"Effect": "Allow", "Action": ["s3:GetBucketLocation"], "Resource": [arn]},
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [arn],
            "Condition": {"StringLike": {"s3:prefix": [below]}},
        },
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"{arn}/{below}"]},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def check_key(settings: Settings) -> None:
    """Try StarRocks' key on a file of the lake's own making, which is gone afterwards.

    Raises:
        SettingsError: If the key cannot read the file, or can change it.
        StorageError: If the lake's own key cannot write it.
    """
    bucket, prefix = _place(settings)
    folder = f"{SCHEME}://{bucket}/{prefix}".rstrip("/")
    location = f"{folder}/starrocks-key-{secrets.token_hex(8)}"
    lake, reader = file_io(settings), file_io(settings.of_starrocks())
    try:
        _write(lake, location, _CONTENT)
        _check_reading(settings, reader, location)
        can = _changes(lake, reader, location)
    except OSError as error:
        raise StorageError(
            f"The lake cannot write to {folder}: {_one_line(error)}",
            "See that the object store runs, and that the lake's key may write there.",
        ) from error
    finally:
        with suppress(OSError):
            lake.delete(location)
    if can is not None:
        raise SettingsError(
            f"StarRocks' key {settings.starrocks_s3_access_key_id} can {can} the lake's files, "
            "which StarRocks only reads",
            "Give the key the policy that `ledgerlake starrocks policy` prints, and no other.",
        )


def _check_reading(settings: Settings, reader: FileIO, location: str) -> None:
    try:
        _read(reader, location)
    except OSError as error:
        raise SettingsError(
            f"StarRocks' key {settings.starrocks_s3_access_key_id} cannot read the lake's files: "
            f"{_one_line(error)}",
            "Correct LEDGERLAKE_STARROCKS_S3_ACCESS_KEY_ID and _SECRET_ACCESS_KEY, and give the "
            "key the policy that `ledgerlake starrocks policy` prints.",
        ) from None


def _changes(lake: FileIO, reader: FileIO, location: str) -> str | None:
    """What the key can do to the file: "write" or "delete"; None: nothing.

    The file is looked at, and not the answers: one may tell of a part that failed.
    """
    with suppress(OSError):
        _write(reader, location, _CHANGED)
    if _read(lake, location) != _CONTENT:
        return "write"
    with suppress(OSError):
        reader.delete(location)
    return None if lake.new_input(location).exists() else "delete"


def _place(settings: Settings) -> tuple[str, str]:
    address = urlsplit(settings.warehouse_location)
    if address.scheme != SCHEME:
        raise SettingsError(
            f"The warehouse is {settings.warehouse_location}: there is no key to it",
            "Keep the warehouse in an object store: set LEDGERLAKE_WAREHOUSE to s3://bucket/path.",
        )
    return address.netloc, address.path.strip("/")


def _partition(region: str) -> str:
    """AWS's partitions have names of their own; every other store goes by `aws`."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _write(store: FileIO, location: str, content: bytes) -> None:
    with store.new_output(location).create(overwrite=True) as stream:
        stream.write(content)


def _read(store: FileIO, location: str) -> bytes:
    with store.new_input(location).open() as stream:
        return stream.read()


def _one_line(error: Exception) -> str:
    return said_by(error)[:300]
