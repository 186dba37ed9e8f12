"""What one source of the shop delivers: the folder it lands in, its format and its SQL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from examples.sample_shop.life.slices import LAST_AGE
from examples.sample_shop.shop_settings import ShopSettings

Ids = Callable[[ShopSettings, date], tuple[int, int]]
"""The first id and the one after the last that a day may deliver."""

Ages = tuple[int, int]

EVERY_AGE: Ages = (0, LAST_AGE)

Pipe = Callable[[DuckDBPyConnection, Path, date], AbstractContextManager[Path]]
"""Gives the path that DuckDB writes a file of the day to."""

Layout = Callable[[str], str]
"""SQL of a file's columns, given the SQL of rows with the names that the warehouse knows."""


@dataclass(frozen=True)
class FileFormat:
    """How files end, and the options with which DuckDB's COPY writes them."""

    suffix: str
    options: str


_TIMESTAMPS = "TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ'"
CSV = FileFormat("csv", f"FORMAT csv, HEADER, USE_TMP_FILE false, {_TIMESTAMPS}")
JSON = FileFormat("jsonl", f"FORMAT json, {_TIMESTAMPS}")
# Numbers that hardly repeat are delta-encoded rather than put into a dictionary that is given up
# again: a third less time, and smaller.
PARQUET = FileFormat(
    "parquet",
    "FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, "
    "DICTIONARY_SIZE_LIMIT 1000, WRITE_BLOOM_FILTER false",
)


@dataclass(frozen=True)
class Delivery:
    """One source of the shop, or a part of one.

    Args:
        source: Folder in the landing folder, as `<system>/<source>`.
        format: How its files end and are written.
        select: SQL of the rows. With `ids` it has the parameters `first` and `end`, a slice of
            ids; without, it reads the life of a slice of orders (examples/sample_shop/life),
            or everything that was collected.
        ages: How many days ago the orders were placed that it tells of, at least and at most.
        ids: What is cut into slices, where it is not the orders.
        is_closing: Whether it is written after all slices of orders, from what they collected.
        is_sharded: Whether the rows have a `shard_number`, and lie in the shards' folders.
        pipe: What a file goes through as it is written.
        prefix: How the names of its files begin; two deliveries of one source have two.
        layout: Makes the SQL of the rows that SQL of the columns as the file has them.
    """

    source: str
    format: FileFormat
    select: str
    ids: Ids | None = None
    ages: Ages = EVERY_AGE
    is_closing: bool = False
    is_sharded: bool = False
    pipe: Pipe = lambda _cursor, path, _day: nullcontext(path)
    prefix: str = "part"
    layout: Layout = lambda select: select


@dataclass(frozen=True)
class Collection:
    """Rows that slices of orders leave for the closing deliveries of the day.

    `name` is the relation that holds the rows of all slices, once they are through.
    """

    name: str
    select: str
    ages: Ages = EVERY_AGE
