"""How many of a stream of 64-bit hashes were there before: counted by sorting, in bounded memory.

Sorting plain numbers takes a third of the time that an engine's hash table takes for them, and
eight bytes a number.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy
from numpy.typing import NDArray

Hashes = NDArray[numpy.uint64]


class RepeatedHashes:
    """Counts the hashes that were added before; remembers so many `examples` of them.

    `capacity` hashes are held at once, 8 bytes each.
    """

    def __init__(self, capacity: int, examples: int) -> None:
        self.count = 0
        self.examples: list[int] = []
        self._most_examples = examples
        self._held: Hashes = numpy.empty(capacity, dtype=numpy.uint64)
        self._size = 0

    def add_all(self, batches: Iterable[Hashes]) -> None:
        """Add every hash of the batches, then drop those held: the next ones are others."""
        for batch in batches:
            if self._size + len(batch) > len(self._held):
                self._drop_repeated(room=len(batch))
            self._held[self._size : self._size + len(batch)] = batch
            self._size += len(batch)
        self._drop_repeated()
        self._size = 0

    def _drop_repeated(self, room: int = 0) -> None:
        held = self._held[: self._size]
        held.sort()
        repeats = held[1:] == held[:-1]
        repeated = int(numpy.count_nonzero(repeats))
        if repeated:
            self.count += repeated
            wanted = self._most_examples - len(self.examples)
            self.examples += [int(each) for each in held[1:][repeats][:wanted]]
            kept = numpy.concatenate((held[:1], held[1:][~repeats]))
            self._size = len(kept)
            self._held[: self._size] = kept
        if self._size + room > len(self._held):
            # Hashes that are spread unevenly: more of them here than was reckoned with.
            grown = numpy.empty(2 * (self._size + room), dtype=numpy.uint64)
            grown[: self._size] = self._held[: self._size]
            self._held = grown
