"""Small workbooks for tests: written part by part, so that a test may make any of them odd."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

# Style 1 shows a date and time, style 2 a date, style 3 elapsed hours.
DATE_TIME, DATE, ELAPSED = 1, 2, 3
_STYLES = (
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="[h]:mm"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/>'
    "</cellXfs>"
)


def row(number: int, *cells: str) -> str:
    """A row of cells from column A on; "" where there is none."""
    placed = (
        cell.replace("<c", f'<c r="{chr(65 + at)}{number}"', 1)
        for at, cell in enumerate(cells)
        if cell
    )
    return f'<row r="{number}">{"".join(placed)}</row>'


def text(value: str) -> str:
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def shared(number: int) -> str:
    return f'<c t="s"><v>{number}</v></c>'


def number(value: str, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def workbook(
    rows: Sequence[str] | Mapping[str, Sequence[str]],
    shared_texts: Sequence[str] = (),
    hidden: Sequence[str] = (),
    from_1904: bool = False,
    namespace: str = MAIN,
    dimension: str = "A1",
    parts: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of one sheet, or of several by name; `parts` replaces parts of the package."""
    sheets = dict(rows) if isinstance(rows, Mapping) else {"Sheet": rows}
    numbers = dict(zip(sheets, range(1, len(sheets) + 1), strict=True))
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" '
        f'state="{"hidden" if name in hidden else "visible"}" r:id="s{at}"/>'
        for name, at in numbers.items()
    )
    related = "".join(
        f'<Relationship Id="s{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in numbers.values()
    )
    package = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(from_1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{related}'
        f'<Relationship Id="t" Type="{_OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        f'<Relationship Id="y" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{namespace}">{_STYLES}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}">'
        + "".join(f"<si>{each}</si>" for each in shared_texts)
        + "</sst>",
        **{
            f"xl/worksheets/sheet{numbers[name]}.xml": f'<worksheet xmlns="{namespace}">'
            f'<dimension ref="{dimension}"/><sheetData>{"".join(content)}</sheetData></worksheet>'
            for name, content in sheets.items()
        },
    }
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as file:
        for name, content in {**package, **(parts or {})}.items():
            file.writestr(name, content)
    return written.getvalue()
