"""Formats told apart in Python: nulls, blanks and problems come out as they do for text."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import pytest

from resources.errors import SettingsError, SourceError
from resources.sources.declaration.files import files
from resources.sources.declaration.formats import DeliveredFile, Record, RecordFormat
from tests.sources.conftest import DAY, FOLDER, Landing, values


@dataclass(frozen=True)
class Sheet:
    """Lines of `key=value;`; a line that starts with `!` has a problem, the last one is `end`."""

    file: DeliveredFile
    names: Sequence[str] = ("order no", "amount")

    def records(self) -> Iterator[Record]:
        lines = self.file.path.read_text(self.file.encoding).splitlines()
        if lines.pop() != "end":
            raise SourceError(f"{self.file.origin} has no end", "Have it delivered again.")
        for number, line in enumerate(lines, 10):
            given = dict(each.split("=") for each in line.lstrip("!").split(";") if each)
            fields = tuple(given.get(name) for name in self.names)
            if not line:
                yield Record(number, 1, ())
            else:
                yield Record(number, 1, fields, "marked" if line.startswith("!") else None)


class KeysAndValues(RecordFormat):
    name: ClassVar[str] = "keys"
    takes_encoding: ClassVar[bool] = True

    def open(self, file: DeliveredFile) -> Sheet:
        return Sheet(file)


COLUMNS = {"order_no": "VARCHAR", "amount": "DECIMAL(18,2)?"}
SOURCE = files(FOLDER, format=KeysAndValues(), columns={"order_no": "order no"}, encoding="gbk")
CONTENT = "order no=a;amount=1.50\n\norder no=b\n!order no=c;amount=9\norder no=人;amount=x\nend\n"


@pytest.mark.parametrize("zipped", [False, True])
def test_rows_nulls_blanks_problems_and_what_does_not_fit(landing: Landing, zipped: bool) -> None:
    content = CONTENT.encode("gbk")
    landing.deliver("a.gz" if zipped else "a", gzip.compress(content) if zipped else content)
    with landing.load(SOURCE, COLUMNS) as loaded:
        assert values(landing.accepted(loaded), "order_no", "amount", "source_line") == [
            ("a", Decimal("1.50"), 10),
            ("b", None, 12),
        ]
        assert values(landing.refused(loaded), "source_line", "reason", "raw") == [
            (13, "marked", '{"order no":"c","amount":"9"}'),
            (14, "amount: 'x' is no DECIMAL(18,2)", '{"order no":"人","amount":"x"}'),
        ]
        assert (loaded.rows, loaded.rejected, loaded.blank) == ({DAY: 2}, {DAY: 2}, {DAY: 1})


def test_a_file_that_is_not_whole_is_refused_whole(landing: Landing) -> None:
    landing.deliver("a", "order no=a\n")
    with pytest.raises(SourceError, match="has no end"):
        landing.load(SOURCE, COLUMNS)
    landing.deliver("a", b"order no=\xff\nend\n")
    with pytest.raises(SourceError, match="is not gbk"):
        landing.load(SOURCE, COLUMNS)


def test_names_are_matched_as_in_a_header(landing: Landing) -> None:
    landing.deliver("a", CONTENT.encode("gbk"))
    source = files(FOLDER, format=KeysAndValues(), encoding="gbk")
    with pytest.raises(
        SourceError, match="column 'order_no' is missing; the nearest is 'order no'"
    ):
        landing.load(source, COLUMNS)


def test_what_means_nothing_for_the_format_is_refused() -> None:
    with pytest.raises(SettingsError, match="delimiter means nothing for keys files"):
        files(FOLDER, format=KeysAndValues(), delimiter=";")
