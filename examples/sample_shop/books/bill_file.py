"""Writes a channel's bill: rows that DuckDB writes, encoded, between what stands around them."""

from __future__ import annotations

import codecs
import os
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

_BUFFER = 1 << 20


@contextmanager
def bill_pipe(target: Path, encoding: str, preamble: str, trailer: str) -> Generator[Path]:
    """Give a path to write UTF-8 rows to; they are in `target`, encoded, at the end.

    Raises:
        OSError: If `target` cannot be written.
    """
    read_end, write_end = os.pipe()
    with ThreadPoolExecutor(1) as pool:
        encoded = pool.submit(_encode, read_end, target, encoding, preamble, trailer)
        try:
            yield Path(f"/dev/fd/{write_end}")
        finally:
            os.close(write_end)
            # A full disk is told by the side that met it, not as the broken pipe it caused.
            encoded.result()


def _encode(read_end: int, target: Path, encoding: str, preamble: str, trailer: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with (
        os.fdopen(read_end, "rb") as source,
        target.open("w", encoding=encoding, newline="") as file,
    ):
        file.write(preamble)
        while chunk := source.read(_BUFFER):
            file.write(decoder.decode(chunk))
        file.write(trailer)
