"""Backup and restore, in the order that docs/deploy.md says: catalog first, then files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from resources.lake.catalog.lake_identity import take_over
from resources.lake.catalog.table_locations import LakeElsewhere
from resources.lake.lake import Lake
from resources.settings import Settings
from tests.docker.conftest import find_program
from tests.lake.builders import FIRST, SECOND, THIRD, order_rows, publish_orders, read
from tests.servers.postgres import PostgresDatabase
from tests.servers.s3 import S3Server


def test_what_was_published_before_the_backup_is_there_again(
    postgres: PostgresDatabase, s3: S3Server, tmp_path: Path
) -> None:
    """Even what is published while the backup is taken does no harm; publishing goes on after."""
    database, bucket = postgres.new_database(), s3.new_bucket()
    given = {"home": tmp_path / "home", "threads": 1, **s3.settings(bucket)}
    lake = Lake(Settings.model_validate({**given, **database.settings()}))
    publish_orders(lake, FIRST, order_rows(FIRST, 3))
    publish_orders(lake, SECOND, order_rows(SECOND, 4))
    expected = read(lake)

    dump = _run("pg_dump", database, "--format=custom", "--exclude-table-data=ledgerlake_refresh")
    publish_orders(lake, SECOND, order_rows(SECOND, 9))
    publish_orders(lake, THIRD, order_rows(THIRD, 1))
    files = _objects(s3, bucket)

    s3.filesystem().delete_dir_contents(bucket)
    _put(s3, files)
    restored = postgres.new_database()
    _run("pg_restore", restored, "--clean", "--if-exists", f"--dbname={restored.database}", dump)
    again = Lake(Settings.model_validate({**given, **restored.settings()}))
    assert read(again) == expected
    # It is another database: it could be a copy of one that still publishes to these files.
    with pytest.raises(LakeElsewhere, match="take-over"):
        publish_orders(again, SECOND, order_rows(SECOND, 2))
    take_over(again.settings)
    publish_orders(again, SECOND, order_rows(SECOND, 2))
    assert len(read(again)) == 3 + 2


def _run(program: str, database: PostgresDatabase, *arguments: str | bytes) -> bytes:
    """Run PostgreSQL's program on the database; bytes among the arguments are its input."""
    found = find_program(program, "on Debian, apt-get install postgresql-client")
    done = subprocess.run(
        [found, *(each for each in arguments if isinstance(each, str))],
        input=b"".join(each for each in arguments if isinstance(each, bytes)),
        env={
            **os.environ,
            **{"PGHOST": database.host, "PGPORT": str(database.port), "PGUSER": database.user},
            **{"PGPASSWORD": database.password, "PGDATABASE": database.database},
        },
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def _objects(s3: S3Server, bucket: str) -> dict[str, bytes]:
    """Every object of the bucket, by its path."""
    filesystem = s3.filesystem()
    paths = [location.removeprefix("s3://") for location in s3.files(bucket)]
    found: dict[str, bytes] = {}
    for path in paths:
        with filesystem.open_input_stream(path) as stream:
            found[path] = stream.read()
    return found


def _put(s3: S3Server, objects: dict[str, bytes]) -> None:
    for path, content in objects.items():
        with s3.filesystem().open_output_stream(path) as stream:
            stream.write(content)
