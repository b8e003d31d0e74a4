"""The real files of the shared folder, and which parser each belongs to: the one named like its folder, or the one given here."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from instruments.contract import RawFile, row_key
from instruments.registry import Parsed, parse, parsers
from tests.paths import SHARED, shared

FOLDER = SHARED / "instrument-files"
MANIFEST = FOLDER / "manifest.json"
ENTRIES: list[dict[str, Any]] = json.loads(MANIFEST.read_text("utf-8")) if MANIFEST.is_file() else []
REAL = [entry for entry in ENTRIES if entry["path"].startswith("real/")]
ADVERSARIAL = [entry for entry in ENTRIES if entry["path"].startswith("adversarial/")]
NONE = [pytest.param(None, marks=pytest.mark.skip(reason="the shared folder with instrument files is not beside this checkout"))]

#: folders whose parser has another name than the folder
PARSER_OF_FOLDER = {"quantstudio_da": "quantstudio", "generic": "generic_table"}
#: files that lie in a folder of another family
PARSER_OF_FILE = {"mini_vidas.txt": "mini_vidas"}


def folder_of(entry: dict[str, Any]) -> str:
    return str(entry["path"]).split("/")[1]


def parser_of(entry: dict[str, Any]) -> str | None:
    """The parser that reads the file; None when none is built for its family."""
    name = PARSER_OF_FILE.get(Path(entry["path"]).name) or PARSER_OF_FOLDER.get(folder_of(entry), folder_of(entry))
    return name if name in {parser.NAME for parser in parsers()} else None


READ_BY_US = [entry for entry in REAL if parser_of(entry) is not None]


def name_of(entry: dict[str, Any] | None) -> str:
    return Path(entry["path"]).name if entry else "none"


def raw_file(entry: dict[str, Any]) -> RawFile:
    path = shared("instrument-files", *entry["path"].split("/"))
    return RawFile(path.name, path.read_bytes())


def read(entry: dict[str, Any]) -> Parsed:
    return parse(raw_file(entry))


def raw_text_stands_at_source(file: RawFile, parsed: Parsed) -> None:
    """Look every raw text up with another reader than the parser's own."""
    if file.content.startswith(b"PK") and parsed.file.parser != "rdml":
        book = openpyxl.load_workbook(io.BytesIO(file.content), data_only=True, read_only=False)
        for reading in parsed.file.readings:
            sheet, _, address = reading.source.rpartition("!")
            value = book[sheet][address].value
            assert reading.raw == ("" if value is None else str(value)) or _is_number(reading.raw, value), reading
        return
    if file.content.startswith(b"\xd0\xcf"):
        _in_old_workbook(file, parsed)
        return
    lines = source_lines(file, parsed)
    for reading in parsed.file.readings:
        line, _, column = row_key(reading.source).removeprefix("line ").partition(" column ")
        text = lines[int(line) - 1]
        if "joined frames" in reading.flags:
            text = without_frame_limits("\n".join(lines[int(line) - 1 :]))
        assert reading.raw in (text[int(column) - 1 :] if column else text), reading


def _is_number(raw: str, value: object) -> bool:
    """The stored text of a number may be written another way than Python writes it (3.87E-4)."""
    return isinstance(value, int | float) and float(raw) == value


def without_frame_limits(text: str) -> str:
    """ASTM text from a place on, its frames joined as E1381 says: what stands between ETB and the digit after STX is no text."""
    return re.sub("\x17[0-9A-Fa-f]{2}\\s*\x02[0-7]", "", text)


def source_lines(file: RawFile, parsed: Parsed) -> list[str]:
    if parsed.file.parser == "rdml":
        content = file.content
        if content.startswith(b"PK"):
            content = zipfile.ZipFile(io.BytesIO(content)).read("rdml_data.xml")
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert parsed.file.encoding is not None
    has_mark = parsed.file.encoding.startswith("utf-16") and file.content[:1] in b"\xff\xfe"
    text = file.content.decode("utf-16" if has_mark else parsed.file.encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _in_old_workbook(file: RawFile, parsed: Parsed) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
    for reading in parsed.file.readings:
        sheet, _, address = reading.source.rpartition("!")
        letters = address.rstrip("0123456789")
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        value = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)[int(address[len(letters) :]) - 1][column - 1]
        assert reading.raw in (str(value), str(value).removesuffix(".0")), reading
