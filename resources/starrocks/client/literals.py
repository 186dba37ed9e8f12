"""Values in statements: quoted as StarRocks reads them, or masked for logs and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pydantic import SecretStr
from pymysql.converters import encoders, escape_item

Value = str | int | float | Decimal | bool | date | datetime | SecretStr | None
"""What a statement's `%s` can stand for."""


class NamedSecret(SecretStr):
    """A secret that is shown as the name of its setting."""

    def __init__(self, secret: SecretStr, setting: str) -> None:
        super().__init__(secret.get_secret_value())
        self.setting = setting


@dataclass(frozen=True)
class Statement:
    """A text with its values: `%s` stands for each, `%%` for a percent sign if there are any."""

    text: str
    parameters: tuple[Value, ...] = ()

    def __str__(self) -> str:
        return without_secrets(self.text, self.parameters)


def with_values(statement: str, parameters: Sequence[Value]) -> str:
    """The statement as it is sent, secrets included: StarRocks prepares no statements.

    Without values the text is left as it is, `%` included.
    """
    return statement % tuple(map(_literal, parameters)) if parameters else statement


def without_secrets(statement: str, parameters: Sequence[Value] = ()) -> str:
    """The statement as it may be shown: a secret is `***`, or the name of its setting."""
    return statement % tuple(map(_told, parameters)) if parameters else statement


def _literal(value: Value) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return escape_item(value, "utf8mb4", encoders)


def _told(value: Value) -> str:
    if isinstance(value, NamedSecret):
        return f"'<{value.setting}>'"
    return "'***'" if isinstance(value, SecretStr) else _literal(value)
