"""How the results of a rule are published: replaced day by day, with every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from resources.errors import DataError
from resources.identifiers import text_literal
from warehouse_assets.modeling.declaration.checks import RowCheck, guard
from warehouse_assets.modeling.declaration.table import Materialization
from warehouse_assets.modeling.declaration.windows import earlier
from warehouse_assets.modeling.reconciliation.rule import SIDES, Rule, SideName
from warehouse_assets.modeling.reconciliation.rule_checks import check_rule
from warehouse_assets.modeling.reconciliation.rule_in_words import diff_rate_in_words, rule_in_words
from warehouse_assets.modeling.reconciliation.sql.columns import result_currency
from warehouse_assets.modeling.reconciliation.sql.sides import given_rows
from warehouse_assets.modeling.reconciliation.sql.statement import after_given_rows
from warehouse_assets.modeling.reconciliation.sql.traced import traced_statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from resources.lake.model.window import Window
    from resources.lake.publish.table_write import Published
    from warehouse_assets.modeling.declaration.table import MaterializationRun, Table
    from warehouse_assets.modeling.declaration.windows import ReadWindow

DIFF_RATE = "within_diff_rate"
"""The check that warns where more of a day's new items differ than the rule declares."""
_ROWS, _AMOUNTS = "{}_rows_accounted_for", "{}_amounts_accounted_for"


def accounted_for() -> list[RowCheck]:
    """Blocking checks that the rows of each side, and their amounts, come out as they went in.

    What went in is counted by each run, beside the SQL that matches: until then they are NULL,
    which is broken.
    """
    return [
        guard(name.format(side), f"COALESCE(SUM({side}_{what}), 0) = CAST(NULL AS BIGINT)")
        for side in SIDES
        for name, what in ((_ROWS, "count"), (_AMOUNTS, "amount"))
    ]


@dataclass(frozen=True)
class Reconcile(Materialization):
    """The results of a rule replace those of their day; open ones are carried to the next."""

    rule: Rule
    replaces: ClassVar[bool] = True

    @property
    def title(self) -> str:
        """The materialization in a few words."""
        return "replaced day by day; what is open is carried on"

    @property
    def traced_sql(self) -> str:
        """Each result's columns, straight from those of the sides."""
        return traced_statement(self.rule)

    @property
    def earlier(self) -> ReadWindow:
        """Its own days before: what was open, and the keys that were settled of late."""
        return earlier(days=max(1, self.rule.days_apart))

    @property
    def explanation(self) -> str:
        """The rule in words."""
        return rule_in_words(self.rule)

    @property
    def check_meanings(self) -> Mapping[str, str]:
        """What the checks of every rule hold it to."""
        of_sides = {
            name.format(side): f"The {what} of the {side} come out in the results as they went in: "
            "those of the day, and those that were open when it began. None is lost, none is "
            "counted twice."
            for side in SIDES
            for name, what in ((_ROWS, "rows"), (_AMOUNTS, "amounts in each currency"))
        }
        return {**of_sides, DIFF_RATE: diff_rate_in_words(self.rule)}

    def check(self, table: Table, named: Mapping[str, Table], /) -> None:
        """Raise LoadError where the rule names what its tables do not have."""
        check_rule(self.rule, table, named)

    def publish(self, run: MaterializationRun) -> Published:
        """Replace the results of one day, if no row and no cent of the sides is lost in them."""
        from resources.lake.publish.replace import replace as replace_rows

        window = run.write.window
        assert run.select_sql is not None and window is not None
        select_sql = self._read_sides(run, window)
        expected: dict[str, str] = {}
        for side in SIDES:
            went_in = self._went_in(side, run.connection, run.table, window)
            expected[_ROWS.format(side)] = _equal(
                f"{side}_count", sum(rows for rows, _ in went_in.values())
            )
            # Each currency by itself: a surplus in one cannot hide a lack in another.
            currency, amount = result_currency(side), f"{side}_amount"
            of_currencies = [
                _equal(f"CASE WHEN {currency} = {text_literal(each)} THEN {amount} END", expects)
                for each, (_, expects) in went_in.items()
            ]
            total = _equal(amount, sum(expects for _, expects in went_in.values()))
            expected[_AMOUNTS.format(side)] = " AND ".join([total, *of_currencies])
        rules = tuple(
            replace(rule, expression=expected.get(rule.name, rule.expression))
            for rule in run.write.spec.rules
        )
        write = replace(run.write, spec=replace(run.write.spec, rules=rules))
        return replace_rows(write, select_sql, run.connection, run.context, run.on_stage)

    def _read_sides(self, run: MaterializationRun, window: Window) -> str:
        """Read each side's rows of the day once, into a table; the SQL that goes on from there."""
        from resources.duckdb.errors import engine_errors
        from resources.duckdb.memory import in_memory_of_one_thread
        from warehouse_assets.modeling.sql.statement import Statement

        for side in SIDES:
            rows = Statement(run.table, given_rows(self.rule, side)).text(window)
            make = f"CREATE OR REPLACE TEMP TABLE {side}_given AS {rows}"
            with engine_errors(f"Reading the {side} of {run.table.spec.where(window)}"):
                in_memory_of_one_thread(run.connection, partial(run.connection.execute, make))
            self._require_known(side, run, window)
        return after_given_rows(str(run.select_sql))

    def _require_known(self, name: SideName, run: MaterializationRun, window: Window) -> None:
        """Raise DataError where a row has no id or no amount: it could not be accounted for."""
        side = self.rule.side(name)
        for column, what, sql in (("id", "an id", side.row), ("amount", "an amount", side.amount)):
            unknown = f"SELECT count(*), min(id) FROM {name}_given WHERE {column} IS NULL"
            count, row = run.connection.execute(unknown).fetchall()[0]
            if count:
                such_as = f", such as {row}" if row is not None else ""
                raise DataError(
                    f"{run.table.spec.where(window)}: rows of the {name} without {what}: {count:,}"
                    f"{such_as}; {' '.join(sql.split())} of {side.table} is NULL",
                    "Say in the rule's module what it is then, with COALESCE, or leave such rows "
                    "out, with where=.",
                )

    def _went_in(
        self, name: SideName, connection: DuckDBPyConnection, table: Table, window: Window
    ) -> dict[str, tuple[int, Decimal]]:
        """Rows and amounts of a side by currency: those of the day, and those that were open."""
        from warehouse_assets.modeling.sql.statement import Statement

        sql = f"""
            SELECT currency, sum(lines)::BIGINT, sum(amount)
            FROM (
                SELECT 1 AS lines, amount, currency FROM {name}_given
                UNION ALL
                SELECT {name}_count, {name}_amount, {result_currency(name)}
                FROM {table.name}
                WHERE is_open AND dt >= :start - INTERVAL 1 DAY AND dt < :start
            )
            GROUP BY currency
            HAVING sum(lines) > 0
        """
        found = connection.execute(Statement(table, sql).text(window)).fetchall()
        return {str(each): (count, amount) for each, count, amount in found}


def _equal(figure: str, expected: int | Decimal) -> str:
    return f"COALESCE(SUM({figure}), 0) = {expected}"
