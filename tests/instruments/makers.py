"""Small files made for one test: workbooks from rows, workbooks from raw XML, zip archives that lie."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import openpyxl

from instruments.contract import RawFile

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Sample</t></is></c><c r="B1" t="inlineStr"><is><t>Cq</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>S1</t></is></c><c r="B2"><v>24.1</v></c></row></sheetData></worksheet>'
)


def csv(*lines: str, encoding: str = "utf-8", name: str = "table.csv") -> RawFile:
    return RawFile(name, ("\r\n".join(lines) + "\r\n").encode(encoding))


def workbook(rows: Sequence[Sequence[object]]) -> RawFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return RawFile("table.xlsx", stream.getvalue())


def parts(**changed: str | bytes) -> dict[str, str | bytes]:
    """The members of a smallest workbook; `sheet=` and `book=` replace theirs."""
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/workbook.xml": changed.get("book", BOOK),
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": changed.get("sheet", SHEET),
    }


def archive(members: Mapping[str, str | bytes] | Sequence[tuple[str, str | bytes]], compression: int = zipfile.ZIP_DEFLATED) -> RawFile:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as container:
        for name, content in members.items() if isinstance(members, Mapping) else members:
            container.writestr(name, content)
    return RawFile("table.xlsx", stream.getvalue())
