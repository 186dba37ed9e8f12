"""What must be true, when the code is loaded, of a table that is merged from a change log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from warehouse_assets.modeling.load_errors import did_you_mean

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table


def check_merged_table(
    table: Table, named: Mapping[str, Table], of: str, text: str, own: Collection[str] = ()
) -> Table:
    """The log, if the table's columns are the log's; the materialization makes those of `own`.

    Raises:
        LoadError: For what does not fit; `text` is on the line at fault if nothing better is.
    """
    from warehouse_assets.modeling.declaration.contract import StateContract

    source = named.get(of)
    if source is None:
        raise table.error(f"merges {of}, which does not exist", f'"{of}"', did_you_mean(of, named))
    assert source.change_log is not None  # with_input_logs() has looked
    if table.partition_column:
        raise table.error(f"is merged from {of} and cannot have partitions", "partition(")
    if set(table.reads) != {of}:
        raise table.error(f"is merged from {of} and reads nothing else", "reads=")
    if not issubclass(table.contract, StateContract):
        raise table.error(f"the contract of a table merged from {of} is no StateContract",
                          f"class {table.contract.__name__}")  # fmt: skip
    columns = {column.spec.name: column.spec for column in source.columns}
    made = {*own, "delivered_date"}
    for column in table.columns:
        name, type_ = column.spec.name, column.spec.type
        if name in made:
            continue
        if name not in columns:
            raise table.error(f"column {name} is none of {of}", f"{name}:",
                              did_you_mean(name, columns))  # fmt: skip
        if columns[name].type != type_:
            raise table.error(f"column {name} is {type_} here and {columns[name].type} in {of}",
                              f"{name}:")  # fmt: skip
    declared = {column.spec.name for column in table.columns}
    for name in (*source.change_log.key, *source.change_log.sequences):
        if name not in declared:
            raise table.error(f"column {name} of {of} is missing: versions are told apart by it",
                              text)  # fmt: skip
    return source


def required_column(table: Table, source: Table, name: str, argument: str, type_: str) -> None:
    """Raise LoadError unless the log has the column, in that type, never null."""
    columns = {column.spec.name: column.spec for column in source.columns}
    if name not in columns:
        raise table.error(f"{argument} names {name}, which is no column of {source.name}",
                          f'"{name}"', did_you_mean(name, columns))  # fmt: skip
    if columns[name].type != type_ or columns[name].nullable:
        raise table.error(f"{argument} names {name}, which must be {type_} and never null",
                          f'"{name}"')  # fmt: skip
