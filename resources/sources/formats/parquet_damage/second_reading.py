"""A second reading of small Parquet files: inside a page, each reader notices other damage.

It takes a fraction of a millisecond for a file of a few kilobytes, and would take a third of the
time of a load for large ones, which are not read twice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from resources.sources.formats.parquet_damage.footer import DamagedParquet

SMALL_BYTES = 256 << 10


def check_values(path: Path) -> bool:
    """Check that a small file's pages can be read by pyarrow, and are as their statistics say.

    Call it behind `check_pages`: some damage to the footer stops pyarrow's process.

    Returns:
        Whether the file is small.

    Raises:
        DamagedParquet: Says what is wrong.
    """
    if path.stat().st_size > SMALL_BYTES:
        return False
    try:
        with ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                _check_group(file, number)
    except pa.ArrowNotImplementedError:
        # No damage, as far as is known: the engine reads more encodings and types.
        return False
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DamagedParquet(str(error).strip()) from error
    return True


def _check_group(file: ParquetFile, number: int) -> None:
    table = file.read_row_group(number, use_threads=False)
    group = file.metadata.row_group(number)
    for at in range(group.num_columns):
        chunk = group.column(at)
        # Of nested columns, and of two of one name, the footer's figures are not a column's.
        if table.column_names.count(chunk.path_in_schema) != 1 or chunk.statistics is None:
            continue
        values = table[chunk.path_in_schema]
        told = chunk.statistics
        if told.has_null_count and told.null_count != values.null_count:
            raise DamagedParquet(
                f"column {chunk.path_in_schema!r}, row group {number}: {values.null_count:,} "
                f"NULLs, the footer says {told.null_count:,}"
            )
        if told.has_min_max and _are_outside(values, told):
            raise DamagedParquet(
                f"column {chunk.path_in_schema!r}, row group {number}: values outside of "
                "what the footer says"
            )


def _are_outside(values: pa.ChunkedArray, told: Any) -> bool:
    """Whether a value is less than the least, or greater than the greatest, of the statistics."""
    if pa.types.is_decimal(values.type):
        edges = pc.call_function("min_max", [values]).as_py()
        return edges["min"] is not None and not (
            told.min <= edges["min"] <= edges["max"] <= told.max
        )
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    elif pa.types.is_timestamp(values.type) and told.physical_type == "INT64":
        values = values.cast(pa.int64())
    elif not pa.types.is_signed_integer(values.type):
        return False
    numbers = np.asarray(values.drop_null())
    return len(numbers) > 0 and not (
        told.min_raw <= int(numbers.min()) <= int(numbers.max()) <= told.max_raw
    )
