"""Counting repeated hashes: right for any batches, with any room to hold them."""

from __future__ import annotations

from collections import Counter

import numpy
from hypothesis import given, strategies as st

from resources.lake.audit.repeated_hashes import RepeatedHashes

HASHES = st.integers(0, 6) | st.sampled_from([2**64 - 1, 2**63])
PASS = st.lists(st.lists(HASHES, max_size=6), max_size=5)


@given(passes=st.lists(PASS, max_size=3), capacity=st.integers(1, 8))
def test_what_was_there_before_is_counted_within_each_pass(
    passes: list[list[list[int]]], capacity: int
) -> None:
    found = RepeatedHashes(capacity, examples=3)
    expected = 0
    repeated: set[int] = set()
    for batches in passes:
        found.add_all(numpy.array(batch, dtype=numpy.uint64) for batch in batches)
        copies = Counter(value for batch in batches for value in batch)
        expected += sum(copies.values()) - len(copies)
        repeated |= {value for value, number in copies.items() if number > 1}
    assert found.count == expected
    assert set(found.examples) <= repeated
    assert len(found.examples) == min(expected, 3)
