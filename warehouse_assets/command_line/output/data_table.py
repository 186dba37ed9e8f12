"""The look that all tables on the screen share."""

from __future__ import annotations

from rich import box
from rich.table import Table


def data_table(title: str | None = None) -> Table:
    """An empty table."""
    return Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
