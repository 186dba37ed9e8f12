"""Does what a source says of columns fit the contract of the table that it delivers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse_assets.modeling.load_errors import did_you_mean

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table


def check_source_columns(table: Table) -> None:
    """Raise LoadError where a source names a column that the contract does not have."""
    if table.source is None:
        return
    columns = {column.spec.name for column in table.columns if not column.role.delivered}
    for part in table.source.parts:
        split = (part.split.column,) if part.split else ()
        for name in (*part.columns_given, *part.columns, *split):
            if name not in columns or name == table.partition_column:
                raise table.error(
                    f"the source {part.path} names {name}, which is no column of the contract "
                    "that it could give a value to",
                    name,
                    did_you_mean(name, columns),
                )
