"""Memory does not grow with the files: hundreds of megabytes, read in a child process."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

_CHILD = """
import sys
from datetime import date
from pathlib import Path
from resources.duckdb.engine import duckdb_session
from resources.lake.model.table_spec import ColumnSpec
from resources.lake.model.window import Window
from resources.settings import Settings
from resources.sources.declaration.files import files
from resources.sources.loading.load import load

home, format, encoding = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
extra = {} if format != "csv" else {"encoding": encoding}
columns = [
    ColumnSpec("order_no", "VARCHAR", ""),
    ColumnSpec("user_id", "BIGINT", ""),
    ColumnSpec("amount", "DECIMAL(18,2)", ""),
    ColumnSpec("paid_at", "TIMESTAMP WITH TIME ZONE", ""),
    ColumnSpec("note", "VARCHAR", "", nullable=True),
]
settings = Settings(home=home, memory="128MiB", threads=2)
with duckdb_session(settings) as connection:
    source = files("big", format=format, **extra)
    window = Window.of_day(date(2026, 1, 5))
    with load(source, connection, columns, window, settings, "ods_big") as loaded:
        connection.execute(f"COPY ({loaded.select_sql}) TO '{home}/out.parquet'")
        counts = sum(loaded.rows.values()), sum(loaded.rejected.values())
for line in Path("/proc/self/status").read_text().splitlines():
    if line.startswith("VmHWM"):
        print(*counts, int(line.split()[1]) // 1024)
"""

_NOTE = "what the buyer wrote to the seller at some length. " * 24
# Held as texts, the rows alone would take as much again.
_MEBIBYTES = 500


def _lines(format_name: str) -> list[str]:
    """A hundred thousand lines, to be repeated."""
    stamp = "2026-01-05T10:00:00+08:00"
    if format_name == "csv":
        return [f"O{n:08d},{n},{n / 100:.2f},{stamp},{_NOTE}\n" for n in range(100_000)]
    return [
        f'{{"order_no":"O{n:08d}","user_id":{n},"amount":{n / 100:.2f},"paid_at":"{stamp}",'
        f'"note":"{_NOTE}"}}\n'
        for n in range(100_000)
    ]


@pytest.mark.parametrize(
    ("format_name", "encoding", "irregular", "repeats"),
    [("csv", "utf-8", False, 2), ("csv", "gbk", True, 2), ("jsonl", "utf-8", False, 2)],
)
def test_memory_is_bounded(
    tmp_path: Path,
    project_root: Path,
    format_name: str,
    encoding: str,
    irregular: bool,
    repeats: int,
) -> None:
    folder = tmp_path / "landing" / "big" / "2026-01-05"
    folder.mkdir(parents=True)
    repeated = "".join(_lines(format_name)).encode(encoding)
    header = b"order_no,user_id,amount,paid_at,note\n" if format_name == "csv" else b""
    # Blank lines make the reader go record by record.
    name = f"a.{format_name}" + (".gz" if irregular else "")
    path = folder / name
    with gzip.open(path, "wb", 1) if irregular else path.open("wb") as file:
        file.write(header)
        for _ in range(repeats):
            file.write(repeated)
            file.write(b"\n" if irregular else b"")
    (folder / "_SUCCESS").touch()
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(tmp_path), format_name, encoding],
        capture_output=True,
        text=True,
        cwd=project_root,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows, rejected, peak = done.stdout.split("\n")[-2].split()
    assert (int(rows), int(rejected)) == (repeats * 100_000, 0)
    assert int(peak) < _MEBIBYTES, peak
