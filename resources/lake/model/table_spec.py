"""A table's definition, made from its contract: columns, partition, key and rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from resources.identifiers import quoted
from resources.lake.model.column_type import ColumnType, column_type
from resources.lake.model.window import Window


class Severity(StrEnum):
    """Whether a broken rule stops the publish or is only shown."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True)
class ColumnSpec:
    """One column. `type` is spelled as DuckDB spells it: BIGINT, DECIMAL(18,2), VARCHAR, ..."""

    name: str
    type: str
    doc: str
    nullable: bool = False
    was: str | None = None

    @property
    def column_type(self) -> ColumnType:
        """The type, parsed."""
        return column_type(self.type)

    def cast(self, value: str) -> str:
        """SQL of the value in the column's type, under the column's name."""
        return f"CAST({value} AS {self.type}) AS {quoted(self.name)}"


def no_rows(columns: Iterable[ColumnSpec]) -> str:
    """A SELECT that gives the columns, and no row."""
    return f"SELECT {', '.join(column.cast('NULL') for column in columns)} WHERE false"


@dataclass(frozen=True)
class Rule:
    """What must be true of every row.

    `expression` is DuckDB SQL over the table's columns; a row breaks the rule when it is FALSE
    (NULL passes: nulls have rules of their own). `minimum`, `maximum` and `not_null` say the
    same thing in a form that Parquet's statistics can prove without a scan; literals as SQL text.
    With `whole_partition` the expression is over aggregates, and a partition breaks it as a whole.
    """

    name: str
    check: str
    expression: str
    severity: Severity = Severity.ERROR
    column: str | None = None
    not_null: bool = False
    minimum: str | None = None
    maximum: str | None = None
    whole_partition: bool = False


@dataclass(frozen=True)
class VersionSpec:
    """A table's rows are versions of things, and it must be evident which one is newer.

    `columns` tell versions apart: key, then sequence; `values` are what else a version says. The
    columns `file` and `line` hold the path of the file that a version came in, and its line there.
    """

    columns: tuple[str, ...]
    values: tuple[str, ...]
    file: str
    line: str


@dataclass(frozen=True)
class TableSpec:
    """A table as the lake sees it. `partition_column` None: it has no partitions.

    `event_time` names the instant whose business date a row belongs to, where rows are delivered
    on other days as well; the engine that publishes such a table knows business_date().
    """

    namespace: str
    name: str
    doc: str
    columns: tuple[ColumnSpec, ...]
    partition_column: str | None = None
    key: tuple[str, ...] = ()
    sort_by: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    dropped: tuple[str, ...] = ()
    key_severity: Severity = Severity.ERROR
    event_time: str | None = None
    served: bool = False
    versions: VersionSpec | None = None

    @property
    def full_name(self) -> str:
        """Namespace and name, as people write them: `fact.dwd_order`."""
        return f"{self.namespace}.{self.name}"

    @property
    def identifier(self) -> tuple[str, str]:
        """Namespace and name, as the catalog takes them."""
        return self.namespace, self.name

    def where(self, window: Window | None) -> str:
        """The table and the window, for messages."""
        return f"{self.full_name}, {window or 'whole table'}"

    def column(self, name: str) -> ColumnSpec:
        """The column of that name; KeyError if there is none."""
        return {column.name: column for column in self.columns}[name]
