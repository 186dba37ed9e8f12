"""Append-only tables: a correction is a new row, and what was booked stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from resources.identifiers import date_literal, quoted, quoted_list
from warehouse_assets.modeling.declaration.table import Materialization, MaterializationRun, Table

if TYPE_CHECKING:
    from datetime import date

    from resources.lake.model.window import Window
    from resources.lake.publish.table_write import Published

# No column of a contract has a name with a space.
_NET = quoted("net amount")
_WANTED = quoted("is wanted")
_BOOKED_FOR = quoted("booked for")
_LAST_NO = quoted("last number")
_DIFFERENCE = f"coalesce(wanted.{_NET}, 0) - coalesce(booked.{_NET}, 0)"


@dataclass(frozen=True)
class AppendOnly(Materialization):
    """Rows are only ever added. Made by `append_only()`."""

    adjusting: tuple[str, ...] = ()
    supplement: str = "supplement_no"
    corrects: str | None = None

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        if not self.adjusting:
            return "append-only"
        title = f"append-only; differences of {' and '.join(self.adjusting)} are new rows"
        return f"{title}, of closed days in the first open one" if self.corrects else title

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
        if self.corrects is not None:
            self._check_corrects(table, self.corrects)

    def _check_corrects(self, table: Table, name: str) -> None:
        if not self.adjusting:
            raise table.error("corrects= goes with adjusting=", "corrects=")
        column = next((each.spec for each in table.columns if each.spec.name == name), None)
        if column is None or column.type != "DATE" or not column.nullable or name in table.key:
            raise table.error(
                f"corrects names {name}, which is no date beside the key that may be null",
                f'"{name}"',
                f"Declare {name}: Day = column(..., null=True); the SQL gives NULL for it.",
            )

    def publish(self, run: MaterializationRun) -> Published:
        """Add what is not there yet to the window's partitions."""
        from resources.lake.publish.merge import Merge, merge

        change = Merge(self.new_rows_sql(run))
        return merge(run.write, change, run.connection, run.context, run.on_stage)

    def new_rows_sql(self, run: MaterializationRun, posted_in: date | None = None) -> str:
        """A SELECT of the rows that the run adds.

        Args:
            run: The run, over open days or over closed ones.
            posted_in: The day whose partition takes what is to be booked for the closed days of
                the run; None: each day's own.
        """
        from resources.lake.publish.unchanged_runs import repeats

        window, base = run.write.window, run.write.base
        days = [day for day in window or () if day in base.published]
        wanted = str(run.select_sql)
        if window and all(repeats(base, day, (), run.context, window) for day in window):
            # What the SQL says now, it said then, and it was booked.
            return f"SELECT * FROM (\n{wanted}\n) WHERE false"
        if self.adjusting and not days:
            return f"SELECT * FROM (\n{wanted}\n) AS wanted WHERE {self._net()} <> 0"
        if self.adjusting:
            assert window is not None
            stored = self._stored(run, window)
            return self._differences(run.table, wanted, stored, window, posted_in)
        booked = run.lake.relation_sql(base, {day: day for day in days})
        match = _same([*run.table.key, str(run.table.partition_column)], "wanted", "booked")
        return f"SELECT * FROM (\n{wanted}\n) AS wanted ANTI JOIN ({booked}) AS booked ON {match}"

    def taken_back_sql(self, table: Table, stored: str) -> str:
        """A SELECT of the rows that take back, in its partition, what `stored` has for other days.

        `stored` is a SELECT of every row of the partitions.
        """
        assert self.corrects is not None
        keys = quoted_list(name for name in table.key if name != self.supplement)
        day, corrected = quoted(str(table.partition_column)), quoted(self.corrects)
        supplement, line = quoted(self.supplement), f"{keys}, {day}, {corrected}"
        amounts = ", ".join(
            f"{self._amount(name, f'-{_NET}')} AS {quoted(name)}" for name in self.adjusting
        )
        return f"""
            WITH stored AS ({stored}),
            last_numbers AS (
                SELECT {keys}, {day}, max({supplement}) AS {_LAST_NO}
                FROM stored
                GROUP BY {keys}, {day}
            ),
            booked AS (
                SELECT *, sum({self._net()}) OVER (PARTITION BY {line}) AS {_NET}
                FROM stored
                WHERE {corrected} IS NOT NULL
                QUALIFY row_number() OVER (PARTITION BY {line} ORDER BY {supplement} DESC) = 1
            )
            SELECT
                * EXCLUDE ({_NET}, {_LAST_NO}) REPLACE (
                    {amounts},
                    {_LAST_NO} + row_number() OVER (
                        PARTITION BY {keys}, {day} ORDER BY {corrected}
                    ) AS {supplement}
                )
            FROM booked
            JOIN last_numbers USING ({keys}, {day})
            WHERE {_NET} <> 0
        """

    def _stored(self, run: MaterializationRun, window: Window) -> str:
        """Every row of the partitions that may hold bookings for the window."""
        partitions = set(window)
        if self.corrects and run.books:
            partitions.update(run.books.supplement_days(window.start))
        published = run.write.base.published
        there = {day: day for day in sorted(partitions) if day in published}
        return run.lake.relation_sql(run.write.base, there)

    def _differences(
        self, table: Table, wanted: str, stored: str, window: Window, posted_in: date | None
    ) -> str:
        """What is wanted less what is booked, where that is not nothing, as rows of their own."""
        key = [name for name in table.key if name != self.supplement]
        keys, day = quoted_list(key), quoted(str(table.partition_column))
        line = f"{keys}, {_BOOKED_FOR}"
        net, supplement = self._net(), quoted(self.supplement)
        booked_for = f"coalesce({quoted(self.corrects)}, {day})" if self.corrects else day
        of_window = f"BETWEEN {date_literal(window.start)} AND {date_literal(window.last)}"
        target = date_literal(posted_in) if posted_in else f"new.{_BOOKED_FOR}"
        new_keys = ", ".join(f"new.{quoted(name)}" for name in key)
        return f"""
            WITH wanted AS (
                SELECT *, {day} AS {_BOOKED_FOR} FROM (\n{wanted}\n)
            ),
            stored AS (
                SELECT *, {booked_for} AS {_BOOKED_FOR} FROM ({stored})
            ),
            -- Few, as a rule none: the lines of which other amounts are wanted than are booked.
            changed AS MATERIALIZED (
                SELECT {line}
                FROM (
                    SELECT {line}, {net} AS {_NET} FROM wanted
                    UNION ALL
                    SELECT {line}, -({net}) FROM stored WHERE {_BOOKED_FOR} {of_window}
                )
                GROUP BY {line}
                HAVING sum({_NET}) <> 0
            ),
            touched AS MATERIALIZED (
                SELECT * FROM stored SEMI JOIN changed USING ({keys})
            ),
            last_numbers AS (
                SELECT {keys}, {day}, max({supplement}) AS {_LAST_NO}
                FROM touched
                GROUP BY {keys}, {day}
            ),
            wanted_lines AS (
                SELECT *, {net} AS {_NET}, true AS {_WANTED}
                FROM wanted SEMI JOIN changed USING ({line})
            ),
            booked AS (
                SELECT *, sum({net}) OVER (PARTITION BY {line}) AS {_NET}
                FROM touched SEMI JOIN changed USING ({line})
                QUALIFY row_number() OVER (
                    PARTITION BY {line} ORDER BY {day} DESC, {supplement} DESC
                ) = 1
            ),
            new AS (
                SELECT
                    {", ".join(self._values(table, posted_in))},
                    coalesce(wanted.{_BOOKED_FOR}, booked.{_BOOKED_FOR}) AS {_BOOKED_FOR}
                FROM wanted_lines AS wanted
                FULL JOIN booked ON {_same(key, "wanted", "booked")}
                    AND wanted.{_BOOKED_FOR} = booked.{_BOOKED_FOR}
                WHERE {_DIFFERENCE} <> 0
            )
            SELECT
                new.* EXCLUDE ({_BOOKED_FOR}) REPLACE (
                    {target} AS {day},
                    -- Of several days that are booked in one partition, each has its number.
                    coalesce(numbers.{_LAST_NO} + 1, 0) + row_number() OVER (
                        PARTITION BY {new_keys}, {target} ORDER BY new.{_BOOKED_FOR}
                    ) - 1 AS {supplement}
                )
            FROM new
            LEFT JOIN last_numbers AS numbers
                ON {_same(key, "numbers", "new")} AND numbers.{day} = {target}
        """

    def _values(self, table: Table, posted_in: date | None) -> list[str]:
        """The columns of what is booked, in order."""
        selected: list[str] = []
        for column in table.columns:
            name = quoted(column.spec.name)
            if column.spec.name in self.adjusting:
                value = self._amount(column.spec.name, _DIFFERENCE)
            elif column.spec.name == self.corrects:
                booked_for = f"coalesce(wanted.{_BOOKED_FOR}, booked.{_BOOKED_FOR})"
                value = booked_for if posted_in else "CAST(NULL AS DATE)"
            else:
                # What nobody wants any more is taken back: it is as the last booking was.
                value = f"CASE WHEN {_WANTED} THEN wanted.{name} ELSE booked.{name} END"
            selected.append(f"{value} AS {name}")
        return selected

    def _net(self) -> str:
        return " - ".join(quoted(name) for name in self.adjusting)

    def _amount(self, name: str, net: str) -> str:
        if len(self.adjusting) == 1:
            return net
        sign = "" if name == self.adjusting[0] else "-"
        return f"greatest({sign}({net}), 0)"


def append_only(
    *,
    adjusting: Sequence[str] = (),
    supplement: str = "supplement_no",
    corrects: str | None = None,
) -> AppendOnly:
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

    `corrects` names a column for the business date that a row corrects, NULL in the SQL. A table
    that has it may be closed with the books: what is different of a closed business date is then
    booked in the first open day, with the closed date in this column. The bookings of a business
    key for a business date are those of its own partition without such a date, and those anywhere
    that name it.
    """
    return AppendOnly(tuple(adjusting), supplement, corrects)


def _same(names: Sequence[str], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{quoted(name)} = {right}.{quoted(name)}" for name in names)
