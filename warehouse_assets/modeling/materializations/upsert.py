"""Current state: one row a key, merged from a change log at the cost of what is new in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from resources.identifiers import quoted
from warehouse_assets.modeling.declaration.table import Materialization, MaterializationRun, Table
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.materializations.change_log_checks import (
    check_merged_table,
    required_column,
)
from warehouse_assets.modeling.materializations.change_log_merge import (
    NEW_ROWS,
    REPLAYED,
    STATE,
    TOUCHED,
    LogMerge,
)
from warehouse_assets.modeling.materializations.merge_engines import (
    AGGREGATES,
    ENGINES,
    Engine,
    MergeEngine,
)
from warehouse_assets.modeling.materializations.versions import (
    IS_DELETED,
    PRESENT,
    as_row,
    order_columns,
    versions_of_log,
)

if TYPE_CHECKING:
    from datetime import date

    from resources.lake.publish.table_write import Published


@dataclass(frozen=True)
class Upsert(Materialization):
    """One row a key. Made by `upsert()`."""

    makes_rows: ClassVar[bool] = True
    of: str
    merge: Engine
    deleted: str | None
    aggregates: tuple[tuple[str, str], ...]
    present: str | None

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return f"current state of {self.of} by key ({self.merge})"

    @property
    def logs(self) -> tuple[str, ...]:
        """The log that is merged."""
        return (self.of,)

    def check(self, table: Table, named: Mapping[str, Table], /) -> None:
        """Raise LoadError where table and log do not fit."""
        if self.merge not in ENGINES:
            raise table.error(f"there is no merge engine {self.merge}", f'"{self.merge}"',
                              did_you_mean(self.merge, ENGINES))  # fmt: skip
        source = check_merged_table(table, named, self.of, "upsert(")
        assert source.change_log is not None
        if table.key != source.change_log.key:
            raise table.error(f"the key is not that of {self.of}'s change_log, "
                              f"{', '.join(source.change_log.key)}", "key(")  # fmt: skip
        if self.deleted:
            required_column(table, source, self.deleted, "deleted", "BOOLEAN")
        if bool(self.present) != (self.merge == "partial_update"):
            raise table.error("present= says which columns a version states: give it for, and "
                              "only for, partial_update", "upsert(")  # fmt: skip
        if self.present:
            required_column(table, source, self.present, "present", "VARCHAR")
        if bool(self.aggregates) != (self.merge == "aggregate"):
            raise table.error("aggregates= is for, and only for, aggregate", "upsert(")
        columns = {column.spec.name: column for column in table.columns}
        for name, function in self.aggregates:
            if name not in columns or name in table.key or columns[name].role.delivered:
                raise table.error(f"aggregates names {name}, which is no column beside the key",
                                  f'"{name}"', did_you_mean(name, columns))  # fmt: skip
            if function not in AGGREGATES:
                raise table.error(f"aggregates has {function} for {name}", f'"{function}"',
                                  f"Take one of {', '.join(AGGREGATES)}.")  # fmt: skip

    def publish(self, run: MaterializationRun) -> Published:
        """Merge what is new in the log; all of it into a new table."""
        log = LogMerge(run, self.of)
        if not log.can_merge():
            rows = self.rows_sql(run.table, log.source, quoted(self.of), log.days)
            return log.replace_all(rows)
        from resources.lake.publish.merge import Merge

        log.hold_rows()
        log.hold_keys(self._replayed(log))
        return log.merge(
            Merge(
                rows_sql=self._engine(run.table, log.source).rows(self._versions(log)),
                touched_sql=f"SELECT {log.keys()} FROM {TOUCHED}",
                match=log.log.key,
            )
        )

    def rows_sql(self, table: Table, source: Table, relation: str, _days: Sequence[date]) -> str:
        """A SELECT of the whole table, from a relation with every row of the log."""
        versions = versions_of_log(table, source, relation, self.deleted, self.present)
        return self._engine(table, source).rows(versions)

    def _engine(self, table: Table, source: Table) -> MergeEngine:
        assert source.change_log is not None
        deletes, aggregates = bool(self.deleted), dict(self.aggregates)
        return MergeEngine(self.merge, table, source, source.change_log, deletes, aggregates)

    def _versions(self, log: LogMerge) -> str:
        """Of keys that are replayed all versions; of others the row as it was and the new ones."""
        table, source = log.run.table, log.source
        replayed = f"({log.of_keys(quoted(self.of), REPLAYED)})"
        new = f"({log.of_keys(NEW_ROWS, TOUCHED, without=REPLAYED)})"
        before = log.of_keys(STATE, TOUCHED, without=REPLAYED)
        parts = [
            versions_of_log(table, source, relation, self.deleted, self.present)
            for relation in (replayed, new)
        ]
        parts.append(f"SELECT *, false AS {IS_DELETED}, NULL AS {PRESENT} FROM ({before})")
        return " UNION ALL BY NAME ".join(parts)

    def _replayed(self, log: LogMerge) -> list[str]:
        """SELECTs of the keys whose row does not say enough to merge the new versions into it."""
        new = f"({versions_of_log(log.run.table, log.source, NEW_ROWS, self.deleted)})"
        key, same = log.keys("new"), log.same_key("new", "state")
        selects: list[str] = []
        if self.deleted:
            # Of a key without a row nobody knows what deleted it, or when.
            selects.append(f"SELECT {key} FROM {new} AS new ANTI JOIN {STATE} AS state ON {same}")
            if self.merge != "deduplicate":
                selects.append(f"SELECT {key} FROM {new} AS new WHERE {IS_DELETED}")
        order, sequences = order_columns(log.source, log.log), log.log.sequences
        late = {
            "partial_update": f"{as_row(order, 'new')} <= {as_row(order, 'state')}",
            # The same sequence is the same version: it must not be added twice.
            "aggregate": f"{as_row(sequences, 'new')} <= {as_row(sequences, 'state')}",
        }
        if self.deleted:
            # It may be older than the deletion after which the row began.
            late["first_row"] = f"{as_row(order, 'new')} <= {as_row(order, 'state')}"
        if self.merge in late:
            selects.append(
                f"SELECT {key} FROM {new} AS new JOIN {STATE} AS state ON {same} "
                f"WHERE {late[self.merge]}"
            )
        return selects


def upsert(
    *,
    of: str,
    merge: Engine = "deduplicate",
    deleted: str | None = None,
    aggregates: Mapping[str, str] | None = None,
    present: str | None = None,
) -> Upsert:
    """The table has one row for each key of a change log: what all its versions come to.

    The contract is a StateContract: the log's key, its sequence, and any other of its columns,
    under the same names. The table has no SQL, no `reads` and no partitions. A run merges what was
    published in the log since the last one; it makes the same table as all of the log at once,
    whatever the order in which partitions come, late or again.

    * `deduplicate`: the latest version.
    * `partial_update`: of each column the value of the latest version that states it. `present`
      names the log's column with the names of the columns that a version states, separated by
      commas: a stated NULL is a value.
    * `aggregate`: of the columns in `aggregates` the sum, min or max over the versions; of others
      the value of the latest version. A version delivered twice, that is, with a sequence
      (and values of then_by) that its key has had, counts once.
    * `first_row`: the oldest version.

    Args:
        of: The log: a table that declares a change_log.
        merge: The engine.
        deleted: The log's flag of versions that delete their key. What comes later starts anew.
            With it each run also looks up keys without a row in the whole log.
        aggregates: Column -> "sum", "min" or "max".
        present: The log's column that says which columns a version states.
    """
    return Upsert(of, merge, deleted, tuple((aggregates or {}).items()), present)
