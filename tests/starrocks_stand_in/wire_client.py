"""A MySQL client as somebody else's tool would be: PyMySQL, plain, one statement at a time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from tests.starrocks_stand_in.stand_in import HOST

Row = tuple[Any, ...]


class WireClient:
    """One connection."""

    def __init__(self, connection: Connection[Cursor]) -> None:
        self.connection = connection

    def rows(self, statement: str) -> list[Row]:
        """Send a statement and read its rows; none if it has none."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()]

    def value(self, statement: str) -> Any:
        """The one value that a statement gives."""
        ((value,),) = self.rows(statement)
        return value

    def error(self, statement: str) -> tuple[int, str]:
        """The number and text that a statement is refused with."""
        try:
            rows = self.rows(statement)
        except pymysql.MySQLError as error:
            return int(error.args[0]), str(error.args[1])
        raise AssertionError(f"not refused, but answered: {rows}")


def connect(
    port: int, user: str, password: str, answer_seconds: float = 20.0, **options: Any
) -> WireClient:
    """Log in to a front end."""
    connection = pymysql.connect(
        host=HOST,
        port=port,
        user=user,
        password=password,
        autocommit=True,
        connect_timeout=5,
        read_timeout=answer_seconds,
        **options,
    )
    return WireClient(connection)


@contextmanager
def connected(
    port: int, user: str, password: str, answer_seconds: float = 20.0, **options: Any
) -> Generator[WireClient]:
    """A connection to a front end, closed with the block."""
    client = connect(port, user, password, answer_seconds, **options)
    try:
        yield client
    finally:
        if client.connection.open:
            client.connection.close()
