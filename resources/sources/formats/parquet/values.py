"""From the types of Parquet to the contract's, in SQL: exactly, or NULL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow.parquet import ParquetFile

from resources.identifiers import quoted, text_literal
from resources.lake.model.table_spec import ColumnSpec
from resources.sources.conversion.rows import Reading
from resources.sources.conversion.text_types import TIMESTAMP_TYPE, TextTypes
from resources.sources.declaration.files_source import Spelling
from resources.sources.declaration.formats import Parquet
from resources.sources.declaration.numbers import number

# As a type of ours: the engine takes it for a local time.
INT96 = "INT96"

_LOCAL_TIMES = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
# Up to here each whole number is a value of the type of its own.
_FLOATS = {"FLOAT": 2**24, "DOUBLE": 2**53}
_SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_WHOLE = frozenset(f"{sign}{name}" for sign in ("", "U") for name in _SIGNED)
# How the engine spells a floating-point number: by the fewest digits that give it.
_SHORTEST = Spelling(numbers=number(exponent=True))


@dataclass(frozen=True)
class ParquetValues:
    """How values of Parquet files become the contract's."""

    types: TextTypes
    declared: Parquet

    def reading(self, column: ColumnSpec, given: str, kind: str) -> Reading | None:
        """How a column comes out of one of type `kind` (DuckDB's, or `INT96`); None: it cannot."""
        if kind == "VARCHAR":
            return Reading.of_text(column, given, self.types)
        if kind in _WHOLE and self._is_coded(column):
            return _by_text(column, given, self.types)
        if kind in _FLOATS and column.type.startswith("DECIMAL"):
            return _by_text(column, given, TextTypes(_SHORTEST, "UTC"))
        typed = self._typed(given, kind, column.type)
        if typed is None:
            return None
        shown = (
            f"{text_literal(column.name + ': ')} || left(CAST({given} AS VARCHAR), 100) || "
            f"{text_literal(f' does not fit {column.type} exactly')}"
        )
        return Reading(column, given, typed, shown, widens(kind, column.type))

    def _is_coded(self, column: ColumnSpec) -> bool:
        """Whether a whole number stands for another value: cents, or seconds since 1970."""
        declared = self.types.number(column.name, column.type)
        implied = declared is not None and declared.number.has_implied_decimals
        return implied or (
            column.type == TIMESTAMP_TYPE and column.name in self.types.spelling.epochs
        )

    def _typed(self, given: str, kind: str, wanted: str) -> str | None:
        """SQL of the value, NULL where it is not exact; None: there is no way."""
        if kind == wanted:
            return given
        if widens(kind, wanted):
            return f"CAST({given} AS {wanted})"
        if wanted == "VARCHAR":
            return _as_text(given, kind)
        if wanted == TIMESTAMP_TYPE:
            return self._instant(given, kind)
        if wanted == "DATE":
            midnight = f"CASE WHEN CAST({given} AS DATE) = {given} THEN CAST({given} AS DATE) END"
            local = kind in _LOCAL_TIMES or (kind == INT96 and self.declared.int96 == "local")
            return midnight if local else None
        return _number(given, kind, wanted)

    def _instant(self, given: str, kind: str) -> str | None:
        if kind == INT96 and self.declared.int96 == "utc":
            return f"timezone('UTC', {given})"
        if kind not in (*_LOCAL_TIMES, INT96, "DATE"):
            return None
        local = self.types.times.local_time(f"CAST({given} AS TIMESTAMP)")
        if kind != "TIMESTAMP_NS" or self.declared.nanoseconds == "cut":
            return local
        whole = f"CAST(CAST({given} AS TIMESTAMP) AS TIMESTAMP_NS) = {given}"
        return f"CASE WHEN {whole} THEN {local} END"


def widens(kind: str, wanted: str) -> bool:
    """Whether each value of one type of whole numbers is one of the other."""
    both = kind in _SIGNED and wanted in _SIGNED
    return both and _SIGNED.index(kind) <= _SIGNED.index(wanted)


def _by_text(column: ColumnSpec, given: str, types: TextTypes) -> Reading:
    text = quoted(f"spelled {column.name}")
    return Reading.of_text(column, text, types).after({text: f"CAST({given} AS VARCHAR)"})


def _as_text(given: str, kind: str) -> str | None:
    if kind == "BLOB":
        return None
    nested = kind.startswith(("STRUCT", "MAP")) or kind.endswith("]")
    return f"CAST({f'to_json({given})' if nested else given} AS VARCHAR)"


def _number(given: str, kind: str, wanted: str) -> str | None:
    if not (kind in _WHOLE or kind in _FLOATS or kind.startswith("DECIMAL")):
        return None
    if wanted in _FLOATS:
        return f"CAST({given} AS {wanted})"
    if wanted not in _WHOLE and not wanted.startswith("DECIMAL"):
        return None
    cast = f"TRY_CAST({given} AS {wanted})"
    same = f"TRY_CAST({cast} AS {kind}) = {given}"
    if kind in _FLOATS:
        same += f" AND abs({given}) < {_FLOATS[kind]}"
    return f"CASE WHEN {same} THEN {cast} END"


def has_parts_of_microseconds(path: Path, columns: Sequence[str]) -> bool:
    """Whether a value of the columns, INT96 or instants in nanoseconds, is no whole microsecond."""
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
