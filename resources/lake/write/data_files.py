"""Staged Parquet files as Iceberg's data files: what they hold, by column, from their footers."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow.parquet
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import (
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_file_to_data_file,
    parquet_path_to_id_mapping,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table.metadata import TableMetadata

from resources.lake.storage.table_files import for_each_file


def data_files(io: FileIO, metadata: TableMetadata, locations: Sequence[str]) -> list[DataFile]:
    """Each file as a data file of the table, as pyiceberg's `parquet_file_to_data_file` makes it.

    What follows from the table alone is computed once, since a range of days has hundreds of files.
    The first file of each set of columns is left to pyiceberg, which checks that they are the
    table's.
    """
    if len(locations) == 1:
        return [parquet_file_to_data_file(io, metadata, locations[0])]
    schema = metadata.schema()
    plan = compute_statistics_plan(schema, metadata.properties)
    mapping = parquet_path_to_id_mapping(schema)
    checked: list[pyarrow.Schema] = []

    def read(location: str) -> DataFile:
        file = io.new_input(location)
        with file.open() as stream:
            footer = pyarrow.parquet.read_metadata(stream)
        columns = footer.schema.to_arrow_schema()
        if not any(columns.equals(each, check_metadata=True) for each in checked):
            found = parquet_file_to_data_file(io, metadata, location)
            checked.append(columns)
            return found
        statistics = data_file_statistics_from_parquet_metadata(
            parquet_metadata=footer, stats_columns=plan, parquet_column_mapping=mapping
        )
        return DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=location,
            file_format=FileFormat.PARQUET,
            partition=statistics.partition(metadata.spec(), schema),
            file_size_in_bytes=len(file),
            sort_order_id=None,
            spec_id=metadata.default_spec_id,
            equality_ids=None,
            key_metadata=None,
            **statistics.to_serialized_dict(),
        )

    return for_each_file(read, locations)
