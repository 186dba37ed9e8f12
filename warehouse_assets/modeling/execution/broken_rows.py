"""How the rows that broke a check are shown: which columns tell, and a query for all of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from resources.identifiers import quoted, quoted_list
from resources.lake.model.table_spec import Rule, Severity
from resources.lake.write.staged_rows import date_literal

if TYPE_CHECKING:
    from warehouse_assets.modeling.declaration.table import Table

_COLUMNS = 5
_NAME = re.compile(r"\w+")


def telling_columns(table: Table, rule: Rule, row: Collection[str], one_day: bool) -> list[str]:
    """The columns that say which row it is and what is wrong with it, then some others.

    All that the rule's condition names are shown. Others only up to five in all: the UI does not
    scroll a wide table, it pushes the rest of the page out of sight.
    """
    where = [column.spec.name for column in table.columns if column.role.delivered]
    named = set(_NAME.findall(rule.expression)) | {rule.column}
    telling = dict.fromkeys(
        name
        for name in (*(table.key or where), *(name for name in row if name in named), *row)
        if name in row and not (one_day and name == table.partition_column)
    )
    wanted = [name for name in telling if name in table.key or name in named]
    others = [name for name in telling if name not in wanted]
    shown = {*wanted, *others[: max(0, _COLUMNS - len(wanted))]}
    return [name for name in telling if name in shown]


def query_for_all(table: Table, rules: Sequence[Rule], days: Sequence[date | None]) -> str | None:
    """What `ledgerlake sql` answers with every row that broke one of the rules on those days.

    None where the rows were not published, or the rules judge partitions and not rows.
    """
    judged = [rule for rule in rules if not rule.whole_partition]
    if not judged or any(rule.severity is Severity.ERROR for rule in judged):
        return None
    broken = " OR ".join(f"NOT ({rule.expression})" for rule in judged)
    columns = telling_columns(table, judged[0], _names(table), one_day=False)
    for rule in judged[1:]:
        columns += telling_columns(table, rule, _names(table), one_day=False)
    select = quoted_list(dict.fromkeys(columns))
    return f"SELECT {select} FROM {table.name} WHERE {_on(table, days)}({broken})"


def query_for_quarantine(table: Table, days: Sequence[date | None]) -> str | None:
    """What `ledgerlake sql` answers with every delivered row that did not parse on those days."""
    if table.quarantine is None:
        return None
    columns = [column.name for column in table.quarantine.columns]
    dates = [day for day in days if day is not None]
    where = f" WHERE dt IN ({', '.join(map(date_literal, dates))})" if dates else ""
    return f"SELECT {', '.join(map(quoted, columns))} FROM {table.quarantine.name}{where}"


def _names(table: Table) -> Mapping[str, None]:
    return dict.fromkeys(column.spec.name for column in table.columns)


def _on(table: Table, days: Sequence[date | None]) -> str:
    dates = [date_literal(day) for day in days if day is not None]
    if table.partition_column is None or not dates:
        return ""
    return f"{quoted(table.partition_column)} IN ({', '.join(dates)}) AND "
