"""What a catalog of files has no place for: views, properties of namespaces, other locations."""

# What is refused is refused whatever the arguments.
# ruff: noqa: ARG002

from __future__ import annotations

from typing import NoReturn

from pyiceberg.catalog import MetastoreCatalog, PropertiesUpdateSummary
from pyiceberg.schema import Schema
from pyiceberg.table import Table
from pyiceberg.typedef import EMPTY_DICT, Identifier, Properties
from pyiceberg.view import View
from pyiceberg.view.metadata import ViewVersion


class FileCatalog(MetastoreCatalog):
    """Refuses what needs more than files. The base of HadoopCatalog."""

    def register_table(
        self, identifier: str | Identifier, metadata_location: str, overwrite: bool = False
    ) -> Table:
        """Refused: a table's location follows from its name."""
        _refuse("other locations than a table's own")

    def rename_table(
        self, from_identifier: str | Identifier, to_identifier: str | Identifier
    ) -> Table:
        """Refused: metadata names its files by their whole path."""
        _refuse("renaming")

    def update_namespace_properties(
        self,
        namespace: str | Identifier,
        removals: set[str] | None = None,
        updates: Properties = EMPTY_DICT,
    ) -> PropertiesUpdateSummary:
        """Refused: a namespace is a folder."""
        _refuse("properties of namespaces")

    def create_view(
        self,
        identifier: str | Identifier,
        schema: Schema,
        view_version: ViewVersion,
        location: str | None = None,
        properties: Properties = EMPTY_DICT,
    ) -> View:
        """Refused."""
        _refuse("views")

    def register_view(self, identifier: str | Identifier, metadata_location: str) -> View:
        """Refused."""
        _refuse("views")

    def load_view(self, identifier: str | Identifier) -> View:
        """Refused."""
        _refuse("views")

    def drop_view(self, identifier: str | Identifier) -> None:
        """Refused."""
        _refuse("views")

    def list_views(self, namespace: str | Identifier) -> list[Identifier]:
        """There are none."""
        return []

    def view_exists(self, identifier: str | Identifier) -> bool:
        """There are none."""
        return False


def _refuse(what: str) -> NoReturn:
    raise NotImplementedError(f"A catalog of files knows no {what}")
