"""Table maintenance: compaction, snapshot expiry, deletion of orphan files."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pyiceberg.manifest import ManifestEntryStatus
from pyiceberg.table import Table
from pyiceberg.table.update.snapshot import ExpireSnapshots

from resources.lake.catalog.catalog import load_table
from resources.lake.catalog.lake_identity import require_own_lake
from resources.lake.catalog.locks.locks import commit_lock
from resources.lake.maintenance.compaction import compact
from resources.lake.maintenance.expiry import expired_ids, hours_before_deletion
from resources.lake.model.publication_record import (
    PUBLICATION,
    published_partitions,
    record_location,
)
from resources.lake.model.table_spec import TableSpec
from resources.lake.pyiceberg_internals import CachedTransaction
from resources.lake.storage.table_files import (
    StoredFile,
    delete_empty_folders,
    delete_files,
    list_files,
    list_folders,
    read_text,
    write_text,
)
from resources.lake.write.write_attempts import live_attempts, sweep_dead_attempts
from resources.settings import Settings

logger = logging.getLogger(__name__)

# Commit time grows with the snapshots in the metadata; expiring is one more commit.
EXPIRE_EVERY = 10
# Deleting files reads every manifest that is kept.
MAINTENANCE_EVERY = 100

_REGISTER = "metadata/unreferenced.json"

MayDelete = Callable[[TableSpec, Set[int]], bool]
"""Asked before orphan files are deleted, with the ids of the table's kept snapshots.

