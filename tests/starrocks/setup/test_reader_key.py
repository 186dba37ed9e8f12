"""StarRocks' key to the object store reads the lake's files and can do no more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resources.errors import SettingsError
from resources.lake.storage.object_store import file_io
from resources.settings import Settings
from resources.starrocks.setup.reader_key import check_key, read_policy
from tests.servers.s3 import S3Server


@pytest.fixture
def lake(tmp_path: Path, s3_with_rights: S3Server) -> Settings:
    """A lake in a bucket, where there is a file of others as well."""
    s3 = s3_with_rights
    bucket = s3.new_bucket()
    with s3.filesystem().open_output_stream(f"{bucket}/others/file") as stream:
        stream.write(b"not the lake's")
    return Settings.model_validate({"home": tmp_path, **s3.settings(bucket)})


def with_key(lake: Settings, s3: S3Server, policy: str) -> Settings:
    """The lake, with a key of that policy for StarRocks."""
    return Settings.model_validate({**lake.model_dump(), **s3.starrocks_settings(policy)})


def test_a_key_with_the_printed_policy_passes_and_leaves_nothing_behind(
    lake: Settings, s3_with_rights: S3Server
) -> None:
    served = with_key(lake, s3_with_rights, read_policy(lake))
    check_key(served)
    bucket = lake.warehouse_location.split("/")[2]
    assert s3_with_rights.files(bucket) == {f"s3://{bucket}/others/file"}
    with pytest.raises(OSError, match=r"(?i)denied|no response body"):
        file_io(served.of_starrocks()).new_input(f"s3://{bucket}/others/file").open().read()


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("s3:PutObject", "can write the lake's files"),
        ("s3:DeleteObject", "can delete the lake's files"),
        ("s3:*", "can write the lake's files"),
    ],
)
def test_a_key_that_can_do_more_is_refused(
    lake: Settings, s3_with_rights: S3Server, action: str, said: str
) -> None:
    policy = json.loads(read_policy(lake))
    policy["Statement"][-1]["Action"].append(action)
    with pytest.raises(SettingsError, match=said) as caught:
        check_key(with_key(lake, s3_with_rights, json.dumps(policy)))
    assert "ledgerlake starrocks policy" in str(caught.value.next_step)


def test_a_key_that_cannot_read_is_refused(lake: Settings, s3_with_rights: S3Server) -> None:
    policy = read_policy(lake.model_copy(update={"warehouse": "s3://bucket-of-others/x"}))
    with pytest.raises(SettingsError, match="cannot read the lake's files"):
        check_key(with_key(lake, s3_with_rights, policy))
    mistyped = with_key(lake, s3_with_rights, read_policy(lake)).model_dump()
    mistyped["starrocks_s3_secret_access_key"] = "mistyped"
    with pytest.raises(SettingsError, match="cannot read") as caught:
        check_key(Settings.model_validate(mistyped))
    assert "mistyped" not in str(caught.value)


@pytest.mark.parametrize(
    ("warehouse", "region", "objects"),
    [
        ("s3://lake/a/b", "us-east-1", "arn:aws:s3:::lake/a/b/*"),
        ("s3://lake", "cn-north-1", "arn:aws-cn:s3:::lake/*"),
    ],
)
def test_the_policy_is_of_the_warehouse_only(
    tmp_path: Path, warehouse: str, region: str, objects: str
) -> None:
    policy = json.loads(read_policy(Settings(home=tmp_path, warehouse=warehouse, s3_region=region)))
    allowed = {
        action: statement["Resource"]
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    bucket = objects.rpartition(":::")[0] + ":::lake"
    assert allowed == {
        "s3:GetBucketLocation": [bucket],
        "s3:ListBucket": [bucket],
        "s3:GetObject": [objects],
    }
