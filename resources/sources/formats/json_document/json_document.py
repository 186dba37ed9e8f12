"""`format=json_document(...)`: where in a JSON document the array of rows is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from resources.errors import SourceError
from resources.sources.declaration.formats import DeliveredFile, Record, RecordFormat
from resources.sources.declaration.json_path import JsonPath, JsonPathError, parsed_path
from resources.sources.declaration.refusals import refused
from resources.sources.formats.json_document.json_text import (
    JsonDamaged,
    JsonText,
    NoField,
    field_at,
    text_of,
)

Steps = tuple[str | int | None, ...]


@dataclass(frozen=True)
class JsonDocument(RecordFormat):
    """One JSON text that holds an array of rows. Make one with `json_document()`.

    A column's name in the file is a path from a row: `source.metadata.order_no`.

    Attributes:
        rows_at: The path to the rows, from the document.
        requires: Path -> the text that stands there in a whole document, outside of the rows.
        count_at: The path to the number of rows, outside of them; None: the document states none.
    """

    name: ClassVar[str] = "JSON"
    endings: ClassVar[tuple[str, ...]] = ("json",)
    takes_encoding: ClassVar[bool] = True

    rows_at: JsonPath
    requires: Mapping[JsonPath, str] = field(default_factory=dict[JsonPath, str])
    count_at: JsonPath | None = None

    @property
    def kept(self) -> tuple[JsonPath, ...]:
        """The paths outside of the rows whose values are looked at."""
        return (*self.requires, *([self.count_at] if self.count_at else []))

    def check_names(self, names: Iterable[str]) -> None:
        """Check that each name is a path from a row; see RecordFormat."""
        for name in names:
            row_path(name)

    def open(self, file: DeliveredFile) -> JsonDocumentReader:
        """Take the names that are wanted as paths; see RecordFormat."""
        return JsonDocumentReader(
            self, file, {name: row_path(name) for name in file.wanted if isinstance(name, str)}
        )


@dataclass(frozen=True)
class JsonDocumentReader:
    """An opened document."""

    declared: JsonDocument
    file: DeliveredFile
    paths: Mapping[str, JsonPath]

    @property
    def names(self) -> Sequence[str]:
        """The paths that are wanted: a document has no list of its columns."""
        return tuple(self.paths)

    def records(self) -> Iterator[Record]:
        """The rows, numbered from 1; see RecordReader."""
        number = 0
        try:
            with self.file.path.open("rb") as opened:
                text = JsonText(opened, self.file.encoding)
                document = _Document(text, self.declared.kept)
                for value in document.rows(self.declared.rows_at.steps):
                    number += 1
                    yield self._record(number, value, text.repeated_key)
                if text.next():
                    raise text.damaged("something stands behind the document")
        except (JsonDamaged, RecursionError) as error:
            raise SourceError(
                f"{self.file.origin} is truncated, or not JSON as declared: {error}",
                "Have it delivered again, or correct rows_at= of format=json_document(...).",
            ) from error
        self._check(document.found, number)

    def _record(self, number: int, value: Any, repeated: str | None) -> Record:
        if not isinstance(value, dict):
            return Record(number, 1, (), "no JSON object")
        fields: list[str | None] = []
        problems = [f"the key {repeated!r} is repeated"] if repeated is not None else []
        for name, path in self.paths.items():
            try:
                fields.append(_whole(field_at(value, path)))
            except NoField as error:
                fields.append(None)
                problems.append(f"{name}: {error}")
        return Record(number, 1, fields, "; ".join(problems) or None)

    def _check(self, found: Mapping[Steps, str | None], rows: int) -> None:
        required = dict(self.declared.requires)
        if self.declared.count_at:
            required[self.declared.count_at] = str(rows)
        for path, wanted in required.items():
            there = found.get(path.steps)
            if there != wanted:
                shown = "is not there" if there is None else f"is {there[:100]!r}"
                raise SourceError(
                    f"{self.file.origin} is incomplete: {path.text} {shown}, not {wanted!r}",
                    "Have the rest delivered, or correct requires= or count_at= of "
                    "format=json_document(...).",
                )


class _Document:
    """Goes through a document: gives the rows, and keeps what is required beside them."""

    def __init__(self, text: JsonText, kept: Sequence[JsonPath]) -> None:
        self._text = text
        self._kept = {path.steps for path in kept}
        self.found: dict[Steps, str | None] = {}

    def rows(self, steps: Steps, path: Steps = ()) -> Iterator[Any]:
        """The values at `steps` from here."""
        if not steps:
            yield self._text.value()
        elif steps[0] is None:
            if self._text.next() != "[":
                raise self._text.damaged(f"{_spelled(path)} is no array")
            for _ in self._text.elements():
                yield from self.rows(steps[1:], (*path, None))
        else:
            yield from self._rows_at_key(steps, path)

    def _rows_at_key(self, steps: Steps, path: Steps) -> Iterator[Any]:
        if self._text.next() != "{":
            raise self._text.damaged(f"{_spelled(path)} is no object")
        is_there = False
        for key in self._text.entries():
            if key == steps[0]:
                is_there = True
                yield from self.rows(steps[1:], (*path, key))
            else:
                self._pass_over((*path, key))
        if not is_there:
            raise self._text.damaged(f"{_spelled(path)} has no {steps[0]!r}")

    def _pass_over(self, path: Steps) -> None:
        if self._text.next() == "{" and any(kept[: len(path)] == path for kept in self._kept):
            for key in self._text.entries():
                self._pass_over((*path, key))
            return
        if self._text.next() == "[":
            for _ in self._text.elements():
                self._pass_over((*path, None))
            return
        value = self._text.value()
        if path in self._kept:
            self.found[path] = text_of(value)


def json_document(
    *,
    rows_at: str,
    requires: Mapping[str, str | bool | int] | None = None,
    count_at: str | None = None,
) -> JsonDocument:
    """Declare JSON documents as the format of files. Raises SettingsError for a path that is none.

    Args:
        rows_at: Where the rows are: `data[*]`, `[*]` if the document is the array, or
            `orders[*].items[*]` for arrays within arrays.
        requires: What stands beside the rows in a document that is whole, by its path:
            `{"has_more": False}`. Any other value refuses the file.
        count_at: Where the document states how many rows it holds, as in "page.count". Another
            number refuses the file.
    """
    path = _document_path(rows_at)
    if not path.steps or path.steps[-1] is not None or any(isinstance(s, int) for s in path.steps):
        raise refused(
            "json_document",
            f"rows_at {rows_at!r} leads to no elements of an array",
            'Write the keys to the array and [*] behind it, as in rows_at="data[*]".',
        )
    required: dict[JsonPath, str] = {}
    for text, value in (requires or {}).items():
        beside = _path_beside("requires", text)
        required[beside] = str(value).lower() if isinstance(value, bool) else str(value)
    counted = None if count_at is None else _path_beside("count_at", count_at)
    return JsonDocument(path, required, counted)


def row_path(name: str) -> JsonPath:
    """The path from a row that a column's name is. Raises SettingsError if it is none."""
    path = _document_path(name)
    if not path.steps or path.spreads:
        raise refused(
            "json_document",
            f"{name!r} is no path to one value of a row",
            'Write keys, as in columns={"order_no": "source.metadata.order_no"}.',
        )
    return path


def _path_beside(name: str, text: str) -> JsonPath:
    path = _document_path(text)
    if not path.steps or not all(isinstance(step, str) for step in path.steps):
        raise refused(
            "json_document",
            f"{name} has the path {text!r}, which is no key",
            'Write keys only, as in "page.has_more".',
        )
    return path


def _document_path(text: str) -> JsonPath:
    try:
        return parsed_path(
            text if text[:1] == "$" else f"${text if text[:1] == '[' else f'.{text}'}"
        )
    except JsonPathError as error:
        raise refused("json_document", f"{error}", error.next_step) from error


def _spelled(path: Steps) -> str:
    if not path:
        return "the document"
    return "".join("[*]" if step is None else f".{step}" for step in path).lstrip(".")


def _whole(text: str | None) -> str | None:
    """The text. Raises NoField if half of a character is in it."""
    if text is not None and not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise NoField("it holds half of a character") from error
    return text
