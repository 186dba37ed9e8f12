"""The manifest of a table's delete files: what a snapshot keeps of them and what it adds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from pyiceberg.avro.codecs import AvroCompressionCodec
from pyiceberg.io import OutputFile
from pyiceberg.manifest import DataFile, ManifestEntry, ManifestEntryStatus, ManifestFile
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

from resources.lake.pyiceberg_internals import DeleteManifestWriter
from resources.lake.storage.position_deletes import data_path_of


class DeleteManifest:
    """What one snapshot leaves of the delete files that were alive, and those it adds.

    `gone` are locations of data files that are removed, with their delete files; `combined` those
    of delete files that are removed although their data file is kept.
    """

    def __init__(
        self,
        alive: Sequence[ManifestEntry],
        added: Sequence[DataFile],
        gone: Collection[str],
        combined: Collection[str],
    ) -> None:
        self._added = added
        self._removed: list[ManifestEntry] = []
        self._kept: list[ManifestEntry] = []
        for entry in alive:
            file = entry.data_file
            goes = data_path_of(file) in gone or file.file_path in combined
            (self._removed if goes else self._kept).append(entry)

    @property
    def changes(self) -> bool:
        """Whether the delete files are others than before."""
        return bool(self._added or self._removed)

    @property
    def removed(self) -> list[DataFile]:
        """The delete files that are removed."""
        return [entry.data_file for entry in self._removed]

    def write(
        self,
        spec: PartitionSpec,
        schema: Schema,
        output: OutputFile,
        snapshot_id: int,
        compression: AvroCompressionCodec,
    ) -> list[ManifestFile]:
        """Write the one manifest that takes the place of those before."""
        with DeleteManifestWriter(spec, schema, output, snapshot_id, compression) as writer:
            for file in self._added:
                entry = ManifestEntry.from_args(
                    status=ManifestEntryStatus.ADDED, snapshot_id=snapshot_id, data_file=file
                )
                writer.add(entry)
            for entry in self._kept:
                writer.existing(entry)
            for entry in self._removed:
                writer.delete(entry)
        return [writer.to_manifest_file()]
