"""The content of a delivered file as one short text: what says whether it is the same."""

from __future__ import annotations

import codecs
import gzip
import hashlib
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from resources.sources.landing.regular_files import open_regular

ALGORITHM = "sha256"
"""What senders state too, so that one reading serves both."""

_CHUNK = 1024 * 1024


def content_digest(path: Path, algorithm: str = ALGORITHM) -> str:
    """`<algorithm>:<hex digits>` of the file's bytes, read in streams.

    Raises:
        InputMissing: If the file is gone.
        SourceError: If it cannot be read.
    """
    with open_regular(path) as file:
        return f"{algorithm}:{hashlib.file_digest(file, algorithm).hexdigest()}"


def rows_digest(path: Path, packed: str, *, is_text: bool) -> str:
    """The digest of what a file says, however it is packed and its lines end.

    Args:
        path: The file.
        packed: The digest of its bytes, if it is known; "": it is not.
        is_text: Whether carriage returns and a byte order mark before the first line say nothing.
    """
    is_packed = path.suffix.lower() == ".gz"
    if not is_packed and not is_text:
        return packed or content_digest(path)
    digest = hashlib.new(ALGORITHM)
    is_first = True
    with open_regular(path) as file, gzip.open(file) if is_packed else file as read:
        while chunk := read.read(_CHUNK):
            if is_text:
                said = chunk.removeprefix(codecs.BOM_UTF8) if is_first else chunk
                chunk = said.replace(b"\r", b"")
                is_first = False
            digest.update(chunk)
    return f"{ALGORITHM}:{digest.hexdigest()}"


@contextmanager
def digests_meanwhile(paths: Sequence[Path]) -> Generator[Callable[[], list[str]]]:
    """Read the files for their digests while the block runs; gives what waits for them.

    Where the block fails, what is not begun is left out.
    """
    with ThreadPoolExecutor(1, "digests") as pool:
        begun = [pool.submit(content_digest, path) for path in paths]
        try:
            yield lambda: [each.result() for each in begun]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
