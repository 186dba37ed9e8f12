"""Does each table's SQL fit the warehouse? DuckDB's own binder says, over empty tables."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlglot.errors import SqlglotError

from resources.identifiers import quoted
from resources.lake.model.column_type import column_type
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.declaration.column_types import NAMES
from warehouse_assets.modeling.load_errors import (
    LoadError,
    did_you_mean,
    line_of,
    load_error,
    nearest,
)
from warehouse_assets.modeling.portability import expression_refusals, unparsed
from warehouse_assets.modeling.sql.measure_calls import expression_tree
from warehouse_assets.modeling.sql.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from warehouse_assets.modeling.declaration.checks import RowCheck
    from warehouse_assets.modeling.declaration.metric import Metric
    from warehouse_assets.modeling.declaration.table import Table

_UNKNOWN_COLUMN = re.compile(r'does not have a column named "(\w+)"')


class Binder:
    """All tables of the warehouse, empty, in one session, to check statements against."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        import duckdb

        self._tables = tables
        # One thread, one transaction: there are no rows. To bind a query may open files already.
        self._connection: DuckDBPyConnection = duckdb.connect(
            config={"threads": 1, "enable_external_access": "false"}
        )
        self._connection.execute("SET errors_as_json = true")
        functions.install(self._connection, "UTC")
        statements = ["BEGIN", *(_create_table(table) for table in tables.values()), "COMMIT"]
        self._connection.execute(";\n".join(statements))

    def check_statement(self, table: Table, statement: Statement) -> None:
        """Raise LoadError where the SQL does not resolve or does not fit the contract."""
        produced = self._describe(statement, statement.text(None))
        declared = {column.spec.name: column.spec.type for column in table.columns}
        for name in declared:
            if name not in produced:
                others = [each for each in produced if each not in declared]
                surplus = others[0] if len(others) == 1 else nearest(name, others)
                if surplus is not None:
                    raise statement.error(
                        f"the SQL gives {surplus}; the contract has {name}",
                        statement.projection(surplus),
                        f"Write AS {name}, or rename the column of the contract.",
                    )
                step = f"Select it, or remove {name} from the contract."
                raise statement.error(
                    f"the SQL gives no column {name}", statement.projection(), step
                )
        for name, found in produced.items():
            if name not in declared:
                step = did_you_mean(name, declared) or "Declare it in the contract."
                place = statement.projection(name)
                raise statement.error(f"column {name} is not in the contract", place, step)
            if name in table.materialization.fills:
                continue
            if not column_type(found).fits_into(column_type(declared[name])):
                raise statement.error(
                    f"column {name} is {found} in the SQL and {declared[name]} in the contract",
                    statement.projection(name),
                    _to_fit(name, found, declared[name]),
                )

    def check_conditions(self, table: Table) -> None:
        """Raise LoadError where a row check is no condition over the table's columns."""
        own_functions = functions.sql_functions()
        columns = {column.spec.name: column.spec.type for column in table.columns}
        for check in table.checks:
            try:
                tree = expression_tree(check.condition)
            except SqlglotError as error:
                message, _, step = unparsed(error, check.condition)
                message = f"check {check.name}: {message}"
                raise _error(table, check, message, step) from error
            for refusal in expression_refusals(tree, columns, own_functions):
                message = f"check {check.name}: {refusal.node.sql('duckdb')}: {refusal.reason}"
                raise _error(table, check, message, refusal.next_step)
        of_rows = [check for check in table.checks if not check.whole_partition]
        of_partitions = [check for check in table.checks if check.whole_partition]
        for checks in (of_rows, of_partitions):
            if checks and not self._are_conditions(table, checks):
                for check in checks:
                    self._check_condition(table, check)

    def _are_conditions(self, table: Table, checks: Sequence[RowCheck]) -> bool:
        """Whether all of them are; asked of all at once, for each question takes its time."""
        import duckdb

        try:
            found = self._connection.execute(_describe_conditions(table, checks)).fetchall()
        except duckdb.Error:
            return False
        return len(found) == len(checks) and all(row[1] == "BOOLEAN" for row in found)

    def _check_condition(self, table: Table, check: RowCheck) -> None:
        try:
            query = _describe_conditions(table, [check])
            found = self._connection.execute(query).fetchall()[0][1]
        except Exception as error:
            details = _details(error)
            step = did_you_mean(details.get("name", ""), [c.spec.name for c in table.columns])
            message = f"check {check.name}: {details['message']}"
            raise _error(table, check, message, step) from error
        if found != "BOOLEAN":
            message = f"check {check.name} is {found}, not a condition"
            raise _error(table, check, message)

    def aggregate_type(self, metric: Metric, fact: Table) -> str:
        """The type that a metric's expression has over its fact; LoadError where it has none."""
        # HAVING makes one group of all rows: a column outside an aggregate is refused.
        query = f"SELECT {metric.expression} FROM {quoted(fact.name)} HAVING COUNT(*) >= 0"
        try:
            return str(self._connection.execute(f"DESCRIBE {query}").fetchall()[0][1])
        except Exception as error:
            details = _details(error)
            step = did_you_mean(details.get("name", ""), [c.spec.name for c in fact.columns])
            raise metric.error(f"{metric.expression}: {details['message']}", step=step) from error

    def _describe(self, statement: Statement, sql: str) -> dict[str, str]:
        try:
            rows = self._connection.execute(f"DESCRIBE {sql}").fetchall()
        except Exception as error:
            details = _details(error)
            position = details.get("position")
            written = (
                statement.written_position(int(position) - len("DESCRIBE ")) if position else None
            )
            known = [
                *self._tables,
                *(c.spec.name for t in self._read(statement) for c in t.columns),
            ]
            step = did_you_mean(details.get("name", ""), known)
            raise statement.error(details["message"], written, step) from error
        return {str(row[0]): str(row[1]) for row in rows}

    def _read(self, statement: Statement) -> list[Table]:
        return [self._tables[name] for name in statement.tables if name in self._tables]


