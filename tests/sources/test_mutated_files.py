"""Damaged files of every format: no wrong row, none lost, no raw error, nothing stays behind.

A sample; `python -m tests.sources.mutated_files 10000` tries many.
"""

from __future__ import annotations

import pytest

from tests.sources.conftest import Landing
from tests.sources.mutated_files.judging import FileKind
from tests.sources.mutated_files.trial import KINDS, try_files


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damaged_files_give_right_rows_or_none(landing: Landing, kind: FileKind) -> None:
    outcome = try_files(landing, kind, range(20))
    assert outcome.wrong == []
    assert outcome.counts.total() >= 20 and outcome.counts["refused whole"] > 0
