"""The rows that a merge leaves where they are, as far as the audit asks after them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from duckdb import DuckDBPyConnection

from resources.identifiers import quoted_list
from resources.lake.audit.unique_key import Duplicates
from resources.lake.model.key_sql import Keys, hold_keys
from resources.lake.read.row_locator import RowLocator
from resources.lake.write.staged_rows import SAMPLE_ROWS, fetch_sample, staged_relation
from resources.lake.write.staging import StagedFile


@dataclass(frozen=True)
class RetainedRows:
    """Live rows beside the staged ones. None of them has one of the keys `touched`."""

    rows: RowLocator
    touched: Keys | None = None

    def together_with(self, files: Sequence[StagedFile]) -> str:
        """All rows as they will be, as a relation for a FROM clause."""
        if not files:
            return f"({self.rows.relation()})"
        columns = quoted_list(column.name for column in self.rows.snapshot.spec.columns)
        return f"(SELECT {columns} FROM {staged_relation(files)} UNION ALL {self.rows.relation()})"

    def repeated_by(
        self, connection: DuckDBPyConnection, files: Sequence[StagedFile]
    ) -> Duplicates:
        """The retained rows whose key a staged row of their partition has as well."""
        if not files or not self.rows.files:
            return Duplicates({}, ())
        with (
            self._new_keys(connection, files) as keys,
            self.rows.find(connection, keys) as found,
        ):
            rows: dict[date | None, int] = {}
            for file, count in found.counts.items():
                rows[file.partition] = rows.get(file.partition, 0) + count
            if not rows:
                return Duplicates({}, ())
            affected = self.rows.with_files(list(found.counts)).relation()
            sample = fetch_sample(
                connection,
                f"SELECT {quoted_list(keys.names)}, 2 AS copies FROM ({affected}) AS live "
                f"SEMI JOIN {keys.table} AS staged ON {keys.equal('live', 'staged')}",
            )
            return Duplicates(rows, sample[:SAMPLE_ROWS])

    def _new_keys(
        self, connection: DuckDBPyConnection, files: Sequence[StagedFile]
    ) -> AbstractContextManager[Keys]:
        """The keys of staged rows, with their partition, that were not among those touched."""
        spec = self.rows.snapshot.spec
        select_sql = f"SELECT * FROM {staged_relation(files)} AS staged"
        if self.touched is not None:
            select_sql += (
                f" ANTI JOIN {self.touched.table} AS touched "
                f"ON {self.touched.equal('staged', 'touched')}"
            )
        partition = () if spec.partition_column is None else (spec.partition_column,)
        names = list(dict.fromkeys([*spec.key, *partition]))
        return hold_keys(connection, spec, names, select_sql)
