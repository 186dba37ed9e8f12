"""Rewrites one table's metadata, beside the old, with the locations of its files as they are now.

Nothing refers to what is written here until the catalog does. No data file is read: only manifests,
manifest lists and delete files name files by location.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.avro.codecs import AvroCompressionCodec
from pyiceberg.io import FileIO
from pyiceberg.manifest import (
    DataFile,
    DataFileContent,
    ManifestContent,
    ManifestEntry,
    ManifestEntryStatus,
    ManifestFile,
    read_manifest_list,
    write_manifest,
    write_manifest_list,
)
from pyiceberg.serializers import FromInputFile
from pyiceberg.table.metadata import TableMetadata, TableMetadataUtil
from pyiceberg.table.snapshots import Snapshot

from resources.errors import StorageError
from resources.lake.catalog.metadata_times import next_moment
from resources.lake.pyiceberg_internals import DeleteManifestWriter, copy_of
from resources.lake.storage.position_deletes import DATA_PATH, PATH_FIELD_ID, delete_file_path
from resources.lake.storage.table_files import file_sizes

_COMPRESSION: AvroCompressionCodec = "deflate"

# Places in a manifest's entry of a file: https://iceberg.apache.org/spec/#manifests
_FILE_PATH, _FILE_SIZE, _LOWER, _UPPER = 1, 5, 10, 11


@dataclass(frozen=True)
class Move:
    """A table's folder, as its metadata names it and as it is now."""

    table: str
    old: str
    new: str

    def of(self, location: str) -> str:
        """Where the file is now; StorageError if it is in neither folder."""
        if location.startswith(f"{self.old}/"):
            return self.new + location[len(self.old) :]
        if location.startswith(f"{self.new}/"):
            return location
        raise StorageError(
            f"{self.table}: its metadata names {location}, which is not in its folder {self.old}; "
            "nothing was changed",
            "Rewrite the table with the engine that wrote that file, where the lake was before.",
        )


def table_folder(metadata_location: str) -> str:
    """The folder above `metadata/`, of a metadata file in it."""
    return metadata_location.rsplit("/metadata/", 1)[0]


@dataclass(frozen=True)
class Rewritten:
    """A table's rewritten metadata, and how many files of each kind it took."""

    metadata: TableMetadata
    snapshots: int
    manifests: int
    delete_files: int


def read_moved(move: Move, metadata_location: str, io: FileIO) -> TableMetadata:
    """The metadata of a table that was moved, from the file that the catalog names.

    Raises:
        StorageError: If it is not there, or is that of another folder than its name says.
    """
    location = move.of(metadata_location)
    try:
        metadata = FromInputFile.table_metadata(io.new_input(location))
    except FileNotFoundError as error:
        raise StorageError(
            f"{move.table}: {location} is missing: its files were not copied or moved with the "
            "catalog; nothing was changed",
            "Copy the warehouse as it was when the catalog was copied, and run again.",
        ) from error
    if metadata.location.rstrip("/") != move.old:
        raise StorageError(
            f"{move.table}: its metadata is in {move.old} and says that the table is in "
            f"{metadata.location}; nothing was changed",
            "Move it with the engine that made it.",
        )
    return metadata


