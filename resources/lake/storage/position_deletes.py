"""Position deletes of Iceberg v2: a small file beside a data file names its deleted rows.

Each delete file of this lake is about one data file only, as its bounds say. Every reader of
Iceberg then knows without opening it which data file it belongs to, and it can be removed together
with that data file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from pyiceberg.conversions import to_bytes
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.types import LongType, StringType

from resources.identifiers import quoted, text_list

# Reserved by Iceberg's specification, as the columns' names are.
PATH_FIELD_ID = 2147483546
_POSITION_ID = 2147483545

DATA_PATH = "file_path"
POSITION = "pos"

_NAME_PREFIX = "position-deletes-"


@dataclass(frozen=True)
class DeleteFile:
    """Deleted rows of one data file: `rows` of them, none named twice."""

    path: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class WrittenDeletes:
    """A delete file that no snapshot refers to yet, and the data file it is about.

    `first` and `last` are the lowest and the highest position in it.
    """

    delete_file: DeleteFile
    data_file: DataFile
    first: int
    last: int


def delete_file_path(folder: str, number: int) -> str:
    """Where an attempt puts the delete file of that number."""
    return f"{folder}/{_NAME_PREFIX}{number}.parquet"


def is_own_delete_file(file: DataFile) -> bool:
    """Whether this lake wrote the delete file: of others it does not know what they refer to."""
    return (
        file.content == DataFileContent.POSITION_DELETES
        and PurePosixPath(file.file_path).name.startswith(_NAME_PREFIX)
        and data_path_of(file) is not None
    )


def data_path_of(file: DataFile) -> str | None:
    """The one data file whose rows the delete file names; None if there may be several."""
    lowest = (file.lower_bounds or {}).get(PATH_FIELD_ID)
    highest = (file.upper_bounds or {}).get(PATH_FIELD_ID)
    return lowest.decode() if lowest is not None and lowest == highest else None


def copy_options() -> str:
    """Options of the COPY that writes a delete file."""
    ids = f"{quoted(DATA_PATH)}: {PATH_FIELD_ID}, {quoted(POSITION)}: {_POSITION_ID}"
    return f"FORMAT parquet, COMPRESSION zstd, FIELD_IDS {{{ids}}}, RETURN_STATS"


def positions_relation(deletes: tuple[DeleteFile, ...]) -> str:
    """The delete files of one data file as a relation with the column `pos`."""
    return f"read_parquet({text_list(each.path for each in deletes)}, hive_partitioning = false)"


def as_iceberg_file(written: WrittenDeletes) -> DataFile:
    """The delete file as a manifest names it: in the partition of its data file."""
    path = to_bytes(StringType(), written.data_file.file_path)
    rows = written.delete_file.rows
    return DataFile.from_args(
        content=DataFileContent.POSITION_DELETES,
        file_path=written.delete_file.path,
        file_format=FileFormat.PARQUET,
        partition=written.data_file.partition,
        record_count=rows,
        file_size_in_bytes=written.delete_file.bytes,
        column_sizes={},
        value_counts={PATH_FIELD_ID: rows, _POSITION_ID: rows},
        null_value_counts={PATH_FIELD_ID: 0, _POSITION_ID: 0},
        nan_value_counts={},
        lower_bounds={PATH_FIELD_ID: path, _POSITION_ID: to_bytes(LongType(), written.first)},
        upper_bounds={PATH_FIELD_ID: path, _POSITION_ID: to_bytes(LongType(), written.last)},
        key_metadata=None,
        split_offsets=None,
        equality_ids=None,
        sort_order_id=None,
        spec_id=written.data_file.spec_id,
    )
