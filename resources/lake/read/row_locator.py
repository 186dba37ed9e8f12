"""The rows of a table's files: as a relation, and the positions of those with certain keys."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from duckdb import DuckDBPyConnection
from pyiceberg.expressions import And, GreaterThanOrEqual, LessThanOrEqual, Reference
from pyiceberg.expressions.literals import literal

from resources.identifiers import quoted, text_list
from resources.lake.model.key_sql import Keys, temporary_table
from resources.lake.pyiceberg_internals import metrics_filter
from resources.lake.read.file_columns import FileColumns, column_finder, column_in_table
from resources.lake.read.scan import column_sql, files_sql
from resources.lake.read.scan_plan import PlannedFile
from resources.lake.read.table_snapshot import TableSnapshot
from resources.lake.storage.position_deletes import POSITION, positions_relation
from resources.lake.storage.table_files import for_each_file

# Types whose bounds Iceberg keeps in the order that the engine compares in.
_BOUNDED_TYPES = frozenset({"BIGINT", "INTEGER", "VARCHAR", "DATE"})

# No column of a contract has a name with a space.
_FILE_PATH = quoted("file path")
_FILE = quoted("file number")
_POSITION = quoted("row position")


@dataclass(frozen=True)
class Positions:
    """Rows found, in a temporary table of the engine; `counts` by the files they are in."""

    table: str
    counts: dict[PlannedFile, int]
    numbers: dict[PlannedFile, int]

    def select(self, file: PlannedFile) -> str:
        """A SELECT of the positions found in the file, as `pos`."""
        return (
            f"SELECT {_POSITION} AS {quoted(POSITION)} FROM {self.table} "
            f"WHERE {_FILE} = {self.numbers[file]}"
        )


@dataclass(frozen=True)
class RowLocator:
    """The rows that the table's snapshot has in the files."""

    snapshot: TableSnapshot
    files: tuple[PlannedFile, ...]

    @property
    def count(self) -> int:
        """Number of rows, from what the catalog knows."""
        return sum(file.live_rows for file in self.files)

    def with_files(self, files: Sequence[PlannedFile]) -> RowLocator:
        """The rows of other files of the same table."""
        return replace(self, files=tuple(files))

    def relation(self) -> str:
        """A SELECT of the rows, under the contract's names and types."""
        return files_sql(self.snapshot.table, self.snapshot.spec.columns, self.snapshot, self.files)

    @contextmanager
    def find(self, connection: DuckDBPyConnection, keys: Keys) -> Generator[Positions]:
        """Find the rows that have one of the keys, which is all of a row that is read."""
        files = self._files_that_may_hold(connection, keys)
        numbers = {file: number for number, file in enumerate(files)}
        with temporary_table(connection, self._find_sql(keys, files)) as found:
            counting = f"SELECT {_FILE}, count(*) FROM {found} GROUP BY ALL"
            counted = connection.execute(counting).fetchall()
            counts = {files[number]: count for number, count in sorted(counted)}
            yield Positions(found, counts, numbers)

    def _files_that_may_hold(self, connection: DuckDBPyConnection, keys: Keys) -> list[PlannedFile]:
        """The files in whose bounds the lowest to the highest key may lie."""
        table, column = self.snapshot.table, keys.columns[0]
        if table is None or not keys.rows:
            return []
        name = column_in_table(table, column)
        if column.type not in _BOUNDED_TYPES or column.nullable or name is None:
            return list(self.files)
        lowest, highest = keys.bounds(connection)
        if lowest is None:
            # Nothing but nulls, which a column without nulls has not.
            return []
        from_lowest = GreaterThanOrEqual(term=Reference(name), value=literal(lowest))
        to_highest = LessThanOrEqual(term=Reference(name), value=literal(highest))
        may_hold = metrics_filter(table.schema(), And(left=from_lowest, right=to_highest))
        return [file for file in self.files if may_hold(file.data_file)]

    def _find_sql(self, keys: Keys, files: Sequence[PlannedFile]) -> str:
        """A SELECT of file number and position."""
        table = self.snapshot.table
        if table is None or not files:
            return f"SELECT 0 AS {_FILE}, CAST(0 AS BIGINT) AS {_POSITION} WHERE false"
        find_columns = column_finder(table, keys.columns)
        groups: dict[FileColumns, list[PlannedFile]] = {}
        in_files = for_each_file(find_columns, [file.path for file in files])
        for file, held in zip(files, in_files, strict=True):
            groups.setdefault(held, []).append(file)
        paths = text_list(file.path for file in files)
        branches = " UNION ALL ".join(
            _having_keys(keys, held, group) for held, group in groups.items()
        )
        found = (
            f"SELECT list_position({paths}, {_FILE_PATH}) - 1 AS {_FILE}, {_POSITION} "
            f"FROM ({branches})"
        )
        deleted = " UNION ALL ".join(
            f"SELECT {number} AS {_FILE}, {quoted(POSITION)} AS {_POSITION} "
            f"FROM {positions_relation(file.deletes)}"
            for number, file in enumerate(files)
            if file.deletes
        )
        if not deleted:
            return found
        return (
            f"SELECT * FROM ({found}) AS found ANTI JOIN ({deleted}) AS deleted "
            f"ON found.{_FILE} = deleted.{_FILE} AND found.{_POSITION} = deleted.{_POSITION}"
        )


def _having_keys(keys: Keys, held: FileColumns, files: Sequence[PlannedFile]) -> str:
    paths = text_list(file.path for file in files)
    columns = ", ".join(
        column_sql(column, in_file) for column, in_file in zip(keys.columns, held, strict=True)
    )
    rows = sum(file.rows for file in files)
    return (
        f"SELECT {_FILE_PATH}, {_POSITION} FROM (SELECT {columns}, {_FILE_PATH}, "
        f"file_row_number AS {_POSITION} FROM read_parquet({paths}, "
        f"hive_partitioning = false, file_row_number = true, filename = 'file path', "
        f"explicit_cardinality = {rows})) AS live SEMI JOIN {keys.table} AS wanted "
        f"ON {keys.equal('live', 'wanted')}"
    )
