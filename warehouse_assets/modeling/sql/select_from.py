"""A SELECT of a contract's columns from one input, as a declaration in place of SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent, indent

from warehouse_assets.modeling.declaration.table import Table
from warehouse_assets.modeling.load_errors import did_you_mean


@dataclass(frozen=True)
class SelectFrom:
    """The columns of a contract, taken from one input. Made by `select_from()`."""

    source: str
    columns: Mapping[str, str]
    join: str
    where: str

    def __call__(self, table: Table, /) -> str:
        """The SELECT that fills the contract of the table.

        Raises:
            LoadError: If `columns` names a column that the contract does not have.
        """
        names = [column.spec.name for column in table.columns]
        for name in self.columns:
            if name not in names:
                raise table.error(
                    f"select_from gives the column {name}, which the contract does not have",
                    f'"{name}"',
                    did_you_mean(name, names),
                )
        given = {name: dedent(sql).strip() for name, sql in self.columns.items()}
        of = f"{self.source}." if self.join else ""
        selected = [f"{given[name]} AS {name}" if name in given else of + name for name in names]
        day = f"{of}{table.partition_column}" if table.partition_column else None
        conditions = [f"({self.where})"] if self.where else []
        conditions += [f"{day} >= :start", f"{day} < :end"] if day else []
        where = f"WHERE {' AND '.join(conditions)}\n" if conditions else ""
        columns = indent(",\n".join(selected), "    ")
        join = f"{dedent(self.join).strip()}\n" if self.join else ""
        return f"\nSELECT\n{columns}\nFROM {self.source}\n{join}{where}"


def select_from(
    source: str, *, columns: Mapping[str, str] | None = None, join: str = "", where: str = ""
) -> SelectFrom:
    """Declare the SQL of a table that takes its columns from one input: table(..., sql=...).

    Each column of the contract is the input's column of that name, on the days of the run.

    Args:
        source: The input.
        columns: SQL of the columns that the input does not have as they are.
        join: Joins of further inputs, as SQL. The input goes by its own name.
        where: Which rows are taken, as SQL; without it all are.
    """
    return SelectFrom(source, dict(columns or {}), join, where)
