"""The contract: the only place that states a table's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pandera.ibis as pandera

from resources.lake.model.table_spec import ColumnSpec
from warehouse_assets.modeling.declaration.column_types import Day, Flag, Integer, Text, engine_type
from warehouse_assets.modeling.declaration.columns import (
    ROLE,
    TERM,
    ColumnRole,
    Term,
    delivered,
    partition,
)
from warehouse_assets.modeling.declaration.metric_columns import carried


class Contract(pandera.DataFrameModel):
    """Base of every contract: one annotated attribute a column."""


class DeliveredContract(Contract):
    """Base of a contract whose rows a source delivers: says for each row where it came from."""

    source_file: Text = delivered("File the row came in, below the landing folder")
    source_line: Integer = delivered("Line in that file, counted from 1")
    dt: Day = partition("Business date the row was delivered for")


class AsOfDayContract(Contract):
    """Base of a contract that says how things stood at the end of each business date."""

    dt: Day = partition("Business date at whose end things stood as the row says")


class StateContract(Contract):
    """Base of a contract whose rows are merged from a change log: says which version is latest."""

    source_file: Text = delivered("File the row came in, below the landing folder")
    source_line: Integer = delivered("Line in that file, counted from 1")
    delivered_date: Day = delivered("Business date the latest version was delivered for")


class HistoryContract(StateContract):
    """Base of a contract with a row for each time in which nothing of a thing changed."""

    valid_from: Day = delivered("First business date on which the version was valid", key=True)
    valid_to: Day = delivered("First business date on which it no longer was; 9999-12-31 if it is")
    is_current: Flag = delivered("Whether the version is valid until further notice")


@dataclass(frozen=True)
class ContractColumn:
    """A column as the contract states it, in the lake's terms, with its pandera checks."""

    spec: ColumnSpec
    role: ColumnRole
    checks: tuple[Any, ...]


def contract_columns(contract: type[Contract]) -> tuple[ContractColumn, ...]:
    """The columns of a contract in order; those of its base come last.

    Raises:
        TypeError: If a column was not made by key(), ref(), column() or partition(), or has a
            type that the warehouse does not know or that is not its term's.
        ColumnError: If a column that carries a metric contradicts it.
    """
    schema = cast(Any, contract.to_schema())
    columns = [
        _contract_column(name, field, contract.__module__) for name, field in schema.columns.items()
    ]
    return tuple(sorted(columns, key=_place))


def _place(column: ContractColumn) -> int:
    return 2 if column.role.role == "partition" else 1 if column.role.delivered else 0


def _contract_column(name: str, field: Any, module: str) -> ContractColumn:
    role = (field.metadata or {}).get(ROLE)
    if not isinstance(role, ColumnRole) or not (field.description or "").strip():
        raise TypeError(f"column {name} needs key(), ref(), column() or partition() and a meaning")
    spec = ColumnSpec(
        name=name,
        type=engine_type(field.dtype.type),
        doc=field.description,
        nullable=field.nullable,
        was=role.was,
    )
    term = field.metadata.get(TERM)
    if isinstance(term, Term) and engine_type(term.ibis_type) != spec.type:
        wanted = engine_type(term.ibis_type)
        raise TypeError(f"column {name} is {spec.type} here and {wanted} in the vocabulary")
    spec, role = carried(spec, role, module)
    return ContractColumn(spec, role, tuple(field.checks))