class TableRewrite:
    """Rewrites the metadata of one table. To be used once: files are named after one new id."""

    def __init__(self, move: Move, metadata: TableMetadata, io: FileIO) -> None:
        self._move, self._metadata, self._io = move, metadata, io
        self._id = str(uuid.uuid4())
        self._manifests: dict[str, ManifestFile] = {}
        self._deletes: dict[str, DataFile] = {}

    def write(self, metadata_location: str) -> Rewritten:
        """Write everything but the metadata file that takes the place of the one given.

        Raises:
            StorageError: If a file that a snapshot refers to is not there, or out of the folder.
        """
        self._require_all_files()
        changed: dict[str, Any] = json.loads(self._metadata.model_dump_json())
        for each, snapshot in zip(changed["snapshots"], self._metadata.snapshots, strict=True):
            each["manifest-list"] = self._write_list(snapshot)
        at = self._metadata.last_updated_ms
        current: dict[str, Any] = {"metadata-file": metadata_location, "timestamp-ms": at}
        log = [*changed.get("metadata-log", []), current]
        changed["metadata-log"] = [
            {**each, "metadata-file": self._move.of(each["metadata-file"])} for each in log
        ]
        changed["location"] = self._move.new
        changed["last-updated-ms"] = next_moment(self._metadata)
        changed["properties"] = {
            name: self._move.of(value) if value.startswith(f"{self._move.old}/") else value
            for name, value in changed["properties"].items()
        }
        # Statistics of other engines name files too; those engines can compute them again.
        changed.pop("statistics", None)
        changed.pop("partition-statistics", None)
        metadata = TableMetadataUtil.parse_obj(changed)
        counts = (len(metadata.snapshots), len(self._manifests), len(self._deletes))
        return Rewritten(metadata, *counts)

    def size(self) -> Rewritten:
        """What `write` would write, without writing it."""
        manifests = {
            each.manifest_path: each for s in self._metadata.snapshots for each in self._of(s)
        }
        deletes = {
            entry.data_file.file_path
            for manifest in manifests.values()
            if manifest.content == ManifestContent.DELETES
            for entry in self._entries(manifest)
        }
        counts = (len(self._metadata.snapshots), len(manifests), len(deletes))
        return Rewritten(self._metadata, *counts)

    def _require_all_files(self) -> None:
        files = {
            self._move.of(entry.data_file.file_path)
            for snapshot in self._metadata.snapshots
            for manifest in self._of(snapshot)
            for entry in self._entries(manifest)
            if entry.status != ManifestEntryStatus.DELETED
        }
        sizes = file_sizes(sorted(files), self._io)
        missing = [path for path, size in sizes.items() if isinstance(size, OSError)]
        if missing:
            raise StorageError(
                f"{self._move.table}: {len(missing)} of {len(files)} files are not where they "
                f"should be now, the first is {missing[0]}; nothing was changed",
                "Copy the warehouse as it was when the catalog was copied, and run again.",
            )

    def _of(self, snapshot: Snapshot) -> list[ManifestFile]:
        """The snapshot's manifests, at the places where they can be read."""
        listed = self._io.new_input(self._move.of(snapshot.manifest_list))
        found = list(read_manifest_list(listed))
        for manifest in found:
            manifest[0] = self._move.of(manifest.manifest_path)
        return found

    def _entries(self, manifest: ManifestFile) -> list[ManifestEntry]:
        return manifest.fetch_manifest_entry(self._io, discard_deleted=False)

    def _write_list(self, snapshot: Snapshot) -> str:
        location = f"{self._move.new}/metadata/snap-{snapshot.snapshot_id}-0-{self._id}.avro"
        manifests = [self._moved(manifest) for manifest in self._of(snapshot)]
        with write_manifest_list(
            self._metadata.format_version,
            self._io.new_output(location),
            snapshot.snapshot_id,
            snapshot.parent_snapshot_id,
            snapshot.sequence_number,
            _COMPRESSION,
        ) as writer:
            writer.add_manifests(manifests)
        return location

    def _moved(self, manifest: ManifestFile) -> ManifestFile:
        """The rewritten manifest; written once, however many snapshots share it."""
        if manifest.manifest_path not in self._manifests:
            self._manifests[manifest.manifest_path] = self._write_manifest(manifest)
        return self._manifests[manifest.manifest_path]

    def _write_manifest(self, manifest: ManifestFile) -> ManifestFile:
        location = f"{self._move.new}/metadata/{self._id}-m{len(self._manifests)}.avro"
        output = self._io.new_output(location)
        spec = self._metadata.specs()[manifest.partition_spec_id]
        schema = self._metadata.schema()
        made_by = manifest.added_snapshot_id or 0
        is_of_deletes = manifest.content == ManifestContent.DELETES
        with (
            DeleteManifestWriter(spec, schema, output, made_by, _COMPRESSION)
            if is_of_deletes
            else write_manifest(
                self._metadata.format_version, spec, schema, output, made_by, _COMPRESSION
            )
        ) as writer:
            for entry in self._entries(manifest):
                writer.add_entry(self._moved_entry(entry))
        moved = copy_of(manifest)
        moved[0], moved[1] = location, len(self._io.new_input(location))
        return moved

    def _moved_entry(self, entry: ManifestEntry) -> ManifestEntry:
        return ManifestEntry.from_args(
            status=entry.status,
            snapshot_id=entry.snapshot_id,
            sequence_number=entry.sequence_number,
            file_sequence_number=entry.file_sequence_number,
            data_file=self._moved_file(entry),
        )

    def _moved_file(self, entry: ManifestEntry) -> DataFile:
        file = entry.data_file
        is_gone = entry.status == ManifestEntryStatus.DELETED
        if file.content != DataFileContent.POSITION_DELETES or (
            is_gone and file.file_path not in self._deletes
        ):
            return _with_path(file, self._move.of(file.file_path))
        if file.file_path not in self._deletes:
            folder = f"{self._move.new}/data/{self._id}"
            target = delete_file_path(folder, len(self._deletes))
            self._deletes[file.file_path] = _relocated_deletes(file, self._move, target, self._io)
        return self._deletes[file.file_path]


def _with_path(file: DataFile, path: str) -> DataFile:
    """The file at another location."""
    moved = copy_of(file)
    moved[_FILE_PATH] = path
    return moved


def _relocated_deletes(file: DataFile, move: Move, target: str, io: FileIO) -> DataFile:
    """Write the delete file to `target` with the locations of today; the file as it is then."""
    with io.new_input(move.of(file.file_path)).open() as source:
        # The library's file is no IOBase, and the reader takes it all the same.
        deletes = pq.read_table(cast(Any, source))
    column = deletes.schema.get_field_index(DATA_PATH)
    # A column of few paths, each many times.
    encoded = deletes.column(column).combine_chunks().dictionary_encode()
    paths = [move.of(path) for path in encoded.dictionary.to_pylist()]
    named = pa.DictionaryArray.from_arrays(encoded.indices, pa.array(paths, pa.string()))
    field = deletes.schema.field(column).with_type(pa.string())
    deletes = deletes.set_column(column, field, named.cast(pa.string()))
    with io.new_output(target).create(overwrite=True) as sink:
        pq.write_table(deletes, cast(Any, sink), compression="zstd")
    moved = _with_path(file, target)
    moved[_FILE_SIZE] = len(io.new_input(target))
    for bounds, bound in ((_LOWER, min(paths)), (_UPPER, max(paths))):
        moved[bounds] = {**(moved[bounds] or {}), PATH_FIELD_ID: bound.encode()}
    return moved
