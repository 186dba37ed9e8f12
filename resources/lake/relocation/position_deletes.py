"""Files of position deletes, written anew: in every row they name a data file by its location."""

from __future__ import annotations

from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.io import FileIO
from pyiceberg.manifest import DataFile

from resources.lake.pyiceberg_internals import copy_of
from resources.lake.relocation.paths import Move
from resources.lake.storage.position_deletes import DATA_PATH, PATH_FIELD_ID

# Places in a manifest's entry of a file: https://iceberg.apache.org/spec/#manifests
_FILE_PATH, _FILE_SIZE, _LOWER, _UPPER = 1, 5, 10, 11


def with_path(file: DataFile, path: str) -> DataFile:
    """The file at another location."""
    moved = copy_of(file)
    moved[_FILE_PATH] = path
    return moved


def relocated_deletes(file: DataFile, move: Move, target: str, io: FileIO) -> DataFile:
    """Write the delete file to `target` with the locations of today; the file as it is then."""
    with io.new_input(move.of(file.file_path)).open() as source:
        # The library's file is no IOBase, and the reader takes it all the same.
        deletes = pq.read_table(cast(Any, source))
    column = deletes.schema.get_field_index(DATA_PATH)
    # A column of few paths, each many times.
    encoded = deletes.column(column).combine_chunks().dictionary_encode()
    paths = [move.of(path) for path in encoded.dictionary.to_pylist()]
    named = pa.DictionaryArray.from_arrays(encoded.indices, pa.array(paths, pa.string()))
    field = deletes.schema.field(column).with_type(pa.string())
    deletes = deletes.set_column(column, field, named.cast(pa.string()))
    with io.new_output(target).create(overwrite=True) as sink:
        pq.write_table(deletes, cast(Any, sink), compression="zstd")
    moved = with_path(file, target)
    moved[_FILE_SIZE] = len(io.new_input(target))
    for bounds, bound in ((_LOWER, min(paths)), (_UPPER, max(paths))):
        moved[bounds] = {**(moved[bounds] or {}), PATH_FIELD_ID: bound.encode()}
    return moved
