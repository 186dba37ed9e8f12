"""A source's declaration is checked where it stands, before any file is looked at."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from resources.errors import SettingsError
from resources.sources.declaration.files import files
from tests.loaded_modules import loaded_modules


def test_defaults_fit_the_format() -> None:
    assert files("a/b", format="csv").nulls == ("",)
    assert files("a/b", format="jsonl").nulls == ()
    assert files("a/b", format="parquet").nulls == ()
    assert files("a/b", format="csv", tolerance="0.001").tolerated == Decimal("0.001")


def test_declarations_are_values() -> None:
    one = files("a/b", format="csv", columns={"user_id": "uid"})
    assert one == files("a/b", format="csv", columns={"user_id": "uid"})
    assert one != files("a/b", format="csv", columns={"user_id": "id"})
    assert one.name_in_file("user_id") == "uid"
    assert one.name_in_file("order_no") == "order_no"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"path": "/absolute"}, "no folder below the landing root"),
        ({"path": "../outside"}, "no folder below the landing root"),
        ({"path": ""}, "no folder below the landing root"),
        ({"format": "jsnol"}, "Did you mean 'jsonl'"),
        ({"encoding": "utf-9"}, "no encoding 'utf-9'"),
        ({"encoding": "base64"}, "no encoding 'base64'"),
        ({"delimiter": "||"}, "not one character"),
        ({"delimiter": "\n"}, "not one character"),
        ({"quote": ","}, "other than the delimiter"),
        ({"preamble_lines": -1}, "preamble_lines is negative"),
        ({"time_zone": "Asia/Shangai"}, "Did you mean 'Asia/Shanghai'"),
        ({"timestamp_formats": ("yyyy-mm-dd",)}, "names no part of a date"),
        ({"date_formats": "%d.%m.%Y"}, "not a sequence"),
        ({"date_formats": ("%d.%m.",)}, "names no year"),
        ({"date_formats": ("%d %Y",)}, "names no month"),
        ({"timestamp_formats": ("%Y-%m %H:%M",)}, "names no day"),
        ({"timestamp_formats": ("%d.%m.%Y %I:%M",)}, "names an hour of 12 without %p"),
        ({"timestamp_formats": ("%d.%m.%Y %H:%M %p",)}, "names %p without an hour of 12"),
        ({"timestamp_formats": ("%d.%m.%Y %H:%S",)}, "names seconds without minutes"),
        ({"date_formats": ("%d/%m/%Y", "%m/%d/%Y")}, "reads as other dates"),
        ({"date_formats": ("%-d/%-m/%Y", "%m/%d/%Y")}, "reads as other dates"),
        ({"date_formats": ("%y%m%d", "%d%m%y")}, "reads as other dates"),
        ({"date_formats": ("%Y-%d-%m",)}, "whose texts '%Y-%m-%d' reads as other dates"),
        ({"timestamp_formats": ("%Y-%d-%m %H:%M:%S",)}, "reads as other dates"),
        ({"null_texts": "NULL"}, "not a sequence"),
        ({"tolerance": "1.5"}, "no share"),
        ({"tolerance": "few"}, "no share"),
        ({"done_marker": "a/b"}, "no file name"),
        ({"format": "jsonl", "delimiter": ";"}, "delimiter means nothing for jsonl"),
        ({"format": "parquet", "encoding": "gbk"}, "encoding means nothing for parquet"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(arguments: dict[str, Any], said: str) -> None:
    arguments = {"path": "a/b", "format": "csv", **arguments}
    with pytest.raises(SettingsError, match="Next step") as raised:
        files(arguments.pop("path"), **arguments)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "formats",
    [
        ("%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y", "%-d/%-m/%Y"),
        ("%Y%m%d", "%d%m%Y"),
        ("%Y-%m-%d", "%Y/%m/%d", "%Y年%-m月%-d日", "%d %b %Y", "%A %d %B %Y", "%j %Y", "%Y-%m"),
    ],
)
def test_formats_whose_texts_mean_one_date_go_together(formats: tuple[str, ...]) -> None:
    assert files("a/b", format="csv", date_formats=formats).date_formats == formats


def test_declaring_loads_no_engine(project_root: Path) -> None:
    engines = {"duckdb", "pyarrow", "pyiceberg"}
    declaring = "import resources.sources.declaration.files"
    assert loaded_modules(declaring, engines, project_root) == []
