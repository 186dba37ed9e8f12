"""CSV files that are cut, joined, mislabelled or broken: an error of the file, or of one row."""

from __future__ import annotations

import codecs
import gzip

import pytest

from resources.errors import SourceError
from resources.sources.declaration.column_origins import position
from resources.sources.declaration.files import files
from resources.sources.declaration.layout import layout
from tests.sources.conftest import DAY, FOLDER, Landing, values
from tests.sources.formats.text.test_csv import COLUMNS, CSV


def test_a_header_alone_is_no_rows_and_no_header_is_an_error(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id,amount\n")
    landing.deliver("b.csv", "\ufefforder_no,user_id,amount\n")
    with landing.load(CSV, COLUMNS) as loaded:
        assert landing.accepted(loaded) == [] and loaded.rows == {DAY: 0}
        assert [one.rows for one in loaded.delivered] == [0, 0]
    landing.deliver("c.csv", "")
    with pytest.raises(SourceError, match=r"c\.csv has no header"):
        landing.load(CSV, COLUMNS)


@pytest.mark.parametrize("rows", [1, 5_000])
def test_the_wrong_encoding_is_an_error_that_names_the_file(landing: Landing, rows: int) -> None:
    text = "order_no,user_id,amount\n" + "a,1,1.00\n" * rows + "人民币,1,1.00\n"
    landing.deliver("a.csv", text.encode("gbk"))
    with pytest.raises(SourceError, match=r"a\.csv is not utf-8.*\n.*Declare the encoding"):
        landing.load(CSV, COLUMNS)
    landing.deliver("a.csv", b"order_no,user_id,amount\n\xff\xff,1,1.00\n")
    with pytest.raises(SourceError, match=r"a\.csv is not gbk"):
        landing.load(files(FOLDER, format="csv", encoding="gbk"), COLUMNS)


@pytest.mark.parametrize("kept", [0.5, 0.99, 0.0])
def test_a_truncated_gzip_file_is_an_error(landing: Landing, kept: float) -> None:
    lines = "".join(f"a{number},{number},1.00\n" for number in range(2_000))
    whole = gzip.compress(f"order_no,user_id,amount\n{lines}".encode())
    landing.deliver("a.csv.gz", whole[: int(len(whole) * kept)] or b"no gzip")
    with pytest.raises(SourceError, match=r"a\.csv\.gz is truncated or damaged"):
        landing.load(CSV, COLUMNS)


def test_a_line_without_end_is_not_read_into_memory(landing: Landing) -> None:
    landing.deliver("a.csv", "order_no,user_id,amount\n" + "x" * 18_000_000)
    with pytest.raises(SourceError, match="a line of more than"):
        landing.load(CSV, COLUMNS)


def test_a_quote_that_never_closes_costs_one_row_not_the_file(landing: Landing) -> None:
    lines = "".join(f"a{number},{number},1.00\n" for number in range(80_000))
    landing.deliver("a.csv", f'order_no,user_id,amount\n"open,0,1.00\n{lines}')
    with landing.load(CSV, COLUMNS) as loaded:
        assert loaded.rows == {DAY: 80_000} and loaded.rejected == {DAY: 1}


@pytest.mark.parametrize("quoted", [False, True])
def test_files_that_were_joined_with_their_marks_are_no_rows(
    landing: Landing, quoted: bool
) -> None:
    more = '"x\ny"' if quoted else "x"
    mark = "\ufeff"
    landing.deliver(
        "a.csv", f"{mark}order_no,note\nA,{more}\n{mark}order_no,note\nB,y\n{mark}C,z\n"
    )
    source = files(FOLDER, format="csv", tolerance=1)
    with landing.load(source, {"order_no": "VARCHAR", "note": "VARCHAR"}) as loaded:
        assert [row["order_no"] for row in landing.accepted(loaded)] == ["A", "B"]
        assert [row["reason"] for row in landing.refused(loaded)] == [
            "a byte order mark inside the file: several files were joined"
        ] * 2


def test_a_mark_at_the_beginning_of_a_file_without_a_header_is_no_value(landing: Landing) -> None:
    landing.deliver("a.csv", "\ufeffA,1\nB,2\n")
    source = files(
        FOLDER, format="csv", layout=layout(header=None), columns={"order_no": position(1)}
    )
    with landing.load(source, {"order_no": "VARCHAR"}) as loaded:
        assert values(landing.accepted(loaded), "order_no") == [("A",), ("B",)]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "gbk", "gb18030"])
def test_the_mark_of_another_encoding_refuses_the_file(
    landing: Landing, mark: bytes, encoding: str
) -> None:
    landing.deliver("a.csv", mark + b"order_no\nA\n")
    with pytest.raises(SourceError, match=f"is not {encoding}: .* byte order mark of utf-"):
        landing.load(files(FOLDER, format="csv", encoding=encoding), {"order_no": "VARCHAR?"})
