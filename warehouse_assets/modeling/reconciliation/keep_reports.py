"""Reports as they were made: a run whose lines are others than before adds a further report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from resources.errors import RecordUnreadable
from resources.identifiers import quoted, quoted_list, text_literal
from warehouse_assets.modeling.declaration.table import Materialization, MaterializationRun, Table
from warehouse_assets.modeling.reconciliation.reconcile import Reconcile
from warehouse_assets.modeling.reconciliation.report_lines import (
    LINE_COLUMNS,
    RESULT_COLUMNS,
    report_lines,
)
from warehouse_assets.modeling.reconciliation.rule import SIDES

if TYPE_CHECKING:
    from resources.lake.model.publication_record import PublicationRecord
    from resources.lake.publish.table_write import Published
    from warehouse_assets.modeling.reconciliation.every_rule import EveryRule

NUMBER = "report_no"
ORIGINS = (
    "reported_at",
    "run_id",
    "rule_version",
    "result_publication_id",
    "left_table",
    "left_snapshot_id",
    "right_table",
    "right_snapshot_id",
)
"""What a run adds to its lines: when, by whom and from what they were made."""
_NEEDED = (NUMBER, "rule", *ORIGINS)


@dataclass(frozen=True)
class KeepReports(Materialization):
    """Every report stays as it was made. Made by `keep_reports()`."""

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return "append-only; a day whose lines have changed is reported again, beside what was"

    @property
    def fills(self) -> tuple[str, ...]:
        """The number of the report, and what it was made from."""
        return (NUMBER, *ORIGINS)

    def check(self, table: Table, _named: Mapping[str, Table], /) -> None:
        """Raise LoadError where the table lacks the columns of a report."""
        if table.sql is None or not table.partition_column or NUMBER not in table.key:
            raise table.error(
                f"a table that keeps reports needs sql, a partition and the key {NUMBER}",
                "keep_reports(",
            )
        columns = {column.spec.name for column in table.columns}
        for name in _NEEDED:
            if name not in columns:
                raise table.error(f"a table that keeps reports needs a column {name}",
                                  "keep_reports(", f"Declare {name} in the contract.")  # fmt: skip

    def publish(self, run: MaterializationRun) -> Published:
        """Add the lines of the days that would be reported otherwise now than they were last."""
        from resources.lake.publish.merge import Merge, merge

        change = Merge(self.new_lines_sql(run))
        return merge(run.write, change, run.connection, run.context, run.on_stage)

    def new_lines_sql(self, run: MaterializationRun) -> str:
        """A SELECT of the lines that the run adds; none where they are as in the latest report."""
        window, base = run.write.window, run.write.base
        assert run.select_sql is not None and window is not None
        day = str(run.table.partition_column)
        kept = run.lake.relation_sql(
            base, {each: each for each in window if each in base.published}
        )
        content = quoted_list(
            [c.spec.name for c in run.table.columns if c.spec.name not in (NUMBER, *ORIGINS)]
        )
        columns = ", ".join(
            self._value(column.spec.name, column.spec.type) for column in run.table.columns
        )
        return (
            f"WITH wanted AS MATERIALIZED ({run.select_sql}), kept AS ({kept}), "
            f"latest AS (SELECT * FROM kept QUALIFY {NUMBER} = "
            f"max({NUMBER}) OVER (PARTITION BY {day})), "
            f"changed AS (SELECT DISTINCT {day} FROM ("
            f"(SELECT {content} FROM wanted EXCEPT SELECT {content} FROM latest) UNION ALL "
            f"(SELECT {content} FROM latest EXCEPT SELECT {content} FROM wanted))), "
            f"numbers AS (SELECT {day}, max({NUMBER}) AS {NUMBER} FROM kept GROUP BY {day}), "
            f"origins AS ({self._origins_sql(run)}) "
            f"SELECT {columns} FROM wanted SEMI JOIN changed ON changed.{day} = wanted.{day} "
            f"LEFT JOIN numbers ON numbers.{day} = wanted.{day} "
            f"LEFT JOIN origins ON origins.rule = wanted.rule AND origins.{day} = wanted.{day}"
        )

    def _value(self, name: str, kind: str) -> str:
        if name == NUMBER:
            return f"coalesce(numbers.{NUMBER}, 0) + 1 AS {NUMBER}"
        source = "origins" if name in ORIGINS else "wanted"
        return f"CAST({source}.{quoted(name)} AS {kind}) AS {quoted(name)}"

    def _origins_sql(self, run: MaterializationRun) -> str:
        """A SELECT of rule, day and what the rule's results of that day were made from."""
        day = str(run.table.partition_column)
        names = ", ".join(["rule", day, *ORIGINS])
        rows = [f"({', '.join(row)})" for row in self._origins(run)]
        return f"SELECT * FROM (VALUES {', '.join(rows)}) AS v({names})"

    def _origins(self, run: MaterializationRun) -> Iterator[list[str]]:
        window = run.write.window
        assert window is not None
        now = f"TIMESTAMPTZ {text_literal(datetime.now(UTC).isoformat())}"
        for name, snapshot in run.inputs.items():
            declared = run.sources[name].materialization
            if not isinstance(declared, Reconcile):
                continue
            for day in window:
                try:
                    record = run.lake.record(snapshot, day)
                except RecordUnreadable:
                    # The results are there: only what they were made from is not known.
                    record = None
                sides: list[str | None] = []
                for side in SIDES:
                    table = declared.rule.side(side).table
                    sides += [table, _snapshot_id(record, day, table)]
                known = [record.code_version, record.publication_id] if record else [None, None]
                texts = [run.context.run_id, *known, *sides]
                yield [
                    text_literal(name),
                    f"DATE {text_literal(day.isoformat())}",
                    now,
                    *("NULL" if text is None else text_literal(text) for text in texts),
                ]


def keep_reports() -> KeepReports:
    """The table keeps every report: a run adds rows, and changes none.

    The SQL gives the lines of each rule and day, with 0 for `report_no` and nulls for when and
    from what they were made. Where the lines of a day are the same as in its latest report, the
    run adds nothing; where one is another, all lines of the day are added with the next number,
    with the run, the time, the code version of each rule and the snapshots of both of its sides.
    So a past report can be shown as it was, also when the snapshots have expired.
    """
    return KeepReports()


def kept_report_lines(rules: EveryRule) -> str:
    """The SQL of a table that keeps the reports on all rules; reads them and dim_date."""
    origins = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in ORIGINS)
    days = "\nUNION ALL\n".join(
        f"SELECT {text_literal(name)} AS rule, dt FROM dim_date WHERE dt >= :start AND dt < :end"
        for name in rules.names
    )
    lines = report_lines(rules.select(RESULT_COLUMNS), days)
    return (
        f"SELECT 0 AS {NUMBER}, {', '.join(LINE_COLUMNS)}, {origins}\nFROM (\n{lines}\n) AS lines"
    )


def _snapshot_id(record: PublicationRecord | None, day: date, table: str) -> str | None:
    if record is None:
        return None
    state = record.partitions[day].inputs.get(table)
    return None if state is None or state.snapshot_id is None else str(state.snapshot_id)
