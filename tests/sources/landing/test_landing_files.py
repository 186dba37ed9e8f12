"""Regular files below the landing folder are read; whatever else lies there is named, at once."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.errors import LedgerlakeError, SourceError
from resources.sources.declaration.files import files
from resources.sources.landing.regular_files import open_regular
from tests.sources.conftest import DAY, FOLDER, Landing

SOURCE = files(FOLDER, format="csv")
COLUMNS = {"order_no": "VARCHAR"}
SECRET = "order_no\nsecret\n"


def _pipe(path: Path, _outside: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _outside: Path) -> None:
    # The path of a socket may have 108 bytes only.
    place = Path.cwd()
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(place)


def _link_to_device(path: Path, _outside: Path) -> None:
    path.symlink_to("/dev/zero")


def _link_out(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def _link_to_nothing(path: Path, _outside: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def _link_to_itself(path: Path, _outside: Path) -> None:
    path.symlink_to(path)


def _no_utf8(path: Path, _outside: Path) -> None:
    Path(os.fsdecode(os.fsencode(path.parent) + b"/z\xff.csv")).write_text(SECRET)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    file = tmp_path / "outside.csv"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_pipe, r"x\.csv is a pipe, not a regular file"),
        (_socket, r"x\.csv is a socket, not a regular file"),
        (_link_to_device, r"x\.csv is a link out of the landing folder"),
        (_link_out, r"x\.csv is a link out of the landing folder, to .*outside\.csv"),
        (_link_to_nothing, r"x\.csv is a link to .*nothing, which is not there"),
        (_link_to_itself, r"x\.csv"),
        (_no_utf8, r"z\\xff\.csv: the name of the file is not UTF-8"),
    ],
)
def test_what_is_no_regular_file_is_named_at_once(
    landing: Landing, outside: Path, make: Callable[[Path, Path], None], said: str
) -> None:
    landing.deliver("a.csv", "order_no\nA\n")
    make(landing.folder() / "x.csv", outside)
    begun = time.monotonic()
    with pytest.raises(SourceError, match=said) as raised:
        landing.load(SOURCE, COLUMNS)
    assert time.monotonic() - begun < 5
    assert raised.value.next_step


def test_a_folder_that_leads_out_is_refused(landing: Landing, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_text(SECRET)
    (tmp_path / "elsewhere" / "_SUCCESS").touch()
    landing.folder().parent.mkdir(parents=True)
    landing.folder().symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="is a link out of the landing folder"):
        landing.load(SOURCE, COLUMNS)


def test_a_link_within_the_landing_folder_is_read(landing: Landing) -> None:
    store = landing.settings.landing_folder / "store"
    store.mkdir(parents=True)
    (store / "a.csv").write_text("order_no\nA\n")
    landing.deliver("b.csv", "order_no\nB\n")
    (landing.folder() / "a.csv").symlink_to(store / "a.csv")
    rows = landing.take(landing.load(SOURCE, COLUMNS))
    assert [row["order_no"] for row in rows] == ["A", "B"]


@pytest.mark.parametrize("target", ["pipe", "outside"])
def test_a_file_that_is_swapped_after_the_look_is_not_taken(
    landing: Landing, outside: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = landing.deliver("a.csv", "order_no\nA\n")
    from resources.sources.loading import load

    really = load.files_to_read

    def swapped(*arguments: object) -> object:
        found = really(*arguments)  # type: ignore[arg-type]
        file.unlink()
        if target == "pipe":
            os.mkfifo(file)
        else:
            file.symlink_to(outside)
        return found

    monkeypatch.setattr(load, "files_to_read", swapped)
    begun = time.monotonic()
    with pytest.raises(LedgerlakeError, match=r"a\.csv"):
        landing.load(SOURCE, COLUMNS)
    assert time.monotonic() - begun < 5


def test_opening_never_waits_and_never_follows(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a pipe"):
        open_regular(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a folder"):
        open_regular(tmp_path)
    with pytest.raises(SourceError, match="is a device"):
        open_regular(Path("/dev/zero"))


def test_what_is_not_named_as_data_is_never_opened(landing: Landing, outside: Path) -> None:
    landing.deliver("a.csv", "order_no\nA\n")
    os.mkfifo(landing.folder() / "control.pipe")
    (landing.folder() / "notes.doc").symlink_to(outside)
    with landing.load(SOURCE, COLUMNS) as loaded:
        assert loaded.rows == {DAY: 1}
        assert [other.path.rsplit("/")[-1] for other in loaded.left] == [
            "control.pipe",
            "notes.doc",
        ]
