"""Append-only tables: a correction is a new row, and what was booked stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.identifiers import quoted, quoted_list
from warehouse_assets.modeling.declaration.table import (
    Materialization,
    MaterializationRun,
    Table,
)

if TYPE_CHECKING:
    from resources.lake.publish.table_write import Published

# No column of a contract has a name with a space.
_NET = quoted("net amount")
_WANTED = quoted("is wanted")
_DIFFERENCE = f"coalesce(wanted.{_NET}, 0) - coalesce(booked.{_NET}, 0)"


@dataclass(frozen=True)
class AppendOnly(Materialization):
    """Rows are only ever added. Made by `append_only()`."""

    adjusting: tuple[str, ...] = ()
    supplement: str = "supplement_no"

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        if not self.adjusting:
            return "append-only"
        return f"append-only; differences of {' and '.join(self.adjusting)} are new rows"

    def check(self, table: Table, _named: Mapping[str, Table], /) -> None:
        """Raise LoadError where the table's columns do not fit."""
        if table.sql is None or not table.partition_column or not table.key:
            raise table.error("an appended table needs sql, a key and a partition", "append_only(")
        columns = {column.spec.name: column.spec for column in table.columns}
        if len(self.adjusting) > 2:
            raise table.error(
                "append_only() adjusts one column, or a debit and a credit", "adjusting"
            )
        for name in self.adjusting:
            if name not in columns or name in table.key or columns[name].nullable:
                raise table.error(f"adjusting names {name}, which is no column beside the key that "
                                  "always has a value", f'"{name}"')  # fmt: skip
        if self.adjusting and self.supplement not in table.key:
            raise table.error(
                f"{self.supplement} is not in the key",
                "append_only(",
                f'Declare {self.supplement}: Integer = key("..."); the SQL gives 0 for it.',
            )

    def publish(self, run: MaterializationRun) -> Published:
        """Add what is not there yet to the window's partitions."""
        from resources.lake.publish.merge import Merge, merge

        change = Merge(self.new_rows_sql(run))
        return merge(run.write, change, run.connection, run.context, run.on_stage)

    def new_rows_sql(self, run: MaterializationRun) -> str:
        """A SELECT of the rows that the run adds."""
        from resources.lake.publish.unchanged_runs import repeats

        window, base = run.write.window, run.write.base
        days = [day for day in window or () if day in base.published]
        booked = run.lake.relation_sql(base, {day: day for day in days})
        wanted = str(run.select_sql)
        if window and all(repeats(base, day, (), run.context, window) for day in window):
            # What the SQL says now, it said then, and it was booked.
            return f"SELECT * FROM (\n{wanted}\n) WHERE false"
        if self.adjusting and not days:
            return f"SELECT * FROM (\n{wanted}\n) AS wanted WHERE {self._net()} <> 0"
        if self.adjusting:
            changed = self._changed_keys(run.table, wanted, booked)
            wanted, booked = (
                f"SELECT * FROM (\n{rows}\n) AS rows SEMI JOIN ({changed}) AS changed ON "
                + _same(self._business_key(run.table), "rows", "changed")
                for rows in (wanted, booked)
            )
            return self._differences(run.table, wanted, booked)
        match = _same(_names(run.table, run.table.key), "wanted", "booked")
        return f"SELECT * FROM (\n{wanted}\n) AS wanted ANTI JOIN ({booked}) AS booked ON {match}"

    def _business_key(self, table: Table) -> list[str]:
        return _names(table, [name for name in table.key if name != self.supplement])

    def _changed_keys(self, table: Table, wanted: str, booked: str) -> str:
        """The keys of which other amounts are wanted than are booked: few, as a rule none."""
        key = quoted_list(self._business_key(table))
        net = self._net()
        return (
            f"SELECT {key} FROM (SELECT {key}, {net} AS {_NET} FROM (\n{wanted}\n) UNION ALL "
            f"SELECT {key}, -({net}) FROM ({booked})) GROUP BY {key} HAVING sum({_NET}) <> 0"
        )

    def _differences(self, table: Table, wanted: str, booked: str) -> str:
        """What is wanted less what is booked, where that is not nothing, as rows of their own."""
        business_key = self._business_key(table)
        partition_by = f"PARTITION BY {', '.join(quoted(name) for name in business_key)}"
        supplement = quoted(self.supplement)
        last_booked = (
            f"SELECT *, sum({self._net()}) OVER ({partition_by}) AS {_NET} FROM ({booked}) "
            f"QUALIFY row_number() OVER ({partition_by} ORDER BY {supplement} DESC) = 1"
        )
        selected: list[str] = []
        for column in table.columns:
            name = quoted(column.spec.name)
            if column.spec.name == self.supplement:
                value = f"coalesce(booked.{supplement} + 1, 0)"
            elif column.spec.name in self.adjusting:
                value = self._amount(column.spec.name)
            else:
                # What nobody wants any more is taken back: it is as the last booking was.
                value = f"CASE WHEN {_WANTED} THEN wanted.{name} ELSE booked.{name} END"
            selected.append(f"{value} AS {name}")
        return (
            f"SELECT {', '.join(selected)} FROM (SELECT *, {self._net()} AS {_NET}, "
            f"true AS {_WANTED} FROM (\n{wanted}\n)) AS wanted FULL JOIN ({last_booked}) AS booked "
            f"ON {_same(business_key, 'wanted', 'booked')} WHERE {_DIFFERENCE} <> 0"
        )

    def _net(self) -> str:
        return " - ".join(quoted(name) for name in self.adjusting)

    def _amount(self, name: str) -> str:
        if len(self.adjusting) == 1:
            return _DIFFERENCE
        sign = "" if name == self.adjusting[0] else "-"
        return f"greatest({sign}({_DIFFERENCE}), 0)"


