"""XML in a stream: chosen elements one by one, everything else passed over, no entities."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

_CHUNK = 64 * 1024
# No format that we read goes deeper than some twenty, or holds more in one row or entry.
_DEEPEST = 200
_MOST_INSIDE = 500_000


class XmlDamaged(Exception):
    """The text is no well-formed XML, or declares a document type."""


class XmlElement(NamedTuple):
    """An element that has ended, by its local name; None where only its end is wanted."""

    name: str
    element: Element | None


def xml_elements(
    file: BinaryIO, whole: Collection[str], ends: Collection[str] = ()
) -> Iterator[XmlElement]:
    """The elements `whole`, and the ends of the elements `ends`, in their order.

    Both are named with their parent, as in "sheetData/row". Memory holds one of them at a time.
    A document type is refused, and with it every entity: the formats that we read have none, and
    a few lines of them unpack to gigabytes. Raises XmlDamaged if the text is no XML, or cut.
    """
    found: list[XmlElement] = []
    builder = _Builder(found, frozenset(whole), frozenset(ends))
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
            yield from found
            found.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise XmlDamaged(str(error)) from error
    yield from found


def text_of(element: Element, path: str) -> str | None:
    """The text at the path below an element, without blanks around; None if there is none."""
    text = element.findtext(path)
    return text.strip() or None if text else None


class _Builder:
    """Keeps what is inside a wanted element, and forgets it when it was given on."""

    def __init__(
        self, found: list[XmlElement], whole: frozenset[str], ends: frozenset[str]
    ) -> None:
        self._found = found
        self._whole = whole
        self._ends = ends
        self._open: list[str] = [""]
        self._tree: TreeBuilder | None = None
        self._outside = self._inside = 0

    def start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        parent = self._open[-1]
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            raise XmlDamaged(f"elements lie more than {_DEEPEST} deep")
        if self._tree is None:
            if f"{parent}/{name}" not in self._whole:
                return
            self._tree = TreeBuilder()
            self._outside, self._inside = len(self._open) - 1, 0
        self._inside += 1
        if self._inside > _MOST_INSIDE:
            raise XmlDamaged(f"one element holds more than {_MOST_INSIDE:,} others")
        self._tree.start(name, attributes)

    def text(self, text: str) -> None:
        if self._tree is not None:
            self._tree.data(text)

    def end(self, _: str) -> None:
        name = self._open.pop()
        if self._tree is None:
            if f"{self._open[-1]}/{name}" in self._ends:
                self._found.append(XmlElement(name, None))
            return
        self._tree.end(name)
        if len(self._open) == self._outside:
            self._found.append(XmlElement(name, self._tree.close()))
            self._tree = None


def _refuse_document_type(*_: object) -> None:
    raise XmlDamaged("it declares a document type, which may hide entities")
