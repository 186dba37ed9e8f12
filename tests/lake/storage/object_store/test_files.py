"""Files on S3: written, listed, measured and deleted as those on a disk."""

from __future__ import annotations

import pytest

from resources.lake.lake import Lake
from resources.lake.storage import table_files
from resources.lake.storage.object_store import LakeFileIO, file_io
from tests.lake.storage.object_store.lake_on_s3 import objects
from tests.servers.s3 import S3Server

NAMES = ("a/one.json", "a/two.json", "ab/three.json", "a/b c/dt=2026-03-01/four 100%.json")


@pytest.fixture
def io(lake: Lake) -> LakeFileIO:
    return file_io(lake.settings)


@pytest.fixture
def folder(lake: Lake, io: LakeFileIO) -> str:
    """A folder with files; each holds its own name."""
    for name in NAMES:
        table_files.write_text(f"{lake.settings.warehouse_location}/{name}", name, io)
    return lake.settings.warehouse_location


def test_what_is_written_is_in_the_bucket(lake: Lake, s3: S3Server, folder: str, io: LakeFileIO):
    assert objects(s3, lake) == {f"{folder}/{name}" for name in NAMES}
    assert [table_files.read_text(f"{folder}/{name}", io) for name in NAMES] == list(NAMES)
    with pytest.raises(FileNotFoundError):
        table_files.read_text(f"{folder}/a", io)


def test_a_folder_is_listed_without_those_that_begin_alike(folder: str, io: LakeFileIO):
    listed = {
        file.location: (file.relative, file.bytes)
        for file in table_files.list_files(f"{folder}/a/", io)
    }
    assert listed == {
        f"{folder}/{name}": (name.removeprefix("a/"), len(name))
        for name in NAMES
        if name.startswith("a/")
    }
    assert list(table_files.list_files(f"{folder}/none", io)) == []


@pytest.mark.parametrize("most_asked_for", [0, 64], ids=["by a list", "one by one"])
def test_sizes_and_what_is_missing(
    folder: str, io: LakeFileIO, monkeypatch: pytest.MonkeyPatch, most_asked_for: int
):
    monkeypatch.setattr(table_files, "_MOST_FILES_ASKED_FOR", most_asked_for)
    missing = f"{folder}/a/none.json"
    sizes = table_files.file_sizes([*(f"{folder}/{name}" for name in NAMES), missing], io)
    assert isinstance(sizes.pop(missing), FileNotFoundError)
    assert sizes == {f"{folder}/{name}": len(name) for name in NAMES}


def test_deleting(lake: Lake, s3: S3Server, folder: str, io: LakeFileIO):
    gone = f"{folder}/a/one.json"
    table_files.delete_files([gone, gone, f"{folder}/none.json"], io)
    assert gone not in objects(s3, lake)

    table_files.delete_folder_if_empty(f"{folder}/a", io)
    assert f"{folder}/a/two.json" in objects(s3, lake)

    table_files.delete_folder(f"{folder}/a", io)
    table_files.delete_folder(f"{folder}/a", io)
    assert objects(s3, lake) == {f"{folder}/ab/three.json"}
