"""Iceberg's own library in a process of its own, and what it says of catalogs and tables."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from resources.lake.model.table_spec import TableSpec

# A value is text, in the one spelling of ValueText.java; None is null.
TextRow = tuple[str | None, ...]

_JAVA_OPTIONS = (
    *("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
    "-Duser.timezone=America/St_Johns",  # the zone of the machine must not matter
)


@dataclass(frozen=True)
class JavaTable:
    """A table as Iceberg's library gives it; see ReadAnswer.java."""

    columns: tuple[tuple[str, str], ...]
    docs: tuple[str | None, ...]
    partitioned_by: tuple[str, ...]
    snapshot: int
    snapshots: tuple[int, ...]
    data_files: int
    delete_files: int
    problems: tuple[str, ...]
    rows: tuple[TextRow, ...]


class JavaReaderError(Exception):
    """The library threw an exception; its text is the Java stack trace."""


class JavaProcess:
    """Answers requests one at a time; see Main.java."""

    def __init__(self, process: subprocess.Popen[str], log: IO[str], folder: Path) -> None:
        self._process = process
        self._log = log
        self._folder = folder

    def ask(self, **request: object) -> dict[str, Any]:
        """The answer to one request.

        Raises:
            JavaReaderError: If the library could not do it.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            print(json.dumps(request), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._log.seek(0)
            raise AssertionError(f"the Java reader has ended:\n{self._log.read()[-5000:]}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise JavaReaderError(answer["error"])
        return answer

    def open(self, name: str, properties: Mapping[str, str]) -> JavaCatalog:
        """Open the catalog of that name, as an engine would that is configured with it."""
        key = uuid.uuid4().hex
        self.ask(do="open", catalog=key, name=name, properties=dict(properties))
        return JavaCatalog(self, key, self._folder)


@dataclass(frozen=True)
class JavaCatalog:
    """A catalog that the process has opened."""

    process: JavaProcess
    key: str
    folder: Path

    def tables(self) -> list[tuple[str, str]]:
        """(namespace, name) of every table it shows, sorted."""
        found = self.process.ask(do="list", catalog=self.key)["tables"]
        return sorted((namespace, name) for namespace, name in found)

    def read(
        self, spec: TableSpec, snapshot: int | None = None, day: date | None = None
    ) -> JavaTable:
        """Every row of the table's latest snapshot, or of the one given; of one day if given."""
        file = self.folder / "rows"
        answer = self.process.ask(
            do="read",
            catalog=self.key,
            namespace=spec.namespace,
            table=spec.name,
            snapshot=snapshot,
            column=spec.partition_column if day else None,
            value=str(day) if day else None,
            rows=str(file),
        )
        # Not splitlines(): a text may hold other ends of lines.
        lines = file.read_text("utf-8").split("\n")[:-1]
        rows = tuple(tuple(json.loads(line)) for line in lines)
        assert len(rows) == answer["rows"]
        return JavaTable(
            tuple((each["name"], each["type"]) for each in answer["columns"]),
            tuple(each["doc"] for each in answer["columns"]),
            tuple(answer["partitionedBy"]),
            answer["snapshot"],
            tuple(answer["snapshots"]),
            answer["dataFiles"],
            answer["deleteFiles"],
            tuple(answer["problems"]),
            rows,
        )


@contextmanager
def start_java(classpath: str) -> Generator[JavaProcess]:
    """Start the process that reads; it ends with the block."""
    with (
        tempfile.TemporaryDirectory(prefix="ledgerlake-java-") as folder,
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            ["java", *_JAVA_OPTIONS, "-classpath", classpath, "ledgerlake.reader.Main"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env=_environment(),
        ) as process,
    ):
        try:
            yield JavaProcess(process, log, Path(folder))
        finally:
            # The end of its input ends it.
            process.communicate(timeout=30)


def _environment() -> dict[str, str]:
    """This process's, without what would lead the library to somebody's own files."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "HADOOP_"))
    }
