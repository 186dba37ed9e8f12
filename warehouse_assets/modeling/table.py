"""A table: contract, inputs, SQL, freshness, owner. One module holds exactly one."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from resources.lake.table_spec import TableSpec
from warehouse_assets.modeling import functions
from warehouse_assets.modeling.contract import Contract, ContractColumn, contract_columns
from warehouse_assets.modeling.freshness import Deadline
from warehouse_assets.modeling.load_errors import LoadError, line_of, load_error
from warehouse_assets.modeling.row_checks import RowCheck
from warehouse_assets.modeling.rules import table_rules
from warehouse_assets.modeling.windows import ReadWindow

if TYPE_CHECKING:
    from pyarrow import RecordBatchReader

    from resources.settings import Settings
    from resources.sources.files import FilesSource

Rows = Callable[["Settings"], "RecordBatchReader"]


@dataclass(frozen=True)
class Table:
    """One table of the warehouse, as its module declares it. Made by `table()`."""

    name: str
    layer: str
    path: Path
    doc: str
    contract: type[Contract]
    owner: str
    reads: Mapping[str, ReadWindow] = field(default_factory=dict[str, ReadWindow])
    sql: str | None = None
    source: FilesSource | None = None
    rows: Rows | None = None
    freshness: Deadline | None = None
    checks: tuple[RowCheck, ...] = ()
    sort_by: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[ContractColumn, ...]:
        """The contract's columns in order.

        Raises:
            LoadError: If a column lacks a meaning or has no type of the warehouse.
        """
        try:
            return contract_columns(self.contract)
        except (TypeError, ValueError) as error:
            place = line_of(self.path, f"class {self.contract.__name__}")
            raise load_error(self.name, self.path, place, str(error)) from error

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns; the partition column is not among them."""
        return tuple(column.spec.name for column in self.columns if column.role.role == "key")

    @cached_property
    def partition_column(self) -> str | None:
        """Name of the partition column; None for a table that is replaced whole."""
        names = [c.spec.name for c in self.columns if c.role.role == "partition"]
        if len(names) > 1:
            raise self.error(f"has {len(names)} partition columns: {', '.join(names)}")
        return names[0] if names else None

    @cached_property
    def spec(self) -> TableSpec:
        """The table as the lake sees it, rules included."""
        return TableSpec(
            namespace=self.layer,
            name=self.name,
            doc=self.doc,
            columns=tuple(column.spec for column in self.columns),
            partition_column=self.partition_column,
            key=self.key,
            sort_by=self.sort_by,
            rules=table_rules(self.columns, self.checks),
            dropped=self.dropped,
        )

    @cached_property
    def code_version(self) -> str:
        """Changes when the SQL, the contract, the inputs, the checks or the source change."""
        facts = (
            functions.VERSION,
            " ".join((self.sql or "").split()),
            [(c.spec, c.role, [repr(check) for check in c.checks]) for c in self.columns],
            [(name, window.name) for name, window in self.reads.items()],
            (self.checks, self.sort_by, self.dropped, self.source),
            self.path.read_text(encoding="utf-8") if self.rows else None,
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]

    def error(self, message: str, text: str | None = None, step: str | None = None) -> LoadError:
        """An error about this module; `text` is something on the line at fault."""
        line = line_of(self.path, text) if text else None
        return load_error(self.name, self.path, line, message, step)


def table(
    contract: type[Contract],
    *,
    owner: str,
    reads: Mapping[str, ReadWindow] | None = None,
    sql: str | None = None,
    source: FilesSource | None = None,
    rows: Rows | None = None,
    freshness: Deadline | None = None,
    checks: Sequence[RowCheck] = (),
    sort_by: Sequence[str] = (),
    dropped: Sequence[str] = (),
) -> Table:
    """Declare the table of the calling module: its file name is the table's name everywhere.

    Args:
        contract: The table's columns.
        owner: A team ("team:finance") or an e-mail address, shown in the UI.
        reads: Each input and the window of its partitions that a run may see.
        sql: One SELECT in the portable subset; `:start` and `:end` are the window's dates.
        source: What delivers the rows, in place of SQL (ODS tables).
        rows: A function that streams the rows, where SQL is the wrong tool.
        freshness: By when yesterday's partition is there.
        checks: Conditions over several columns of a row.
        sort_by: Columns by which files are sorted, for readers that filter by them.
        dropped: Columns the table once had and shall lose.
    """
    module = sys._getframe(1).f_globals  # pyright: ignore[reportPrivateUsage]
    layer, name = module["__name__"].split(".")[-2:]
    return Table(
        name=name,
        layer=layer,
        path=Path(module["__file__"]),
        doc=(module["__doc__"] or "").strip(),
        contract=contract,
        owner=owner,
        reads=dict(reads or {}),
        sql=sql,
        source=source,
        rows=rows,
        freshness=freshness,
        checks=tuple(checks),
        sort_by=tuple(sort_by),
        dropped=tuple(dropped),
    )
