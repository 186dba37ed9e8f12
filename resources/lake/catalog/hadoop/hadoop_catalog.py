"""A catalog that is nothing but folders and files, laid out as Iceberg's own HadoopCatalog does.

A commit is the creation of the next version of a table's metadata, which only one can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NamespaceNotEmptyError,
    NoSuchNamespaceError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER, SortOrder
from pyiceberg.table.update import TableRequirement, TableUpdate, update_table_metadata
from pyiceberg.typedef import EMPTY_DICT, Identifier, Properties

from resources.errors import SettingsError
from resources.lake.catalog.hadoop.file_catalog import FileCatalog
from resources.lake.catalog.hadoop.version_files import (
    create_version,
    current_version,
    delete_versions,
    version_file,
    version_of,
)
from resources.lake.catalog.metadata_times import in_order
from resources.lake.storage.table_files import is_local
from resources.settings import Settings
from resources.shared_files import make_shared_folder, share


class HadoopCatalog(FileCatalog):
    """Tables in folders `<warehouse>/<namespace>/<table>` of a file system that can link files.

    Its properties name the `warehouse`, and how files are reached.
    """

    def load_table(self, identifier: str | Identifier) -> Table:
        """The table with its current metadata.

        Raises:
            NoSuchTableError: If there is none.
        """
        version = current_version(self._folder(identifier))
        if version is None:
            raise NoSuchTableError(f"Table does not exist: {identifier}")
        location = self._metadata_location(identifier, version)
        file = self._load_file_io(location=location).new_input(location)
        metadata = FromInputFile.table_metadata(file)
        return Table(
            identifier=self.identifier_to_tuple(identifier),
            metadata=metadata,
            metadata_location=location,
            io=self._load_file_io(metadata.properties, location),
            catalog=self,
        )

    def create_table(
        self,
        identifier: str | Identifier,
        schema: Schema,
        location: str | None = None,
        partition_spec: PartitionSpec = UNPARTITIONED_PARTITION_SPEC,
        sort_order: SortOrder = UNSORTED_SORT_ORDER,
        properties: Properties = EMPTY_DICT,
    ) -> Table:
        """Make a table; its location follows from its name.

        Raises:
            TableAlreadyExistsError: If there is a table of that name.
            ValueError: If another location is asked for.
        """
        own = self._location(identifier)
        if location is not None and location.rstrip("/") != own:
            raise ValueError(f"In this catalog {identifier} can only be at {own}, not {location}")
        metadata = new_table_metadata(
            location=own,
            schema=schema,
            partition_spec=partition_spec,
            sort_order=sort_order,
            properties=properties,
        )
        folder = self._folder(identifier)
        if current_version(folder) is not None or not create_version(
            folder, 1, metadata.model_dump_json()
        ):
            raise TableAlreadyExistsError(f"Table {identifier} already exists")
        return self.load_table(identifier)

    def commit_table(
        self,
        table: Table,
        requirements: tuple[TableRequirement, ...],
        updates: tuple[TableUpdate, ...],
    ) -> CommitTableResponse:
        """Create the next version of the metadata, unless somebody else just has.

        Raises:
            CommitFailedException: If somebody has; nothing was committed.
        """
        current = self.load_table(table.name())
        for requirement in requirements:
            requirement.validate(current.metadata)
        metadata = update_table_metadata(
            current.metadata, updates, metadata_location=current.metadata_location
        )
        metadata = in_order(metadata) if metadata != current.metadata else metadata
        location = current.metadata_location
        if metadata != current.metadata:
            version = version_of(location) + 1
            folder = self._folder(table.name())
            if not create_version(folder, version, metadata.model_dump_json()):
                raise CommitFailedException(f"Somebody made version {version} of {table.name()}")
            location = self._metadata_location(table.name(), version)
        return CommitTableResponse.model_validate(
            {"metadata": metadata, "metadata-location": location}
        )

    def put_next_version(self, identifier: str | Identifier, metadata: TableMetadata) -> None:
        """Make the metadata the table's next version, unless somebody else just made one.

        Raises:
            CommitFailedException: If somebody has.
        """
        version = (current_version(self._folder(identifier)) or 0) + 1
        if not create_version(self._folder(identifier), version, metadata.model_dump_json()):
            raise CommitFailedException(f"Somebody made version {version} of {identifier}")

    def drop_table(self, identifier: str | Identifier) -> None:
        """Take the table out of the catalog; its other files stay.

        Raises:
            NoSuchTableError: If there is none.
        """
        folder = self._folder(identifier)
        if current_version(folder) is None:
            raise NoSuchTableError(f"Table does not exist: {identifier}")
        delete_versions(folder)

    def list_tables(self, namespace: str | Identifier) -> list[Identifier]:
        """Names of the tables in the namespace."""
        path = self.identifier_to_tuple(namespace)
        folder = self._existing(namespace)
        return [
            (*path, each.name)
            for each in sorted(folder.iterdir())
            if each.is_dir() and current_version(each) is not None
        ]

    def create_namespace(
        self, namespace: str | Identifier, properties: Properties = EMPTY_DICT
    ) -> None:
        """Make the namespace's folder.

        Raises:
            NamespaceAlreadyExistsError: If it is there.
        """
        if properties:
            raise NotImplementedError("A catalog of files knows no properties of namespaces")
        folder = self._folder(namespace)
        make_shared_folder(folder.parent)
        try:
            folder.mkdir()
        except FileExistsError:
            raise NamespaceAlreadyExistsError(f"Namespace {namespace} already exists") from None
        share(folder)

    def drop_namespace(self, namespace: str | Identifier) -> None:
        """Delete the namespace's folder.

        Raises:
            NamespaceNotEmptyError: If something is in it.
        """
        try:
            self._existing(namespace).rmdir()
        except OSError as error:
            raise NamespaceNotEmptyError(f"Namespace {namespace} is not empty") from error

    def list_namespaces(self, namespace: str | Identifier = ()) -> list[Identifier]:
        """Names of the namespaces one level below."""
        path = self.identifier_to_tuple(namespace) if namespace else ()
        folder = self._folder(path)
        with suppress(FileNotFoundError):
            return [
                (*path, each.name)
                for each in sorted(folder.iterdir())
                if each.is_dir() and not (each / "metadata").is_dir()
            ]
        return []

    def load_namespace_properties(self, namespace: str | Identifier) -> Properties:
        """None but its location.

        Raises:
            NoSuchNamespaceError: If there is no such namespace.
        """
        self._existing(namespace)
        return {"location": self._location(namespace)}

    def _existing(self, namespace: str | Identifier) -> Path:
        folder = self._folder(namespace)
        if not folder.is_dir():
            raise NoSuchNamespaceError(f"Namespace does not exist: {namespace}")
        return folder

    def _location(self, identifier: str | Identifier) -> str:
        parts = self.identifier_to_tuple(identifier) if identifier else ()
        if any("/" in part or part in ("", ".", "..") for part in parts):
            raise ValueError(f"{identifier} cannot be the name of a folder")
        return "/".join([self.properties["warehouse"].rstrip("/"), *parts])

    def _folder(self, identifier: str | Identifier) -> Path:
        location = self._location(identifier)
        address = urlsplit(location)
        return Path(unquote(address.path) if address.scheme else location)

    def _metadata_location(self, identifier: str | Identifier, version: int) -> str:
        return f"{self._location(identifier)}/metadata/{version_file(version)}"


def open_hadoop_catalog(settings: Settings, properties: Mapping[str, str]) -> HadoopCatalog:
    """The catalog in the folders of the warehouse.

    Raises:
        SettingsError: If the warehouse is where two writers could make the same version.
    """
    if not is_local(settings.warehouse_location):
        raise SettingsError(
            "The catalog's kind is hadoop, but the warehouse is an object store "
            f"({settings.warehouse_location}): there a writer overwrites another's commit, since "
            "no file is created only if it is not there",
            "Keep the catalog in PostgreSQL (LEDGERLAKE_CATALOG_KIND=sql), or in a REST service.",
        )
    return HadoopCatalog(settings.catalog_name, **properties)
