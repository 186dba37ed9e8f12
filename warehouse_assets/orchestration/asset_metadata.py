"""Metadata that the UI shows: columns, source file, rows and bytes over time, lineage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import dagster as dg

from warehouse_assets.modeling.declaration.table import REPLACE
from warehouse_assets.modeling.execution.finality import Standing
from warehouse_assets.modeling.sql.lineage import Lineage

if TYPE_CHECKING:
    from resources.lake.publish.table_write import Published
    from resources.sources.delivery.day_folder import LeftAlone
    from warehouse_assets.modeling.declaration.contract import ContractColumn
    from warehouse_assets.modeling.declaration.table import Table
    from warehouse_assets.modeling.execution.closed_days import ClosedDay
    from warehouse_assets.modeling.execution.finality import Awaited
    from warehouse_assets.modeling.metrics.plotted import Totals


_OTHERS_SHOWN = 50


def definition_metadata(table: Table) -> dict[str, Any]:
    """Metadata known before any run: column schema and a link to the module."""
    return {
        "dagster/column_schema": dg.TableSchema(
            columns=[_column(column) for column in table.columns]
        ),
        "dagster/table_name": f"{table.layer}.{table.name}",
        **code_reference(table.path),
    }


def code_reference(path: Path, line: int = 1) -> dict[str, Any]:
    """The link to a module."""
    reference = dg.LocalFileCodeReference(file_path=str(path), line_number=line, label=path.name)
    return {"dagster/code_references": dg.CodeReferencesMetadataValue(code_references=[reference])}


def description(table: Table) -> str:
    """The module's docstring, then the delivery, or inputs and SQL."""
    parts = [table.doc]
    if table.source:
        places = "\n".join(
            f"- {part.format_name} files in `{part.place}`" for part in table.source.parts
        )
        parts.append(f"**Delivered**\n\n{places}")
    if table.events:
        versions = ", ".join(str(version) for version in table.events.versions)
        parts.append(f"**Events** of type `{table.events.type}`, versions {versions}")
    if table.materialization != REPLACE:
        parts.append(f"**Kind**: {table.materialization.title}")
    if table.materialization.explanation:
        parts.append(table.materialization.explanation)
    if table.inputs:
        reads = "\n".join(f"- `{name}`: {window.name}" for name, window in table.inputs.items())
        parts.append(f"**Reads**\n\n{reads}")
    if table.sql:
        parts.append(f"```sql\n{dedent(table.sql).strip()}\n```")
    return "\n\n".join(parts)


def run_metadata(published: Published) -> dict[str, dg.MetadataValue]:
    """Metadata of one publish, the same for each of its partitions.

    Snapshot ids are text, as a browser's numbers are not exact. Names of what is measured for the
    whole run begin with `run_`.
    """
    seconds = {
        f"run_seconds_{phase}": dg.MetadataValue.float(round(value, 3))
        for phase, value in published.seconds.items()
    }
    metadata: dict[str, dg.MetadataValue] = {
        "snapshot_id": dg.MetadataValue.text(str(published.snapshot_id)),
        "publication_id": dg.MetadataValue.text(published.publication_id),
        "run_files": dg.MetadataValue.int(published.files),
        **seconds,
    }
    if published.met:
        metadata["published_meanwhile_by"] = dg.MetadataValue.text(", ".join(published.met))
    return metadata


def lineage_metadata(lineage: Lineage) -> dict[str, dg.MetadataValue]:
    """Column lineage, for the latest partition only: the UI shows the latest materialization's."""
    deps = {
        column: [dg.TableColumnDep(dg.AssetKey(name), source) for name, source in sources]
        for column, sources in lineage.items()
        if sources
    }
    if not deps:
        return {}
    return {
        "dagster/column_lineage": dg.MetadataValue.column_lineage(
            dg.TableColumnLineage(deps_by_column=deps)
        ),
        "lineage": dg.MetadataValue.md(lineage_table(lineage)),
    }


def partition_metadata(
    published: Published,
    day: date | None,
    rejected: Mapping[date | None, int],
    totals: Totals | None = None,
) -> dict[str, dg.MetadataValue]:
    """Numbers of one partition, which the UI plots over time; `totals` are those of its metrics."""
    metadata: dict[str, dg.MetadataValue] = {
        "rows": dg.MetadataValue.int(published.partitions[day]),
        "bytes": dg.MetadataValue.int(published.partition_bytes[day]),
    }
    if day is None:
        # The UI's row count of a table; for a partition it would only plot the rows twice.
        metadata["dagster/row_count"] = metadata["rows"]
    if day in rejected:
        metadata["rejected_rows"] = dg.MetadataValue.int(rejected[day])
    # Plots are of floats, without cents; figures are read from the table.
    plotted = {
        label: dg.MetadataValue.float(float(total)) for label, total in (totals or {}).items()
    }
    return metadata | plotted


def standing_metadata(
    standing: Standing, awaited: Awaited, closed: ClosedDay | None
) -> dict[str, dg.MetadataValue]:
    """Whether the day is provisional, final or closed; and what a run did with a closed one."""
    metadata: dict[str, dg.MetadataValue] = {"standing": dg.MetadataValue.text(str(standing))}
    if awaited and standing is Standing.PROVISIONAL:
        metadata["waits_for"] = dg.MetadataValue.text(str(awaited))
    if closed is not None:
        metadata["closed_day"] = dg.MetadataValue.text(str(closed))
    return metadata


def left_alone_metadata(left_alone: Sequence[LeftAlone], day: date) -> dict[str, dg.MetadataValue]:
    """The files beside a day's delivery that were not read; empty: none."""
    of_day = [other for other in left_alone if other.partition == day]
    if not of_day:
        return {}
    lines = [f"- `{other.path}`: {other.reason}" for other in of_day[:_OTHERS_SHOWN]]
    more = [f"- and {len(of_day) - _OTHERS_SHOWN:,} more"] if len(of_day) > _OTHERS_SHOWN else []
    return {
        "files_not_read": dg.MetadataValue.int(len(of_day)),
        "not_read": dg.MetadataValue.md("\n".join([*lines, *more])),
    }


def lineage_table(lineage: Lineage) -> str:
    """Column lineage as a Markdown table."""
    rows = [
        f"| {column} | {', '.join(f'{name}.{source}' for name, source in sources)} |"
        for column, sources in lineage.items()
    ]
    return "\n".join(["| column | made of |", "| --- | --- |", *rows])


def _column(column: ContractColumn) -> dg.TableColumn:
    other = [str(check) for check in column.checks]
    if column.role.references:
        other.append(f"key of {column.role.references}")
    return dg.TableColumn(
        name=column.spec.name,
        type=column.spec.type,
        description=column.spec.doc,
        constraints=dg.TableColumnConstraints(
            nullable=column.spec.nullable, unique=False, other=other
        ),
        tags={} if column.role.role == "value" else {column.role.role: ""},
    )
