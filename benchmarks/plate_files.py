"""Reading a 384-well result file beside the bare reader of its format."""

from __future__ import annotations

import csv
import io
from functools import partial

import openpyxl

from benchmarks.measure import Row

GROUP = "instruments"
HEADING = ["Well", "Well Position", "Omit", "Sample Name", "Target Name", "Task", "Reporter", "CT", "Ct Mean", "Ct SD", "Amp Status"]
FACTS = [
    ["* Block Type = 384-Well Block"], ["* Chemistry = TAQMAN"], ["* Instrument Type = QuantStudio(TM) 7 Flex System"], [], ["[Results]"],
]


def _plate() -> list[list[str]]:
    rows = []
    for well in range(384):
        position = f"{chr(ord('A') + well // 24)}{well % 24 + 1}"
        ct = "Undetermined" if well % 7 == 0 else f"{20 + well % 17 + well / 1000:.6f}"
        sample, task = ("NTC", "NTC") if well < 8 else (f"T-{well:06d}", "UNKNOWN")
        rows.append([str(well + 1), position, "false", sample, "N1", task, "FAM", ct, "", "", "Amp"])
    return [*FACTS, HEADING, *rows]


def _text() -> bytes:
    return "\n".join("\t".join(row) for row in _plate()).encode()


def _workbook() -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Results")
    for row in _plate():
        sheet.append([float(cell) if cell.replace(".", "", 1).isdigit() else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _ours(name: str, content: bytes) -> object:
    from instruments import quantstudio
    from instruments.contract import ParseOptions, RawFile

    parsed = quantstudio.parse(RawFile(name, content), ParseOptions())
    assert len(parsed.readings) == 384
    return parsed


def _csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode()), delimiter="\t"))


def _calamine(content: bytes) -> list[list[object]]:
    from python_calamine import CalamineWorkbook

    rows: list[list[object]] = [list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()]
    return rows


def _openpyxl(content: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def rows() -> list[Row]:
    text, book = _text(), _workbook()
    return [
        Row(GROUP, "read a plate, txt", "384 wells", partial(_ours, "plate.txt", text), partial(_csv, text), "csv module", limit=3.0),
        Row(
            GROUP, "read a plate, xlsx", "384 wells", partial(_ours, "plate.xlsx", book), partial(_calamine, book), "calamine", limit=3.0,
            peers={"openpyxl read-only": partial(_openpyxl, book)},
        ),
    ]
