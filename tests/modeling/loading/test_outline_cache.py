"""What is kept of the declarations is what they say, and never of other code or other people."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from resources import user_cache
from resources.sources.declaration.files_source import FilesSource
from warehouse_assets.modeling.loading import outline_cache
from warehouse_assets.modeling.loading.load_warehouse import load_warehouse
from warehouse_assets.modeling.loading.outline import Outlines, outlines_of
from warehouse_assets.modeling.loading.outline_cache import keep_outlines, load_outlines
from warehouse_assets.modeling.sql.code_version import code_version


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of its own; what the test loads is forgotten when it is over."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yield tmp_path / "ledgerlake"
    load_outlines.cache_clear()


def loaded() -> Outlines:
    """As a new process would load them."""
    load_outlines.cache_clear()
    return load_outlines()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two tables in place of all; counts how often they were made."""
    made: list[int] = []
    tables = [load_warehouse().tables[name] for name in ("ods_order", "dwd_order")]

    def make() -> Outlines:
        made.append(1)
        return outlines_of(tables, [])

    monkeypatch.setattr(outline_cache, "_made", make)
    return made


def test_outlines_say_what_the_tables_say(folder: Path) -> None:
    del folder
    warehouse = load_warehouse()
    first, again = loaded(), loaded()
    assert first == again
    assert first.problems == ()
    assert set(first.tables) == set(warehouse.tables)
    for name, table in warehouse.tables.items():
        outline = again.table(name)
        assert outline.code_version == code_version(table)
        assert outline.spec == table.bare_spec
        assert [column.spec for column in outline.columns] == list(table.spec.columns)
        assert outline.reads == table.reads
        assert outline.source == table.source


def test_what_a_process_has_worked_out_before_does_not_hinder_the_cache(
    folder: Path, small: list[int]
) -> None:
    """A source that has compiled its pattern of names, for one."""
    del folder
    source = load_warehouse().table("ods_order").source
    assert isinstance(source, FilesSource)
    source.file_names.kind("part-000.parquet")
    assert vars(source).keys() - {field.name for field in fields(source)}
    first = loaded()
    assert loaded() == first
    assert len(small) == 1


def test_a_warehouse_that_is_loaded_leaves_its_outlines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    made = outline_cache._made()  # pyright: ignore[reportPrivateUsage]
    keep_outlines(load_warehouse())
    monkeypatch.delattr(outline_cache, "_made")
    found = loaded()
    assert found == made
    assert list(found.tables) == list(made.tables)


def test_a_warehouse_with_broken_tables_leaves_none(folder: Path) -> None:
    keep_outlines(load_warehouse().made_of("dwd_order"))
    assert not folder.exists()


def test_other_code_finds_nothing_of_before(
    folder: Path, small: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded()
    loaded()
    assert len(small) == 1
    monkeypatch.setattr(outline_cache, "code_digest", lambda: "another")
    loaded()
    assert len(small) == 2
    assert len(list(folder.iterdir())) == 2


def test_a_changed_module_is_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "resources" / "module.py"
    module.parent.mkdir()
    monkeypatch.setattr(user_cache, "__file__", str(module))
    digests: list[str] = []
    for text in ("x = 1", "x = 2", "x = 1"):
        module.write_text(text)
        user_cache.code_digest.cache_clear()
        digests.append(user_cache.code_digest())
    user_cache.code_digest.cache_clear()
    assert digests[0] == digests[2] != digests[1]


class Harm:
    """Pickled by somebody who means harm."""

    def __reduce__(self) -> object:
        return os.system, ("touch harmed",)


@pytest.mark.parametrize(
    "content", [b"", b"no pickle", pickle.dumps(Harm()), pickle.dumps({"tables": 1})]
)
def test_what_is_damaged_or_foreign_is_made_anew_and_never_run(
    folder: Path,
    small: list[int],
    content: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded()
    [file] = folder.iterdir()
    file.write_bytes(content)
    assert set(loaded().tables) == {"ods_order", "dwd_order"}
    assert len(small) == 2
    assert not (tmp_path / "harmed").exists()
    assert file.read_bytes() != content


def test_without_a_place_to_keep_them_outlines_are_made_each_time(
    tmp_path: Path, small: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert loaded() == loaded()
    assert len(small) == 2


def test_only_the_latest_are_kept_and_only_for_the_user(
    folder: Path, small: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    del small
    for number in range(12):
        monkeypatch.setattr(outline_cache, "code_digest", lambda number=number: f"code{number}")
        loaded()
        latest = folder / f"code{number}.outlines"
        os.utime(latest, (number, number))
    assert len(list(folder.iterdir())) <= 9
    assert latest.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
