"""The text of every statement about tables of the lake. Names come checked and in full."""

from __future__ import annotations

from resources.identifiers import checked_identifier
from resources.starrocks.client.names import TableName, backticked, checked_catalog


def refresh_table(table: TableName) -> str:
    """Have every front end reload the table's metadata; OK does not prove that it did."""
    # Without PARTITION, which StarRocks ignores for Iceberg.
    return f"REFRESH EXTERNAL TABLE {table.sql}"


def current_snapshot(table: TableName) -> str:
    """The snapshot that StarRocks sees as the table's current one: (snapshot_id,), or no row."""
    return f"SELECT snapshot_id FROM {table.refs_sql} WHERE name = 'main'"


def rows_by_partition(table: TableName, partition_column: str) -> str:
    """(partition, rows) between two bounds, both included: two values to bind."""
    column = backticked(checked_identifier(partition_column, "column name"))
    return (
        f"SELECT {column}, COUNT(*) FROM {table.sql} "
        f"WHERE {column} >= %s AND {column} <= %s GROUP BY {column}"
    )


def any_row(table: TableName) -> str:
    """One row, or none if the table is empty: the back ends read a file for it."""
    return f"SELECT * FROM {table.sql} LIMIT 1"


def no_row(table: TableName) -> str:
    """No row, or an error if the user may not read the table."""
    return f"SELECT * FROM {table.sql} LIMIT 0"


def row_count(table: TableName) -> str:
    """(rows,)"""
    return f"SELECT COUNT(*) FROM {table.sql}"


def databases_of(catalog: str) -> str:
    """(name,) of each database; StarRocks connects to the catalog for it."""
    return f"SHOW DATABASES FROM {backticked(checked_catalog(catalog))}"
