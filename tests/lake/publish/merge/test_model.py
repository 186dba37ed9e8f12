"""Any sequence of merges leaves exactly what a dictionary by key would hold, for every reader."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from resources.lake.lake import Lake
from resources.lake.publish.merge import Merge
from tests.lake.builders import read
from tests.lake.places import Place
from tests.lake.publish.merge.builders import (
    LINES,
    WIDER_LINES,
    Key,
    delete_files_in_snapshot,
    in_order,
    merge,
    merge_of,
    read_by_pyiceberg,
)

KEYS = st.tuples(st.sampled_from(["A", "B", "it's"]), st.integers(-1, 3))
ROWS = st.dictionaries(
    KEYS,
    st.tuples(
        st.none() | st.decimals("0", "9999999999999999.99", places=2),
        st.none() | st.sampled_from(["", "n/a", "两件"]),
    ),
    max_size=6,
)
# What comes in, the keys that go out besides, and whether the contract has its new column.
Step = tuple[dict[Key, tuple[Decimal | None, str | None]], set[Key], bool]
MERGES = st.lists(st.tuples(ROWS, st.sets(KEYS, max_size=4), st.booleans()), min_size=1, max_size=7)


@pytest.fixture
def rewriting_early(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds so low that files are rewritten and delete files combined within a few merges."""
    monkeypatch.setattr("resources.lake.maintenance.compaction._MOST_SMALL_FILES", 3)
    monkeypatch.setattr("resources.lake.maintenance.compaction.MOST_DELETED_IN_MAINTENANCE", 0.0)
    monkeypatch.setattr("resources.lake.write.position_delete_writer._MOST_DELETE_FILES", 1)


def a_merge(rows: dict[Key, tuple[Decimal | None, str | None]], out: set[Key], wide: bool) -> Merge:
    """The rows come in; their keys and those of `out` go out."""
    change = merge_of([(*key, *rest) for key, rest in rows.items()], {*rows, *out})
    if not wide:
        return change
    return Merge(
        f"SELECT *, 'Köln' AS city FROM ({change.rows_sql})", change.touched_sql, LINES.key
    )


@pytest.mark.parametrize(("where", "examples"), [("sqlite", 10), ("postgres", 3), ("s3", 2)])
@pytest.mark.usefixtures("rewriting_early")
def test_the_table_holds_what_a_dictionary_would(
    new_place: Callable[[str], Place], where: str, examples: int
):
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(MERGES)
    def check(sequence: list[Step]) -> None:
        check_merges(new_place(where).here, sequence)

    check()


def check_merges(lake: Lake, sequence: list[Step]) -> None:
    """Merge the sequence into an empty lake, and compare with a dictionary by key."""
    model: dict[Key, tuple[object, ...]] = {}
    expected: list[tuple[object, ...]] = []
    spec = LINES
    for rows, out, widens in sequence:
        spec = WIDER_LINES if widens else spec
        wide = spec is WIDER_LINES
        gone = {*rows, *out} & model.keys()
        published = merge(lake, a_merge(rows, out, wide), spec=spec)
        model = {key: row for key, row in model.items() if key not in gone}
        model |= {
            key: (amount, "Köln" if wide else None, note) for key, (amount, note) in rows.items()
        }

        assert published.partitions == {None: len(model)}
        assert (published.rows, published.rows_removed) == (len(rows), len(gone))
        expected = in_order(
            (*key, amount, *([city] if wide else []), note)
            for key, (amount, city, note) in model.items()
        )
        assert read(lake, spec) == expected
        assert read_by_pyiceberg(lake, spec) == expected
    lake.maintain(spec)
    assert read(lake, spec) == expected
    assert delete_files_in_snapshot(lake) == set()
