"""What is too wide, too long or too well packed is refused at once, by declared bounds."""

from __future__ import annotations

import gzip
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from resources.duckdb.engine import duckdb_session
from resources.errors import EngineError, SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.landing import limits
from tests.sources.conftest import DAY, FOLDER, Landing, values

COLUMNS = {"a0": "VARCHAR?"}


def csv(**arguments: Any) -> Any:
    return files(FOLDER, format="csv", **arguments)


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_million_columns_are_refused_at_once(landing: Landing, quote: str) -> None:
    names = [f"{quote}a{number}{quote}" for number in range(1_000_000)]
    landing.deliver("a.csv", ",".join(names) + "\n" + "," * 999_999 + "\n")
    begun = time.process_time()
    with pytest.raises(SourceError, match=r"a\.csv has 1,000,000 columns; .* allows 4,096"):
        landing.load(csv(), COLUMNS)
    assert time.process_time() - begun < 5


def test_declared_bounds_count_for_every_format(landing: Landing) -> None:
    landing.deliver("a.csv", "a0,a1,a2\n1,2,3\n")
    with pytest.raises(SourceError, match=r"limits\(columns=3\)"):
        landing.load(csv(limits=limits(columns=2)), COLUMNS)
    with landing.load(csv(limits=limits(columns=3)), COLUMNS) as loaded:
        assert loaded.rows == {DAY: 1}
    landing.deliver("a.parquet", "")
    pq.write_table(pa.table({f"a{n}": ["x"] for n in range(3)}), landing.folder() / "a.parquet")
    source = files(FOLDER, format="parquet", limits=limits(columns=2))
    with pytest.raises(SourceError, match=r"a\.parquet has 3 columns"):
        landing.load(source, COLUMNS)


def test_lines_and_files_have_bounds(landing: Landing) -> None:
    landing.deliver("a.csv", "a0\n" + "x" * 2_000_000 + "\n")
    with pytest.raises(SourceError, match=r"a\.csv has a line of more than 1,000 bytes"):
        landing.load(csv(limits=limits(line_bytes=1_000)), COLUMNS)
    for number in range(5):
        landing.deliver(f"{number}.csv", f"a0\n{number}\n")
    with pytest.raises(SourceError, match=r"holds 6 files; the source allows 5"):
        landing.load(csv(limits=limits(files=5)), COLUMNS)


def test_a_gzip_bomb_is_refused_before_it_fills_the_disk(landing: Landing) -> None:
    bomb = gzip.compress(b"a0\n" + b"0\n" * 40_000_000, 6)
    landing.deliver("a.csv.gz", bomb)
    begun = time.process_time()
    with pytest.raises(SourceError, match=r"a\.csv\.gz unpacks to more than 250 times its size"):
        landing.load(csv(), COLUMNS)
    assert time.process_time() - begun < 10
    landing.deliver("a.csv.gz", gzip.compress(b"a0\n" + b"0\n" * 5_000))
    with pytest.raises(SourceError, match=r"unpacks to more than 1,000 bytes"):
        landing.load(csv(limits=limits(unpacked_bytes=1_000)), COLUMNS)


def test_a_bound_below_one_is_refused() -> None:
    with pytest.raises(SettingsError, match="columns is 0"):
        limits(columns=0)


def test_columns_that_do_not_fit_into_memory_are_named_as_the_cause(landing: Landing) -> None:
    names = [f"a{number}" for number in range(800)]
    landing.deliver("a.csv", ",".join(names) + "\n" + ",".join("1" * 800) + "\n")
    small = landing.settings.model_copy(update={"memory": "64MiB"})
    with duckdb_session(small) as connection:
        narrow = Landing(small, connection)
        with pytest.raises(EngineError, match=r"its 800 columns need .*\n.*MEMORY=656MiB"):
            narrow.load(csv(), dict.fromkeys(names, "DECIMAL(18,2)"))


@pytest.mark.parametrize("few", [8, 10_000])
def test_many_small_files_are_few_files_of_rows(
    landing: Landing, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resources.sources.loading.loaded_part._FEW", few)
    monkeypatch.setattr(
        "resources.sources.loading.loaded_part._TOGETHER", 10 if few == 8 else 1_000
    )
    source = csv(pattern="part-{part}.csv", tolerance="0.5")
    columns = {"n": "BIGINT", "part": "BIGINT"}
    expected: list[tuple[int, int, int]] = []
    for part in range(35):
        rows = [str(part * 10 + line) if line != 2 else "none" for line in range(part % 4)]
        landing.deliver(f"part-{part:02d}.csv", "\n".join(["n", *rows, "", ""]))
        expected += [(part * 10 + line, part, line + 2) for line in range(part % 4) if line != 2]
    with landing.load(source, columns) as loaded:
        assert (loaded.select_sql.count("UNION ALL") < 8) == (few == 8)
        assert values(landing.accepted(loaded), "n", "part", "source_line") == expected
        refused = landing.refused(loaded)
        assert [row["raw"] for row in refused] == ["none"] * 8
        assert [int(row["source_file"][-6:-4]) % 4 for row in refused] == [3] * 8
        assert {row["source_line"] for row in refused} == {4}
        assert [one.rows for one in loaded.delivered] == [part % 4 for part in range(35)]
