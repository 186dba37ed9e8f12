"""Slowly changing dimensions of type 2: a row for each time in which nothing of a thing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from resources.identifiers import quoted, quoted_list
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
from warehouse_assets.modeling.materializations.scd2_sql import (
    MADE,
    SINCE,
    missing_from_snapshots,
    ranges_sql,
    versions_of_ranges,
)
from warehouse_assets.modeling.materializations.versions import (
    DELIVERED_DATE,
    IS_DELETED,
    as_row,
    order_columns,
    ordered,
    versions_of_log,
)

if TYPE_CHECKING:
    from datetime import date

    from resources.lake.publish.table_write import Published


@dataclass(frozen=True)
class Scd2(Materialization):
    """Ranges of validity. Made by `scd2()`."""

    makes_rows: ClassVar[bool] = True
    of: str
    columns: tuple[str, ...]
    deleted: str | None
    snapshots: bool

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return f"validity ranges of {', '.join(self.columns)} from {self.of}"

    @property
    def logs(self) -> tuple[str, ...]:
        """The log that is merged."""
        return (self.of,)

    def check(self, table: Table, named: Mapping[str, Table], /) -> None:
        """Raise LoadError where table and log do not fit."""
        from warehouse_assets.modeling.declaration.contract import HistoryContract

        source = check_merged_table(table, named, self.of, "scd2(", MADE)
        log = source.change_log
        assert log is not None
        if not issubclass(table.contract, HistoryContract):
            raise table.error("the contract of validity ranges is no HistoryContract",
                              f"class {table.contract.__name__}")  # fmt: skip
        if table.key != (*log.key, "valid_from"):
            raise table.error(f"the key is not that of {self.of}'s change_log, "
                              f"{', '.join(log.key)}", "key(")  # fmt: skip
        columns = {column.spec.name: column.spec for column in table.columns}
        for name in self.columns:
            if name not in columns or name in {*MADE, *log.key}:
                raise table.error(f"columns names {name}, which is no column beside the key",
                                  f'"{name}"', did_you_mean(name, columns))  # fmt: skip
        if not self.columns:
            raise table.error("columns is empty: nothing would begin a range", "scd2(")
        if self.deleted and self.snapshots:
            raise table.error("what a snapshot has not is deleted: leave deleted= out", "deleted=")
        if self.deleted:
            required_column(table, source, self.deleted, "deleted", "BOOLEAN")
        if not self.snapshots and columns[log.sequence].type != "TIMESTAMP WITH TIME ZONE":
            raise table.error(f"the sequence of {self.of}, {log.sequence}, is no instant",
                              "scd2(",
                              "Only an instant says from when on a version is valid.")  # fmt: skip

    def publish(self, run: MaterializationRun) -> Published:
        """Merge what is new in the log; all of it into a new table."""
        log = LogMerge(run, self.of)
        if not log.can_merge() or (self.snapshots and not self._snapshots_follow(log)):
            rows = self.rows_sql(run.table, log.source, quoted(self.of), log.days)
            return log.replace_all(rows)
        from resources.lake.publish.merge import Merge

        log.hold_rows()
        if self.snapshots:
            log.hold_keys([], self._changed_in_snapshots(log))
        else:
            log.hold_keys(self._replayed(log))
        rows_sql = ranges_sql(run.table, log.source, log.log, self.columns, self._versions(log))
        touched_sql = f"SELECT {log.keys()} FROM {TOUCHED}"
        return log.merge(Merge(rows_sql, touched_sql, log.log.key))

    def rows_sql(self, table: Table, source: Table, relation: str, days: Sequence[date]) -> str:
        """A SELECT of the whole table, from a relation with every row of the log.

        `days` are the published partitions of the log.
        """
        assert source.change_log is not None
        versions = self._versions_of_log(table, source, relation)
        if self.snapshots and days:
            missing = missing_from_snapshots(source.change_log, versions, days)
            versions = f"{versions} UNION ALL BY NAME {missing}"
        return ranges_sql(table, source, source.change_log, self.columns, versions)

    def _versions_of_log(self, table: Table, source: Table, relation: str) -> str:
        """The log's rows as versions, with the date from which on each is valid."""
        log = source.change_log
        assert log is not None
        versions = versions_of_log(table, source, relation, self.deleted)
        if not self.snapshots:
            since = f"business_date({quoted(log.sequence)})"
            return f"SELECT *, {since} AS {SINCE} FROM ({versions})"
        latest = ordered(order_columns(source, log), "DESC")
        key = quoted_list((*log.key, DELIVERED_DATE))
        return (
            f"SELECT *, {DELIVERED_DATE} AS {SINCE} FROM ({versions}) "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {latest}) = 1"
        )

    def _versions(self, log: LogMerge) -> str:
        """Of keys that are replayed all versions; of others their ranges and what is new."""
        table, source = log.run.table, log.source
        replayed = self._versions_of_log(
            table, source, f"({log.of_keys(quoted(self.of), REPLAYED)})"
        )
        new = self._versions_of_log(
            table, source, f"({log.of_keys(NEW_ROWS, TOUCHED, without=REPLAYED)})"
        )
        ranges = log.of_keys(STATE, TOUCHED, without=REPLAYED)
        parts = [replayed, versions_of_ranges(log.log, ranges), new]
        if self.snapshots:
            parts.append(missing_from_snapshots(log.log, replayed, log.days))
            if log.new:
                last = f"DATE '{log.merged[-1]}'"
                # What is current was there in the last snapshot that was merged.
                current = f"SELECT * EXCLUDE ({', '.join(MADE)}) FROM ({ranges}) WHERE is_current"
                there = f"SELECT *, false AS {IS_DELETED}, {last} AS {SINCE} FROM ({current})"
                seen = f"{there} UNION ALL BY NAME {new}"
                parts.append(missing_from_snapshots(log.log, seen, [log.merged[-1], *log.new]))
        return " UNION ALL BY NAME ".join(f"({part})" for part in parts)

    def _replayed(self, log: LogMerge) -> list[str]:
        """SELECTs of the keys that get a version older than one that is in their ranges."""
        order = order_columns(log.source, log.log)
        new = f"({versions_of_log(log.run.table, log.source, NEW_ROWS, self.deleted)})"
        key, same = log.keys("new"), log.same_key("new", "state")
        late = f"{as_row(order, 'new')} <= {as_row(order, 'state')}"
        selects = [f"SELECT {key} FROM {new} AS new JOIN {STATE} AS state ON {same} WHERE {late}"]
        if self.deleted:
            # Of a key that is not valid now nobody knows what deleted it, or when.
            selects.append(
                f"SELECT {key} FROM {new} AS new ANTI JOIN "
                f"(SELECT * FROM {STATE} WHERE is_current) AS state ON {same}"
            )
        return selects

    def _snapshots_follow(self, log: LogMerge) -> bool:
        """Whether all new snapshots are later than all that were merged: no range is split."""
        gone = set(log.changed) - set(log.days)
        return bool(log.merged) and not gone and all(day > log.merged[-1] for day in log.new)

    def _changed_in_snapshots(self, log: LogMerge) -> list[str]:
        """SELECTs of the keys that a new snapshot shows otherwise, for the first time, or not."""
        if not log.new:
            return [f"SELECT {log.keys()} FROM {NEW_ROWS}"]
        current = f"(SELECT * FROM {STATE} WHERE is_current)"
        same = log.same_key("new", "state")
        equal = " AND ".join(
            f"new.{quoted(n)} IS NOT DISTINCT FROM state.{quoted(n)}" for n in self.columns
        )
        dates = ", ".join(f"(DATE '{day}')" for day in log.new)
        partition = quoted(str(log.source.partition_column))
        return [
            f"SELECT {log.keys('new')} FROM {NEW_ROWS} AS new ANTI JOIN {current} AS state "
            f"ON {same} AND {equal}",
            f"SELECT {log.keys('state')} FROM {current} AS state "
            f"CROSS JOIN (VALUES {dates}) AS snapshot(day) ANTI JOIN {NEW_ROWS} AS new "
            f"ON {same} AND new.{partition} = snapshot.day",
        ]


