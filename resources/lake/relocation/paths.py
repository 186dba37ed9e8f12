"""Locations of a table's files, from where they were to where they are."""

from __future__ import annotations

from dataclasses import dataclass

from resources.errors import StorageError


@dataclass(frozen=True)
class Move:
    """A table's folder, as its metadata names it and as it is now."""

    table: str
    old: str
    new: str

    def of(self, location: str) -> str:
        """Where the file is now.

        Raises:
            StorageError: If it is in neither folder.
        """
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
