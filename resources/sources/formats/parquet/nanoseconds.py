"""Parts of a microsecond in timestamps of Parquet, which the engine would cut off in silence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow.parquet import ParquetFile


def has_parts_of_microseconds(path: Path, columns: Sequence[str]) -> bool:
    """Whether a value of the columns, timestamps of nanoseconds, is no whole microsecond.

    Args:
        path: The file.
        columns: Columns of INT96, or of instants in nanoseconds.
    """
    # Years that do not fit into 64 bits of nanoseconds come out wrong there, and differ.
    fine = ParquetFile(path)
    coarse = ParquetFile(path, coerce_int96_timestamp_unit="us")
    with fine, coarse:
        batches = zip(
            fine.iter_batches(columns=list(columns)),
            coarse.iter_batches(columns=list(columns)),
            strict=True,
        )
        return any(
            _differs(one, other)
            for nanoseconds, microseconds in batches
            for one, other in zip(nanoseconds.columns, microseconds.columns, strict=True)
        )


def _differs(nanoseconds: pa.Array, microseconds: pa.Array) -> bool:
    fine, coarse = _numbers(nanoseconds), _numbers(microseconds)
    if microseconds.type.unit != "us":
        coarse = coarse // 1000
    with np.errstate(over="ignore"):
        rest = fine - coarse * 1000
    return bool(((rest != 0) & (abs(rest) < 1000)).any())


def _numbers(times: pa.Array) -> npt.NDArray[np.int64]:
    return np.asarray(times.cast(pa.int64()).fill_null(0))