def scd2(
    *, of: str, columns: Sequence[str], deleted: str | None = None, snapshots: bool = False
) -> Scd2:
    """The table has, for each key of a change log, a row for each time in which nothing changed.

    The contract is a HistoryContract: the log's key, its sequence, the tracked columns, and any
    other of its columns, under the same names. Its base adds valid_from and valid_to, business
    dates, the second exclusive and 9999-12-31 where nothing came after, and is_current. So a fact
    joins by dates alone, and finds one row or none:

        LEFT JOIN dim_user_history AS u
            ON u.user_id = o.user_id AND u.valid_from <= o.dt AND o.dt < u.valid_to

    A version is valid from the business date of its sequence, the instant at which the source
    changed the row; of several on one date the latest counts. Versions that change no tracked
    column add no row. Other columns are those of the latest version in the row's time. Ranges of
    a key do not overlap; there is no gap but where the key was deleted. A version that comes late
    rewrites the ranges of its key, and of no other.

    Args:
        of: The log: a table that declares a change_log.
        columns: The tracked columns.
        deleted: The log's flag of versions that end the key's range.
        snapshots: The log is no log of changes: each delivery has every key. A version is then
            valid from the delivery's date, and a key that the next delivery has not, ends. The
            table is made anew when a delivery comes that is older than one that was merged.
    """
    return Scd2(of, tuple(columns), deleted, snapshots)
