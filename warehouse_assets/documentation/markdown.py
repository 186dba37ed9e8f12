"""Markdown that the pages share: tables, Mermaid, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WRITTEN = "Written by `make docs` from the tables' modules; do not edit."


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; `|` and line breaks inside a cell are kept from ending it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def mermaid(kind: str, lines: Iterable[str]) -> str:
    """A Mermaid diagram, which GitHub and most viewers of Markdown draw."""
    return "\n".join(["```mermaid", kind, *(f"  {line}" for line in lines), "```"])


def table_link(name: str, folder: str = "") -> str:
    """A link to a table's page, which is in `folder` as seen from the page with the link."""
    return f"[{name}]({folder}{name}.md)"


def _cell(cell: object) -> str:
    return str(cell).replace("|", "\\|").replace("\n", " ")
