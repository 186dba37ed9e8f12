"""The record of one publish: who, when, from what. One immutable JSON file beside the metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from resources.lake.model.window import Window

PUBLISHED = "ledgerlake.published"
RUN_ID = "ledgerlake.run-id"
CODE_VERSION = "ledgerlake.code-version"
WINDOW = "ledgerlake.window"
PUBLICATION = "ledgerlake.publication"
COMPACTION = "ledgerlake.compaction"

# A partition, or None for the whole of a table that has no partitions.
Partition = date | None

# Of the records that are written. A record without a version is of the first.
_RECORD_VERSION = 1


@dataclass(frozen=True)
class InputState:
    """What one partition saw of one input: the snapshot, how many partitions, and their digest."""

    snapshot_id: int | None
    digest: str
    partitions: int


@dataclass(frozen=True)
class SourceFile:
    """A delivered file that was read: path below the landing root, bytes, time, rows taken.

    `digest` is its content, as `sha256:<hex digits>`. `changed_ns` and `inode` are what the file
    system said of it then: where they are the same, nobody can have written to it since. Records
    of earlier versions have none of the three; `changed_ns` is 0 as well where it proves nothing.
    """

    path: str
    size: int
    modified_ns: int
    rows: int
    digest: str = ""
    changed_ns: int = 0
    inode: int = 0

    @property
    def content(self) -> tuple[str, str, int]:
        """What makes it the same file to a run: where it lies, what it holds, the rows taken."""
        return self.path, self.digest, self.rows


@dataclass(frozen=True)
class RuleOutcome:
    """One rule of the audit: how many of how many rows broke it."""

    name: str
    check: str
    severity: str
    failed: int
    rows: int


@dataclass(frozen=True)
class PublishContext:
    """What the run knows of itself. `inputs`: by output partition, then by input name.

    `framework_version` changes with everything beside the table's own code that could make other
    rows of the same inputs; empty where nobody knows.

    `positions`: of inputs that are taken in step by step, by input name, the publication of each
    partition (as an ISO date) that is in the table once this run is.
    """

    run_id: str
    code_version: str
    inputs: Mapping[Partition, Mapping[str, InputState]] = field(
        default_factory=dict[Partition, Mapping[str, InputState]]
    )
    sources: tuple[SourceFile, ...] = ()
    positions: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    framework_version: str = ""


@dataclass(frozen=True)
class DatedRows:
    """The rows of a partition that belong to one business date.

    `since` is the publication from which on these rows have been exactly as they are. `digest`
    tells them from other rows; None in records of earlier versions.
    """

    rows: int
    since: str
    digest: str | None = None


# The business dates of a partition's rows.
Dates = Mapping[Partition, DatedRows]


@dataclass(frozen=True)
class PartitionRecord:
    """One published partition: the rows it has in all, and what it saw of each input.

    `dates`: where rows are delivered on another day than they belong to, the business dates that
    they do belong to; None for rows that belong to none. None in all other tables.

    `digest` tells the rows from others, where there are no `dates` that do. None where they were
    not hashed: in records of earlier versions, and where rows were merged into others.
    """

    rows: int
    inputs: Mapping[str, InputState]
    dates: Dates | None = None
    digest: str | None = None


@dataclass(frozen=True)
class PublicationRecord:
    """Everything that is to be known of one publish, long after its snapshot has expired.

    `field_ids`: the Iceberg field id under which the values of each column were written; empty in
    records of earlier releases. A column that is dropped and comes back has another id, under
    which these files hold nothing.
    """

    publication_id: str
    table: str
    window: Window | None
    run_id: str
    code_version: str
    published_at: datetime
    parent_snapshot_id: int | None
    partitions: Mapping[Partition, PartitionRecord]
    sources: tuple[SourceFile, ...]
    audit: tuple[RuleOutcome, ...]
    positions: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    framework_version: str = ""
    field_ids: Mapping[str, int] = field(default_factory=dict[str, int])

    def to_json(self) -> str:
        """The record as JSON; dates and times as ISO 8601."""
        window = self.window
        return json.dumps(
            {
                "version": _RECORD_VERSION,
                "publication_id": self.publication_id,
                "table": self.table,
                "window": window and {"start": str(window.start), "end": str(window.end)},
                "run_id": self.run_id,
                "code_version": self.code_version,
                "published_at": self.published_at.isoformat(),
                "parent_snapshot_id": self.parent_snapshot_id,
                "partitions": [
                    {
                        "partition": day and str(day),
                        "rows": partition.rows,
                        "inputs": {name: vars(state) for name, state in partition.inputs.items()},
                        "dates": _dates_to_json(partition.dates),
                        "digest": partition.digest,
                    }
                    for day, partition in self.partitions.items()
                ],
                "sources": [vars(source) for source in self.sources],
                "audit": [vars(outcome) for outcome in self.audit],
                "positions": {name: dict(each) for name, each in self.positions.items()},
                # What it was called when the first records were written.
                "kit_version": self.framework_version,
                "field_ids": dict(self.field_ids),
            },
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str) -> PublicationRecord:
        """The record that `to_json` wrote.

        Raises:
            ValueError: If it is of a version that came later; for what is no record at all, other
                errors too: `PublicationStore.read` raises one kind for all.
        """
        read: dict[str, Any] = json.loads(text)
        if read.get("version", _RECORD_VERSION) != _RECORD_VERSION:
            raise ValueError(
                f"it is of version {read['version']}, and this ledgerlake knows {_RECORD_VERSION}"
            )
        window = read["window"]
        return cls(
            publication_id=read["publication_id"],
            table=read["table"],
            window=window
            and Window(date.fromisoformat(window["start"]), date.fromisoformat(window["end"])),
            run_id=read["run_id"],
            code_version=read["code_version"],
            published_at=datetime.fromisoformat(read["published_at"]),
            parent_snapshot_id=read["parent_snapshot_id"],
            partitions={
                each["partition"] and date.fromisoformat(each["partition"]): PartitionRecord(
                    each["rows"],
                    {name: InputState(**state) for name, state in each["inputs"].items()},
                    _dates_from_json(each.get("dates")),
                    each.get("digest"),
                )
                for each in read["partitions"]
            },
            sources=tuple(SourceFile(**source) for source in read["sources"]),
            audit=tuple(RuleOutcome(**outcome) for outcome in read["audit"]),
            # Records written before there were these have none.
            positions=read.get("positions", {}),
            framework_version=read.get("kit_version", ""),
            field_ids=read.get("field_ids", {}),
        )


def _dates_to_json(dates: Dates | None) -> list[dict[str, Any]] | None:
    if dates is None:
        return None
    return [{"date": day and str(day), **vars(dated)} for day, dated in dates.items()]


def _dates_from_json(read: list[dict[str, Any]] | None) -> dict[Partition, DatedRows] | None:
    if read is None:
        return None
    return {
        each["date"] and date.fromisoformat(each["date"]): DatedRows(
            each["rows"], each["since"], each.get("digest")
        )
        for each in read
    }


def record_location(table_location: str, publication_id: str) -> str:
    """Where the record of a publication is."""
    return f"{table_location}/metadata/publication-{publication_id}.json"


def published_property(partition: Partition) -> str:
    """The table property that says which publication a partition is from."""
    return PUBLISHED if partition is None else f"{PUBLISHED}.{partition}"


def published_value(publication_id: str, since: str | None) -> str:
    """The property's value: the publication, and an earlier one that gave the same rows."""
    return f"{publication_id} {since}" if since else publication_id


def published_partitions(properties: Mapping[str, str]) -> dict[Partition, str]:
    """Partition -> publication id, from a table's properties, in order of partition."""
    return {day: value.split()[0] for day, value in _published_values(properties)}


def unchanged_partitions(properties: Mapping[str, str]) -> dict[Partition, str]:
    """Of partitions whose latest publication changed nothing, the one that gave their rows."""
    return {day: value.split()[1] for day, value in _published_values(properties) if " " in value}


def _published_values(properties: Mapping[str, str]) -> list[tuple[Partition, str]]:
    prefix = f"{PUBLISHED}."
    if PUBLISHED in properties:
        return [(None, properties[PUBLISHED])]
    return [
        (date.fromisoformat(name.removeprefix(prefix)), value)
        for name, value in sorted(properties.items())
        if name.startswith(prefix)
    ]


def digest_of(published: Mapping[Partition, str], partitions: Iterable[Partition]) -> str:
    """What an input looked like: sha256 over the sorted `<partition>=<publication id>` lines.

    Partitions that are not published have no line.
    """
    lines = sorted(
        f"{partition or ''}={published[partition]}"
        for partition in partitions
        if partition in published
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