def append_only(*, adjusting: Sequence[str] = (), supplement: str = "supplement_no") -> AppendOnly:
    """The table is append-only: a run adds rows to the partitions of its window, and no more.

    Without `adjusting` it adds the rows of its SQL whose key is not in their partition yet. What
    the SQL now says otherwise of a key that is there is ignored. Running again adds nothing.

    With `adjusting` it adds, for each business key, what the SQL says less what is booked in that
    partition already; nothing where that is zero. So the bookings of a key always sum up to what
    the SQL says today, and each of them stays what it was:

    * `adjusting=("amount",)`: the difference, with its sign.
    * `adjusting=("debit_amount", "credit_amount")`: the difference of debit less credit, on the
      side where it is positive, 0 on the other. A booking that the SQL no longer gives is taken
      back by a row on the other side, which otherwise is as the latest booking of its key.

    The business key is the table's key without `supplement`, a number that the framework fills in:
    0 for the first booking, then 1, 2, ... The SQL gives one row a business key, and 0 for it.
    Differences are taken within the business key only: whatever must not be mixed, such as the
    account and the currency of a journal line, has to be part of it, or to follow from it.

        journal_line_id: Text = key("Line: money event, dash, posting, dash, account")
        supplement_no: Integer = key("0 for the first booking, then counted up")
        ...
        dwd_journal_entry = table(
            DwdJournalEntry,
            materialization=append_only(adjusting=("debit_amount", "credit_amount")),
            reads={"dwd_financial": same_day()},
            checks=[guard("balances", "SUM(debit_amount) = SUM(credit_amount)")],
            sql="... SELECT ..., 0 AS supplement_no, ... WHERE dt >= :start AND dt < :end",
            ...
        )

    A guard looks at a whole partition, with what was booked before.
    """
    return AppendOnly(tuple(adjusting), supplement)


def _names(table: Table, key: Sequence[str]) -> list[str]:
    return [*key, str(table.partition_column)]


def _same(names: Sequence[str], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in names)
