"""Relations of table snapshots, cached from one command to the next.

A metadata file never changes, and so what Iceberg plans from it does not either. What is kept is
found by that file and by the code, and the size of each data file is checked before use.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resources.lake.model.table_spec import no_rows
from resources.lake.read.table_snapshot import TableSnapshot
from resources.user_cache import code_digest, read_cached, write_cached

if TYPE_CHECKING:
    from resources.lake.read.relation import Relation
    from resources.lake.read.scan_plan import PlannedFile

_KEPT = 1_000
_SUFFIX = ".relation"


def kept_relation(snapshot: TableSnapshot, partitions: Mapping[date, date] | None) -> Relation:
    """A SELECT of the snapshot's columns, as `Lake.relation` gives it."""
    from resources.lake.read.relation import Relation

    assert snapshot.metadata is not None
    if snapshot.snapshot_id is None or (partitions is not None and not partitions):
        return Relation(no_rows(snapshot.spec.columns), ())
    name = _name(snapshot, snapshot.metadata.file, partitions)
    content = read_cached(name)
    if content is not None:
        with suppress(ValueError, KeyError, OSError):
            kept: dict[str, Any] = json.loads(content)
            if all(Path(path).stat().st_size == size for path, size in kept["files"]):
                return Relation(kept["sql"], tuple(path for path, _ in kept["files"]))
    return _planned(name, snapshot, partitions)


def _planned(
    name: str, snapshot: TableSnapshot, partitions: Mapping[date, date] | None
) -> Relation:
    from resources.lake.read.scan import planned_relation
    from resources.lake.read.scan_plan import plan_files

    table = snapshot.table
    assert table is not None
    files = plan_files(table, snapshot, None if partitions is None else set(partitions.values()))
    found = planned_relation(table, snapshot.spec.columns, snapshot, partitions, files)
    kept = json.dumps({"sql": found.sql, "files": _sizes(files)})
    write_cached(name, kept.encode(), _KEPT)
    return found


def _sizes(files: Sequence[PlannedFile]) -> list[tuple[str, int]]:
    data = [(file.path, file.data_file.file_size_in_bytes) for file in files]
    return data + [(each.path, each.bytes) for file in files for each in file.deletes]


def _name(snapshot: TableSnapshot, file: str, partitions: Mapping[date, date] | None) -> str:
    written = Path(file).stat()
    facts = (
        code_digest(),
        (file, written.st_size, written.st_mtime_ns, written.st_ino),
        [(each.name, each.type, each.was) for each in snapshot.spec.columns],
        snapshot.spec.partition_column,
        None if partitions is None else sorted(partitions.items()),
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:40] + _SUFFIX
