"""What a table's metadata file says of it, read without pyiceberg, whose import takes long."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NO_SNAPSHOT = -1


@dataclass(frozen=True)
class TableMetadata:
    """One metadata file of an Iceberg table (format version 1 or 2).

    `location` is the root of the table's files. `snapshot_id`, the latest, is None before the first
    publish; `rows` is None if the snapshot does not say so. `field_ids`: of the current schema.
    """

    file: str
    location: str
    snapshot_id: int | None
    properties: Mapping[str, str]
    rows: int | None
    field_ids: Mapping[str, int]

    @classmethod
    def parsed(cls, file: str, text: str) -> TableMetadata:
        """The metadata in the text of a file.

        See https://iceberg.apache.org/spec/#table-metadata-fields.
        """
        read: dict[str, Any] = json.loads(text)
        latest = read.get("current-snapshot-id")
        snapshots: list[dict[str, Any]] = read.get("snapshots") or []
        summary = next(
            (each.get("summary") or {} for each in snapshots if each["snapshot-id"] == latest), {}
        )
        total = summary.get("total-records")
        return cls(
            file=file,
            location=read["location"].rstrip("/"),
            snapshot_id=None if latest == _NO_SNAPSHOT else latest,
            properties=read.get("properties") or {},
            rows=None if total is None else int(total),
            field_ids={each["name"]: each["id"] for each in _fields(read)},
        )


def _fields(read: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of the current schema; format version 1 may have one schema only."""
    schemas: list[dict[str, Any]] = read.get("schemas") or [read["schema"]]
    current = read.get("current-schema-id")
    of_current = (each for each in schemas if each.get("schema-id") == current)
    return next(of_current, schemas[0])["fields"]
