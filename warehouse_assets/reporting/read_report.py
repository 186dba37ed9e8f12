"""Reads the report on a business date: as it is known now, or as it was reported then."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from resources.duckdb.engine import duckdb_session
from resources.duckdb.sandbox import seal
from resources.errors import InputMissing, LedgerlakeError, RecordUnreadable
from resources.identifiers import date_literal, quoted_list, text_literal
from warehouse_assets.modeling.execution.finality import Finality
from warehouse_assets.modeling.load_errors import did_you_mean
from warehouse_assets.modeling.reconciliation.every_rule import LAYER
from warehouse_assets.modeling.reconciliation.report_lines import (
    LINE_COLUMNS,
    RESULT_COLUMNS,
    report_lines,
)
from warehouse_assets.reporting.day_report import DayReport, Origin, Past, RuleReport
from warehouse_assets.reporting.missing_day import REPORTS, no_results, not_reported
from warehouse_assets.reporting.shown_lines import ShownLines, trend_days

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.lake import Lake
    from resources.lake.read.table_snapshot import TableSnapshot
    from resources.settings import Settings
    from warehouse_assets.modeling.execution.finality import DateStanding
    from warehouse_assets.modeling.loading.outline import Outline, Outlines

PREFIX = "rec_"
_ORIGIN = (
    "rule_version",
    "result_publication_id",
    "left_table",
    "left_snapshot_id",
    "right_table",
    "right_snapshot_id",
)


def rule_names(outlines: Outlines) -> list[str]:
    """The names of all rules, in order."""
    return sorted(name for name, table in outlines.tables.items() if table.layer == LAYER)


def rule_named(outlines: Outlines, name: str) -> Outline:
    """The rule of that name, which may be without its rec_.

    Raises:
        LedgerlakeError: If there is none; suggests the nearest.
    """
    names = rule_names(outlines)
    for found in (name, f"{PREFIX}{name}"):
        if found in names:
            return outlines.table(found)
    known = [*names, *(each.removeprefix(PREFIX) for each in names)]
    raise LedgerlakeError(
        f"there is no reconciliation {name}",
        did_you_mean(name, known) or f"There are {', '.join(names)}.",
    )


@dataclass(frozen=True)
class ReportReader:
    """Reads the reports of one lake.

    Args:
        lake: The lake.
        outlines: Its tables, as they are declared.
        settings: Where it is.
    """

    lake: Lake
    outlines: Outlines
    settings: Settings

    def latest_day(self, rules: Sequence[str] | None = None) -> date:
        """The latest business date of which one of the rules has results; None: any rule.

        Raises:
            InputMissing: If there is none.
        """
        asked = [each for n, each in self.snapshots().items() if rules is None or n in rules]
        days = [snapshot.days[-1] for snapshot in asked if snapshot.days]
        if not days:
            raise InputMissing(
                "no reconciliation has ever been published",
                f"Run ledgerlake materialize +{REPORTS} --partition DAY, or ledgerlake demo.",
            )
        return max(days)

    def snapshots(self) -> dict[str, TableSnapshot]:
        """The results of each rule, as they are now."""
        return {
            name: self.lake.snapshot(self.outlines.table(name).spec)
            for name in rule_names(self.outlines)
        }

    def as_known(
        self, day: date, rules: Sequence[str] | None = None, limit: int = 0, only_open: bool = False
    ) -> DayReport:
        """The report on the day as it is known now.

        Args:
            day: The business date.
            rules: Names of the rules; None: all.
            limit: How many items of each rule, at most.
            only_open: Leave out items that people have closed.

        Raises:
            InputMissing: If no rule has results of the day.
        """
        snapshots = {n: each for n, each in self.snapshots().items() if rules is None or n in rules}
        if not any(day in each.published for each in snapshots.values()):
            raise no_results(day, snapshots, self.settings)
        with self.session(self.known_lines(snapshots, trend_days(day))) as connection:
            show = ShownLines(connection, day, limit, only_open)
            standing = self._standing_on(day)
            reports = [
                self._rule(show, standing([name]), name, each.days, self._origin(name, each, day))
                for name, each in snapshots.items()
            ]
            return DayReport(day, tuple(reports), standing(snapshots))

    def as_reported(
        self,
        day: date,
        number: int | None = None,
        rules: Sequence[str] | None = None,
        limit: int = 0,
        only_open: bool = False,
    ) -> DayReport:
        """The report on the day as it was made then, whatever has changed since.

        Args:
            day: The business date.
            number: Which report on it; None: the first.
            rules: Names of the rules; None: all.
            limit: How many items of each rule, at most.
            only_open: Leave out items that people had closed.

        Raises:
            InputMissing: If the day was not reported, or not so often.
        """
        snapshot = self.lake.snapshot(self.outlines.table(REPORTS).spec)
        days = {each: each for each in trend_days(day) if each in snapshot.published}
        if day not in days:
            raise not_reported(day, snapshot, self.settings)
        relation = self.lake.relation(snapshot, days)
        with duckdb_session(self.settings) as connection:
            connection.execute(f"CREATE VIEW reports AS {relation.sql}")
            seal(connection, relation.files)
            past = _past(connection, day, number or 1)
            # Of earlier days what was known when the report was made.
            at = "NULL" if past.reported_at is None else f"'{past.reported_at.isoformat()}'"
            connection.execute(
                f"CREATE VIEW lines AS SELECT {quoted_list([*LINE_COLUMNS, *_ORIGIN])} "
                "FROM reports "
                f"WHERE (dt = DATE '{day}' AND report_no = {past.number}) OR (dt < DATE '{day}' "
                "AND (dt, report_no) IN (SELECT (dt, max(report_no)) FROM reports "
                f"WHERE reported_at <= TIMESTAMPTZ {at} GROUP BY dt))"
            )
            found = _origins(connection, day)
            asked = [name for name in found if rules is None or name in rules]
            if rules is not None and not asked:
                raise InputMissing(
                    f"report {past.number} on {day} says nothing of {', '.join(rules)}",
                    f"It is about {', '.join(found)}.",
                )
            show = ShownLines(connection, day, limit, only_open)
            standing = self._standing_on(day)
            told = [self._rule(show, standing([n]), n, [day], found[n]) for n in asked]
            return DayReport(day, tuple(told), standing(asked), past)

    @contextmanager
    def session(self, lines: tuple[str, Sequence[str]]) -> Generator[DuckDBPyConnection]:
        """An engine with a view `lines`, which opens nothing else."""
        sql, files = lines
        with duckdb_session(self.settings) as connection:
            connection.execute(f"CREATE VIEW lines AS {sql}")
            seal(connection, files)
            yield connection

    def known_lines(
        self, snapshots: Mapping[str, TableSnapshot], days: Sequence[date]
    ) -> tuple[str, Sequence[str]]:
        """A SELECT of the lines of the rules on those of the days that have results, its files."""
        results: list[str] = []
        listed: list[str] = []
        files: list[str] = []
        for name, snapshot in snapshots.items():
            known = {day: day for day in days if day in snapshot.published}
            if not known:
                continue
            relation = self.lake.relation(snapshot, known)
            files += relation.files
            columns = quoted_list(RESULT_COLUMNS)
            results.append(f"SELECT {text_literal(name)} AS rule, {columns} FROM ({relation.sql})")
            listed += [f"({text_literal(name)}, DATE '{day}')" for day in known]
        spine = f"SELECT * FROM (VALUES {', '.join(listed)}) AS spine(rule, dt)"
        return report_lines("\nUNION ALL\n".join(results), spine), files

    def _standing_on(self, day: date) -> Callable[[Iterable[str]], DateStanding]:
        """Tells of rules whether the day is final; what is no rule any more waits for nothing."""
        finality, tables = Finality(self.outlines, self.lake), self.outlines.tables
        return lambda rules: finality.of_date([tables[n] for n in rules if n in tables], day)

    def _rule(
        self,
        show: ShownLines,
        standing: DateStanding,
        name: str,
        published: Sequence[date],
        origin: Origin | None,
    ) -> RuleReport:
        declared = self.outlines.tables.get(name)
        left, right = declared.sides if declared and declared.sides else (("", ""), ("", ""))
        items, count = show.items(name)
        return RuleReport(
            rule=name,
            title=declared.doc.partition("\n")[0] if declared else "",
            owner=declared.owner if declared else "",
            left=left,
            right=right,
            totals=tuple(each for each in show.totals if (each.rule, each.day) == (name, show.day)),
            trend=show.trend(name),
            items=items,
            item_count=count,
            origin=origin,
            latest_day=published[-1] if published else None,
            date_standing=standing,
        )

    def _origin(self, name: str, snapshot: TableSnapshot, day: date) -> Origin | None:
        if day not in snapshot.published:
            return None
        sides = self.outlines.table(name).sides
        (left, _), (right, _) = sides
        try:
            record = self.lake.record(snapshot, day)
        except RecordUnreadable:
            record = None
        if record is None:
            return Origin(None, None, left, None, right, None)
        inputs = record.partitions[day].inputs
        ids = [
            str(state.snapshot_id) if (state := inputs.get(table)) and state.snapshot_id else None
            for table in (left, right)
        ]
        return Origin(record.code_version, record.publication_id, left, ids[0], right, ids[1])


def _past(connection: DuckDBPyConnection, day: date, number: int) -> Past:
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT report_no, min(reported_at), min(run_id) FROM reports "
        f"WHERE dt = {date_literal(day)} GROUP BY report_no ORDER BY report_no"
    ).fetchall()
    for found, reported_at, run_id in rows:
        if found == number:
            return Past(number, len(rows), reported_at, run_id)
    last = rows[-1][0]
    raise InputMissing(
        f"{day} was reported {last} times, and report {number} was asked for",
        f"Ask for --report 1 to {last}.",
    )


def _origins(connection: DuckDBPyConnection, day: date) -> dict[str, Origin]:
    rows = connection.execute(
        f"SELECT rule, {quoted_list(_ORIGIN)} FROM lines WHERE dt = {date_literal(day)} "
        "AND kind = 'rule' ORDER BY rule"
    ).fetchall()
    return {row[0]: Origin(*row[1:]) for row in rows}
