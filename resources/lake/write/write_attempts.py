"""Write attempts: each holds a lease while it lives, so that the next can clean up after it."""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime

from pyiceberg.io import FileIO
from pyiceberg.table import Table

from resources.lake.catalog.catalog import load_table
from resources.lake.catalog.locks.locks import Lease, locks_of
from resources.lake.model.publication_record import COMPACTION, PUBLICATION, published_partitions
from resources.lake.model.table_spec import TableSpec
from resources.lake.storage.object_store import file_io
from resources.lake.storage.table_files import delete_files, delete_folder, list_files, make_folder
from resources.settings import Settings

logger = logging.getLogger(__name__)


@dataclass
class WriteAttempt:
    """One try to publish. Its id names its folder, its lease, its manifests and its record.

    `in_doubt` from the moment of the commit until it is known to have failed: what is in doubt
    is not deleted. `is_over` once nothing of it is left to clean up.
    """

    id: str
    table_location: str
    lease: Lease
    io: FileIO
    in_doubt: bool = False
    is_over: bool = False

    @property
    def folder(self) -> str:
        """Where its data files are staged, and stay once they are published."""
        return data_folder(self.table_location, self.id)

    def make_folder(self) -> None:
        """Make the folder, where the file system has folders."""
        make_folder(self.folder, self.io)

    def close(self) -> None:
        """Give up the lease: what the attempt wrote is published; OSError as `FileLease.remove`."""
        self.is_over = True
        self.lease.remove()


def data_folder(table_location: str, attempt_id: str) -> str:
    """Folder of the data files of one attempt."""
    return f"{table_location}/data/{attempt_id}"


def open_attempt(
    settings: Settings, spec: TableSpec, table_location: str, run_id: str, window: str
) -> WriteAttempt:
    """Take a lease, held until the attempt is over or its process dies."""
    description = {
        "table": spec.full_name,
        "window": window,
        "run_id": run_id,
        "location": table_location,
        "process": str(os.getpid()),
        "host": socket.gethostname(),
        "started_at": datetime.now(UTC).isoformat(),
    }
    lease = locks_of(settings).new_lease(spec, description)
    return WriteAttempt(lease.id, table_location, lease, file_io(settings))


def abandon(attempt: WriteAttempt) -> None:
    """Delete what an attempt that is not over wrote, and its lease. Never raises.

    What is in doubt or cannot be deleted is left to the next sweep, which knows the outcome.
    """
    if attempt.is_over:
        return
    attempt.is_over = True
    try:
        if not attempt.in_doubt:
            delete_attempt_files(attempt.table_location, attempt.id, attempt.io)
            attempt.lease.remove()
    except OSError as error:
        logger.warning("The files of attempt %s are left to the next run: %s", attempt.id, error)
    finally:
        attempt.lease.release()


def delete_attempt_files(table_location: str, attempt_id: str, io: FileIO) -> None:
    """Delete the attempt's data files, manifests and record."""
    delete_folder(data_folder(table_location, attempt_id), io)
    beside_metadata = list_files(f"{table_location}/metadata", io)
    delete_files((file.location for file in beside_metadata if attempt_id in file.relative), io)


def sweep_dead_attempts(settings: Settings, spec: TableSpec, location: str) -> tuple[str, ...]:
    """Clean up after attempts whose process died; return the ids of those that left files.

    A lease that can be held belongs to nobody alive. What the attempt had published stays;
    what it had not goes.
    """
    swept: list[str] = []
    for lease in locks_of(settings).expired_leases(spec):
        try:
            # Only now is the attempt's fate final, so only now is the table asked.
            if not is_published(load_table(settings, spec), lease.id):
                delete_attempt_files(location, lease.id, file_io(settings))
                swept.append(lease.id)
            lease.remove()
        finally:
            lease.release()
    return tuple(swept)


def live_attempts(settings: Settings, spec: TableSpec) -> frozenset[str]:
    """Ids of the attempts that a living process of this lake holds."""
    return locks_of(settings).live_leases(spec)


def is_published(table: Table | None, attempt_id: str) -> bool:
    """Whether the attempt's commit landed: a partition, a snapshot or a file in use says so."""
    if table is None:
        return False
    if attempt_id in published_partitions(table.properties).values():
        return True
    if any(
        attempt_id in (summary.get(PUBLICATION), summary.get(COMPACTION))
        for snapshot in table.metadata.snapshots
        if (summary := snapshot.summary) is not None
    ):
        return True
    # What was merged stays when its snapshot has expired and the latest merge is another.
    return _is_in_use(table, attempt_id)


def _is_in_use(table: Table, attempt_id: str) -> bool:
    """Whether the latest snapshot has a manifest or a file that the attempt wrote."""
    snapshot = table.current_snapshot()
    folder = data_folder(table.location(), attempt_id)
    return snapshot is not None and any(
        attempt_id in manifest.manifest_path
        or any(
            entry.data_file.file_path.startswith(f"{folder}/")
            for entry in manifest.fetch_manifest_entry(table.io)
        )
        for manifest in snapshot.manifests(table.io)
    )
