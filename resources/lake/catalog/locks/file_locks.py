"""Locks and leases as files in the lake's home, for the processes of one host."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from resources.file_lock import HeldFile, acquire, try_to_acquire
from resources.lake.model.table_spec import TableSpec
from resources.shared_files import make_shared_folder


class FileLease:
    """The lease of one attempt: a file under a lock of the kernel."""

    def __init__(self, held: HeldFile) -> None:
        self.id = held.path.stem
        self._held: HeldFile | None = held

    def remove(self) -> None:
        """Delete the lease: nothing is left to clean up. Nobody holds it after that.

        Raises:
            OSError: If it cannot be deleted: it is then left to the next sweep.
        """
        if self._held is not None:
            try:
                self._held.path.unlink(missing_ok=True)
            finally:
                self.release()

    def release(self) -> None:
        """Leave the lease, if it is there, to the next sweep. May be called again."""
        held, self._held = self._held, None
        if held is not None:
            held.release()


class FileLocks:
    """Locks among the processes that share the lake's home. The kernel frees them if one dies."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def acquire(self, name: str, timeout_seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of that name, waiting until it is free; see `file_lock.acquire`."""
        return acquire(self._home / "locks" / f"{name}.lock", timeout_seconds)

    def new_lease(self, spec: TableSpec, description: Mapping[str, str]) -> FileLease:
        """A lease for a new attempt on the table. The description says to people whose it is."""
        folder = self._folder(spec)
        make_shared_folder(folder)
        # A sweep may take a new lease for a dead one before it is held: then another is made.
        while (held := try_to_acquire(folder / f"{uuid.uuid4()}.json")) is None:
            pass
        lease = FileLease(held)
        try:
            held.write(json.dumps(dict(description)))
        except BaseException:
            lease.remove()
            raise
        return lease

    def expired_leases(self, spec: TableSpec) -> Iterator[FileLease]:
        """The leases that nobody alive holds, each held from now on; to be released or removed."""
        for path in sorted(self._folder(spec).glob("*.json")):
            if (held := _held_if_free(path)) is not None:
                yield FileLease(held)

    def live_leases(self, spec: TableSpec) -> frozenset[str]:
        """Ids of the attempts on the table that a living process holds."""
        live: set[str] = set()
        for path in self._folder(spec).glob("*.json"):
            if (held := _held_if_free(path)) is None:
                live.add(path.stem)
            else:
                held.release()
        return frozenset(live)

    def _folder(self, spec: TableSpec) -> Path:
        return self._home / "attempts" / spec.full_name


def _held_if_free(path: Path) -> HeldFile | None:
    """The file of a lease, held; None if a living process holds it, or may hold it."""
    try:
        return try_to_acquire(path, create=False)
    except PermissionError:
        return None