False: a reader with a cache may still read another snapshot.
"""


@dataclass(frozen=True)
class MaintenanceReport:
    """What one maintenance run did, or with `dry_run` would do.

    `files_waiting` are orphan files that are not old enough, and `files_compacted` data files that
    were rewritten. `is_held`: orphan files are kept, however old, since a reader may need them.
    """

    snapshots_expired: int = 0
    attempts_swept: int = 0
    files_deleted: int = 0
    bytes_deleted: int = 0
    files_waiting: int = 0
    dry_run: bool = False
    files_compacted: int = 0
    is_held: bool = False


def expire_if_many(settings: Settings, spec: TableSpec, table: Table) -> None:
    """Expire what is beyond the snapshots kept, every ten publishes. Never fails a publish.

    To be called under the table's commit lock. Only metadata changes: no file is deleted.
    """
    try:
        expired = _expired_ids(settings, spec, table)
        if len(expired) >= EXPIRE_EVERY:
            _expire(table, expired)
    except Exception as error:  # noqa: BLE001 - the publish is done; the next one tries again
        logger.warning("Snapshots of %s were not expired: %s", ".".join(table.name()), error)


def maintain_if_due(settings: Settings, spec: TableSpec, sequence_number: int) -> None:
    """Run full maintenance every hundred publishes. Never fails a publish."""
    if sequence_number % MAINTENANCE_EVERY:
        return
    try:
        maintain(settings, spec)
    except Exception as error:  # noqa: BLE001 - the publish is done; the next one tries again
        logger.warning("Maintenance of %s failed: %s", spec.full_name, error)


def maintain(
    settings: Settings,
    spec: TableSpec,
    dry_run: bool = False,
    may_delete: MayDelete | None = None,
) -> MaintenanceReport:
    """Sweep dead attempts, compact, expire old snapshots, delete orphan files.

    An orphan file is deleted only if an earlier run, at least `settings.orphan_hours` ago, found
    it unreferenced: a reader of an older snapshot has that long to finish. Files of living attempts
    are never touched; those of dead attempts are deleted at once.

    The snapshots of a served table are kept for `settings.snapshot_hours` after the next one was
    made, and their files at least as long after they expired. Its files are deleted only if
    `may_delete` says so; without `may_delete` they are kept if the lake is served.

    Raises:
        LakeElsewhere: If catalog and files are not those of one lake, or not where this lake is.
    """
    require_own_lake(settings)
    table = load_table(settings, spec)
    if table is None:
        return MaintenanceReport(dry_run=dry_run)
    swept = () if dry_run else sweep_dead_attempts(settings, spec, table.location())
    compacted = compact(settings, spec, dry_run)
    with commit_lock(settings, spec):
        # No commit is under way while the lock is held. Attempts that live are asked for after
        # the listing: one that began later has no file in it.
        table = load_table(settings, spec) or table
        expired = _expired_ids(settings, spec, table)
        if expired and not dry_run:
            _expire(table, expired)
        files = list(list_files(table.location(), table.io))
        folders = list_folders(f"{table.location()}/data", table.io)
        live = live_attempts(settings, spec)
    all_ids = [each.snapshot_id for each in table.metadata.snapshots]
    kept = [each for each in all_ids if each not in expired]
    referenced = _referenced(table, kept)
    unreferenced = [
        file
        for file in files
        if file.location not in referenced
        and file.relative != _REGISTER
        and not any(attempt in file.relative for attempt in live)
    ]
    is_held = not _may_go(settings, spec, frozenset(kept), may_delete)
    hours = hours_before_deletion(settings, spec)
    due, waiting = _by_age(table, unreferenced, hours, is_held, dry_run)
    if not dry_run:
        delete_files((file.location for file in due), table.io)
        delete_empty_folders(folder for folder in folders if folder.name not in live)
    return MaintenanceReport(
        snapshots_expired=len(expired),
        attempts_swept=len(swept),
        files_deleted=len(due),
        bytes_deleted=sum(file.bytes for file in due),
        files_waiting=len(waiting),
        dry_run=dry_run,
        files_compacted=compacted,
        is_held=is_held and bool(unreferenced),
    )


def _expired_ids(settings: Settings, spec: TableSpec, table: Table) -> list[int]:
    protected = {reference.snapshot_id for reference in table.metadata.refs.values()}
    return expired_ids(settings, spec, table.metadata.snapshots, protected, _now())


def _expire(table: Table, snapshot_ids: list[int]) -> None:
    transaction = CachedTransaction(table, autocommit=True)
    ExpireSnapshots(transaction).by_ids(snapshot_ids).commit()


def _now() -> datetime:
    return datetime.now(UTC)


def _may_go(
    settings: Settings, spec: TableSpec, kept: Set[int], may_delete: MayDelete | None
) -> bool:
    if not spec.served:
        return True
    return may_delete(spec, kept) if may_delete else not settings.is_served


def _referenced(table: Table, snapshot_ids: list[int]) -> set[str]:
    """Locations of every file that the kept snapshots, properties and metadata refer to."""
    metadata = table.metadata
    publications = set(published_partitions(table.properties).values())
    referenced = {table.metadata_location, *(log.metadata_file for log in metadata.metadata_log)}
    read: set[str] = set()
    for snapshot in metadata.snapshots:
        if snapshot.snapshot_id not in snapshot_ids:
            continue
        referenced.add(snapshot.manifest_list)
        if snapshot.summary and (own := snapshot.summary.additional_properties.get(PUBLICATION)):
            publications.add(own)
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path in read:
                continue
            read.add(manifest.manifest_path)
            referenced.update(
                entry.data_file.file_path
                for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)
                if entry.status is not ManifestEntryStatus.DELETED
            )
    records = {record_location(table.location(), each) for each in publications}
    return referenced | read | records


def _by_age(
    table: Table, unreferenced: list[StoredFile], hours: int, is_held: bool, dry_run: bool
) -> tuple[list[StoredFile], list[StoredFile]]:
    """The files found unreferenced long enough ago, and the others, which are noted."""
    register = f"{table.location()}/{_REGISTER}"
    now = _now()
    first_seen = _first_seen(register, table)
    seen = {file.relative: first_seen.get(file.relative, now) for file in unreferenced}
    due_if_seen_by = now - timedelta(hours=hours)
    due: list[StoredFile] = []
    waiting: list[StoredFile] = []
    for file in unreferenced:
        is_due = not is_held and seen[file.relative] <= due_if_seen_by
        (due if is_due else waiting).append(file)
    if not dry_run:
        noted = {file.relative: seen[file.relative].isoformat() for file in waiting}
        write_text(register, json.dumps(noted), table.io)
    return due, waiting


def _first_seen(register: str, table: Table) -> dict[str, datetime]:
    """When each file was first found unreferenced; empty if the register cannot be read.

    Then the time of every file starts again.
    """
    try:
        noted = json.loads(read_text(register, table.io))
        seen = {str(name): datetime.fromisoformat(at) for name, at in noted.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        logger.warning("%s cannot be read and is replaced: %s", register, error)
        return {}
    return {name: at for name, at in seen.items() if at.tzinfo is not None}
