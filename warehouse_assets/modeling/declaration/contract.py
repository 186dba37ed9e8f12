"""The contract: the only place that states a table's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, get_type_hints

from resources.lake.model.table_spec import ColumnSpec
from warehouse_assets.modeling.declaration.checks import ColumnCheck
from warehouse_assets.modeling.declaration.column_types import (
    NAMES,
    Day,
    Flag,
    Integer,
    Text,
    engine_type,
    values_of,
)
from warehouse_assets.modeling.declaration.columns import (
    ColumnRole,
    DeclaredColumn,
    Term,
    delivered,
    partition,
)
from warehouse_assets.modeling.declaration.metric import TYPES
from warehouse_assets.modeling.declaration.metric_library import metric_library
from warehouse_assets.modeling.load_errors import did_you_mean


class Contract:
    """Base of every contract: one annotated attribute a column."""

    _annotations: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        # Here, and not when they are asked for: a misspelt type is an error of the class's line.
        found = get_type_hints(cls, include_extras=True)
        cls._annotations = {n: each for n, each in found.items() if not n.startswith("_")}
        for name, value in vars(cls).items():
            if isinstance(value, DeclaredColumn) and name not in cls._annotations:
                raise TypeError(f"column {name} has no type: write {name}: Text = ...")

    @classmethod
    def annotations(cls) -> Mapping[str, Any]:
        """The type of each column, those of the base first."""
        return cls._annotations


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
    """A column as the contract states it, in the lake's terms, with its checks."""

    spec: ColumnSpec
    role: ColumnRole
    checks: tuple[ColumnCheck, ...]


class ColumnError(ValueError):
    """A column of a contract contradicts itself, the vocabulary or the metric it carries."""

    def __init__(self, column: str, message: str, next_step: str | None = None) -> None:
        self.column = column
        self.next_step = next_step
        super().__init__(message)


def contract_columns(contract: type[Contract]) -> tuple[ContractColumn, ...]:
    """The columns of a contract in order; those of its base come last.

    Raises:
        TypeError: If a column was not made by key(), ref(), column() or partition(), or has a
            type that the warehouse does not know or that is not its term's.
        ColumnError: If a column contradicts its checks, or the metric it carries.
    """
    columns = [
        _contract_column(name, annotation, getattr(contract, name, None), contract.__module__)
        for name, annotation in contract.annotations().items()
    ]
    return tuple(sorted(columns, key=_place))


def _place(column: ContractColumn) -> int:
    return 2 if column.role.role == "partition" else 1 if column.role.delivered else 0


def _contract_column(
    name: str, annotation: object, declared: object, module: str
) -> ContractColumn:
    if not isinstance(declared, DeclaredColumn) or not declared.meaning.strip():
        raise TypeError(f"column {name} needs key(), ref(), column() or partition() and a meaning")
    spec = ColumnSpec(
        name=name,
        type=engine_type(annotation),
        doc=declared.meaning,
        nullable=declared.nullable,
        was=declared.role.was,
    )
    if isinstance(declared.doc, Term) and engine_type(declared.doc.type) != spec.type:
        wanted = engine_type(declared.doc.type)
        raise TypeError(f"column {name} is {spec.type} here and {wanted} in the vocabulary")
    for check in declared.checks:
        if (problem := check.problem_with(annotation)) is not None:
            message = f"column {name} is {NAMES[spec.type]}, and {check.declared} {problem}"
            raise ColumnError(name, message, f"Write it with {values_of(annotation)}.")
    spec, role = _carried(spec, declared.role, module)
    return ContractColumn(spec, role, declared.checks)


def _carried(spec: ColumnSpec, role: ColumnRole, module: str) -> tuple[ColumnSpec, ColumnRole]:
    """The column as its metric has it; unchanged where it carries none.

    Args:
        spec: The column as the contract's annotation says it.
        role: Its role, with the metric's name.
        module: The contract's module: the library of its package counts.

    Raises:
        ColumnError: If there is no such metric, or name, type or date are not the metric's.
        LoadError: If there is no such metric, and a module that may declare it does not load.
    """
    if role.metric is None:
        return spec, role
    library = metric_library(module.partition(".")[0])
    metric = library.get(role.metric)
    if metric is None:
        if error := library.missing(role.metric):
            raise error
        step = library.suggestion(role.metric)
        raise ColumnError(spec.name, f"there is no metric {role.metric}", step)
    if spec.name != metric.name:
        message = f"column {spec.name} carries the metric {metric.name} under another name"
        raise ColumnError(spec.name, message, f"Call it {metric.name}.")
    if spec.type != TYPES[metric.unit]:
        message = f"column {spec.name} is {spec.type}, and {metric.unit} is {TYPES[metric.unit]}"
        raise ColumnError(spec.name, message)
    dates = library.dates(metric)
    counted_by = role.counted_by or library.default_date(metric)
    if counted_by not in dates:
        message = f"{metric.name} is counted by {', '.join(dates)}, not by {counted_by}"
        raise ColumnError(spec.name, message, did_you_mean(counted_by, dates))
    return (
        replace(spec, doc=metric.meaning, nullable=metric.null),
        replace(role, counted_by=counted_by),
    )
