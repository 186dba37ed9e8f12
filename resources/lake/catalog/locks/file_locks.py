"""Locks and markers as files in the lake's home, for the processes of one host."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from resources.file_lock import HeldFile, hold, try_to_hold
from resources.lake.model.table_spec import TableSpec
from resources.shared_files import make_shared_folder


class FileMarker:
    """The marker of one attempt: a file under a lock of the kernel."""

    def __init__(self, held: HeldFile) -> None:
        self.id = held.path.stem
        self._held: HeldFile | None = held

    def remove(self) -> None:
        """Take the marker away: nothing is left to clean up. Free after that."""
        if self._held is not None:
            self._held.path.unlink(missing_ok=True)
            self.free()

    def free(self) -> None:
        """Leave the marker, if it is there, to the next sweep. May be called again."""
        held, self._held = self._held, None
        if held is not None:
            held.free()


class FileLocks:
    """Locks among the processes that share the lake's home. The kernel frees those of the dead."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def hold(self, name: str, timeout_seconds: float) -> AbstractContextManager[None]:
        """Hold the lock of that name, waiting for whoever has it.

        Raises:
            StorageError: If it is not free within `timeout_seconds`.
        """
        return hold(self._home / "locks" / f"{name}.lock", timeout_seconds)

    def mark(self, spec: TableSpec, description: Mapping[str, str]) -> FileMarker:
        """Leave a marker of a new attempt on the table, held until it is freed."""
        folder = self._markers(spec)
        make_shared_folder(folder)
        # A sweep may take a new marker for a dead one before it is held: let it have that one.
        while (held := try_to_hold(folder / f"{uuid.uuid4()}.json")) is None:
            pass
        marker = FileMarker(held)
        try:
            held.write(json.dumps(dict(description)))
        except BaseException:
            marker.remove()
            raise
        return marker

    def dead_markers(self, spec: TableSpec) -> Iterator[FileMarker]:
        """The markers that nobody alive holds, each held from now on; to be freed or removed."""
        for path in sorted(self._markers(spec).glob("*.json")):
            if (held := _held_if_free(path)) is not None:
                yield FileMarker(held)

    def live_markers(self, spec: TableSpec) -> frozenset[str]:
        """Ids of the attempts on the table that a living process holds."""
        live: set[str] = set()
        for path in self._markers(spec).glob("*.json"):
            if (held := _held_if_free(path)) is None:
                live.add(path.stem)
            else:
                held.free()
        return frozenset(live)

    def _markers(self, spec: TableSpec) -> Path:
        return self._home / "attempts" / f"{spec.namespace}.{spec.name}"


def _held_if_free(path: Path) -> HeldFile | None:
    """The marker under a lock; None if somebody alive has it, or may have it."""
    try:
        return try_to_hold(path, create=False)
    except PermissionError:
        return None