def _create_table(table: Table) -> str:
    columns = ", ".join(f"{quoted(c.spec.name)} {c.spec.type}" for c in table.columns)
    return f"CREATE TABLE {quoted(table.name)} ({columns})"


def _error(table: Table, check: RowCheck, message: str, step: str | None = None) -> LoadError:
    """An error on the line of a check; one that several tables make is there by its variable."""
    quoted_name = f'"{check.name}"'
    line = line_of(table.path, quoted_name) or line_of(table.path, check.name)
    return load_error(table.name, table.path, line, message, step)


def _describe_conditions(table: Table, checks: Sequence[RowCheck]) -> str:
    """A question for their types, which refuses them where they do not fit the table.

    In WHERE an aggregate is refused, in HAVING a column that is in none. Where there are several,
    they are all of rows, or all of partitions.
    """
    clause = "HAVING" if checks[0].whole_partition else "WHERE"
    conditions = [f"({check.condition})" for check in checks]
    return (
        f"DESCRIBE SELECT {', '.join(conditions)} FROM {quoted(table.name)} "
        f"{clause} {' AND '.join(conditions)}"
    )


def _to_fit(name: str, found: str, declared: str) -> str:
    """What to do where a column has another type than the contract says."""
    meant = NAMES.get(found)
    if column_type(found).is_decimal and column_type(declared).scale is not None:
        return f"Write CAST({name} AS {declared}) where rounding is meant."
    if meant is not None:
        return f"Declare it as {name}: {meant}, or select what the contract says."
    return f"Select a {declared}, or change the contract."


def _details(error: Exception) -> dict[str, Any]:
    """DuckDB's error as fields: message, and name and position where it knows them."""
    text = str(error)
    start = text.find("{")
    try:
        details: dict[str, Any] = json.loads(text[start:])
    except ValueError:
        return {"message": text}
    message = str(details.get("exception_message", text)).splitlines()[0]
    if "name" not in details and (unknown := _UNKNOWN_COLUMN.search(message)):
        details["name"] = unknown[1]
    return {**details, "message": message}
