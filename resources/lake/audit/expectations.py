"""The rules an audit applies: the table's own, and those that every table has."""

from __future__ import annotations

from resources.identifiers import date_literal, quoted, quoted_list
from resources.lake.model.table_spec import Rule, Severity, TableSpec
from resources.lake.model.window import Window

NOT_NULL = "not_null"
INSIDE_WINDOW = "inside_window"
UNIQUE_KEY = "unique_key"
ORDERED_VERSIONS = "ordered_versions"
# Rules that no expression over one row says.
BEYOND_ROWS = (UNIQUE_KEY, ORDERED_VERSIONS)


def all_rules(spec: TableSpec, window: Window | None) -> tuple[Rule, ...]:
    """Window, nulls, key and versions first, then the table's own rules in its order."""
    unique_key = _unique(UNIQUE_KEY, spec.key, spec.key_severity)
    columns = spec.versions.columns if spec.versions else ()
    ordered_versions = _unique(ORDERED_VERSIONS, columns, Severity.ERROR)
    of_rows = (*_inside_window(spec, window), *_not_null(spec))
    return (*of_rows, *unique_key, *ordered_versions, *spec.rules)


def _inside_window(spec: TableSpec, window: Window | None) -> tuple[Rule, ...]:
    if spec.partition_column is None or window is None:
        return ()
    name = quoted(spec.partition_column)
    first, last = date_literal(window.start), date_literal(window.last)
    return (
        Rule(
            name=INSIDE_WINDOW,
            check=INSIDE_WINDOW,
            expression=f"{name} IS NOT NULL AND {name} >= {first} AND {name} <= {last}",
            column=spec.partition_column,
            not_null=True,
            minimum=first,
            maximum=last,
        ),
    )


def _not_null(spec: TableSpec) -> tuple[Rule, ...]:
    # Nulls of the partition column are counted by the window's rule.
    return tuple(
        Rule(
            name=f"{column.name}_not_null",
            check=NOT_NULL,
            expression=f"{quoted(column.name)} IS NOT NULL",
            column=column.name,
            not_null=True,
        )
        for column in spec.columns
        if not column.nullable and column.name != spec.partition_column
    )


def _unique(check: str, columns: tuple[str, ...], severity: Severity) -> tuple[Rule, ...]:
    """The rule that no two rows agree in the columns; none without columns."""
    expression = f"count(*) OVER (PARTITION BY {quoted_list(columns)}) = 1"
    return (Rule(check, check, expression, severity),) if columns else ()
