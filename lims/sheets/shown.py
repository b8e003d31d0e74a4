"""What a workbook shows to its reader: values, formulas, formats, merged and hidden cells, printed heads, charts.

Two workbooks that show the same give equal answers, whichever spreadsheet program saved them last.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element

from instruments.containers import open_container
from instruments.contract import ParseError

PARTS = ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter")
PLACES = ("left", "center", "right")
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


class Unreadable(Exception):
    """The bytes are no workbook that can be read safely; the text says why."""


@dataclass(frozen=True)
class ShownCell:
    """One cell that is not empty: ``kind`` is text, number, formula or other."""

    kind: str
    value: str | float
    format: str = ""
    ink: str = ""
    cached: float | str | None = None  # what a program saved as a formula's result


@dataclass
class ShownSheet:
    """One sheet."""

    title: str
    is_hidden: bool
    cells: dict[str, ShownCell] = field(default_factory=dict)
    merged: frozenset[str] = frozenset()
    printed: tuple[str, ...] = ()  # header and footer words
    hidden: tuple[str, ...] = ()  # hidden rows and columns
    rules: tuple[str, ...] = ()  # conditional formats
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """The whole workbook; ``charts`` holds series references and words of each chart, ``extras`` what else lies over the cells."""

    sheets: tuple[ShownSheet, ...]
    charts: tuple[tuple[str, ...], ...]
    extras: tuple[str, ...]


def members(content: bytes) -> dict[str, bytes]:
    """The parts of the package after every check on its container; Unreadable otherwise."""
    try:
        with open_container(content) as container:
            return {name: container.read(name) for name in container.namelist()}
    except (ParseError, zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(str(error)) from error


def shown(content: bytes) -> Shown:
    """Read a workbook; Unreadable when it is none."""
    import openpyxl

    parts = members(content)
    try:
        workbook = openpyxl.load_workbook(BytesIO(content))
        results = openpyxl.load_workbook(BytesIO(content), data_only=True)
    except Exception as error:  # the reader fails in many ways on a broken file
        raise Unreadable(type(error).__name__) from error
    sheets = tuple(_sheet(one, results[one.title]) for one in workbook.worksheets)
    return Shown(sheets, _charts(parts), _extras(parts))


def _sheet(sheet: Any, results: Any) -> ShownSheet:
    read = ShownSheet(sheet.title, sheet.sheet_state != "visible")
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is not None and cell.value != "":
                read.cells[cell.coordinate] = _cell(cell, results)
            if getattr(cell, "comment", None) is not None:
                read.comments += (cell.coordinate,)
    read.merged = frozenset(str(one) for one in sheet.merged_cells.ranges)
    read.printed = tuple(_words(getattr(getattr(sheet, part), place).text) for part in PARTS for place in PLACES)
    rows = [str(number) for number, one in sheet.row_dimensions.items() if one.hidden or (one.height is not None and one.height < 3)]
    columns = [letter for letter, one in sheet.column_dimensions.items() if one.hidden or one.width < 0.5]
    read.hidden = tuple(sorted(rows + columns))
    read.rules = tuple(sorted(_rule(ranged, rule) for ranged in sheet.conditional_formatting for rule in ranged.rules))
    return read


def _cell(cell: Any, results: Any) -> ShownCell:
    ink = _ink(cell)
    if cell.data_type == "f":
        cached = results[cell.coordinate].value
        value = cell.value if isinstance(cell.value, str) else f"={getattr(cell.value, 'text', '')}"
        return ShownCell("formula", _formula(value), plain_format(cell.number_format), ink, cached)
    if cell.data_type == "n":
        return ShownCell("number", float(cell.value), plain_format(cell.number_format), ink)
    if cell.data_type in ("s", "inlineStr"):
        return ShownCell("text", str(cell.value).replace("\r\n", "\n"), plain_format(cell.number_format), ink)
    return ShownCell("other", str(cell.value), plain_format(cell.number_format), ink)


def _ink(cell: Any) -> str:
    """Letters in the colour of their ground, or too small, cannot be read: only that is told."""
    letters, ground = cell.font.color, cell.fill.fgColor
    ink = letters.rgb[-6:] if letters is not None and isinstance(letters.rgb, str) else "000000"
    paper = ground.rgb[-6:] if cell.fill.fill_type == "solid" and isinstance(ground.rgb, str) else "FFFFFF"
    return "unreadable" if _distance(ink, paper) < 100 or (cell.font.sz or 11) < 5 else ""


def _distance(one: str, other: str) -> int:
    return sum(abs(int(one[place : place + 2], 16) - int(other[place : place + 2], 16)) for place in (0, 2, 4))


def _formula(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("_xlfn.", "").upper().replace("TRUE()", "TRUE").replace("FALSE()", "FALSE")


def _words(text: str | None) -> str:
    """Header and footer words without the codes of letters and sizes, which programs write in their own ways."""
    return re.sub(r'&"[^"]*"|&\d+|&K[0-9A-Fa-f]{6}|\s+', "", (text or "").replace("&A", ""))


def plain_format(code: str) -> str:
    """A number format with the quotes, escapes and colours left out that programs write in different ways."""
    bare = re.sub(r'\[\$?-?[0-9A-Za-z-]*\]|["\\]|_.', "", code).replace("−", "-").replace(" ", "")
    parts = ["" if part.upper() in ("GENERAL", "STANDARD") else part for part in bare.split(";")]
    return ";".join(parts)


def _rule(ranged: Any, rule: Any) -> str:
    fill = rule.dxf.fill.bgColor.rgb if rule.dxf is not None and rule.dxf.fill is not None else ""
    colour = fill[-6:] if isinstance(fill, str) else ""
    return f"{ranged.sqref} {rule.type} {rule.operator or ''} {'|'.join(_formula(one) for one in rule.formula)} {colour}"


def _charts(parts: dict[str, bytes]) -> tuple[tuple[str, ...], ...]:
    """Each chart by the cells it draws; the order of the parts in the package does not matter."""
    from defusedxml.ElementTree import fromstring

    found = [_chart(fromstring(content)) for name, content in parts.items() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    return tuple(sorted(found))


def _chart(root: Element) -> tuple[str, ...]:
    title = root.find(f"{_CHART}chart/{_CHART}title")
    words = "" if title is None else "".join(one.text or "" for one in title.iter(f"{_DRAWN}t"))
    return re.sub(r"\s+", "", words), *sorted(_series(one) for one in root.iter(f"{_CHART}ser"))


def _series(series: Element) -> str:
    """Words of the legend, the cells of its names, the cells of its numbers."""
    said = []
    for part, kinds in (("tx", ("v", "f")), ("cat", ("f",)), ("val", ("f",))):
        found = [one.text or "" for kind in kinds for place in series.findall(f"{_CHART}{part}") for one in place.iter(f"{_CHART}{kind}")]
        said.append(re.sub(r"[\s'$\"]", "", found[0]) if found else "")
    return " ".join(said)


def _extras(parts: dict[str, bytes]) -> tuple[str, ...]:
    """Pictures, shapes and text boxes that could lie over cells, and parts that run: none stands in a report."""
    strange = re.compile(r"xl/(media|embeddings|activeX|ctrlProps|externalLinks|vbaProject|pivot|tables|chartsheets|webextensions)")
    shape = re.compile(rb"<(\w+:)?(sp|pic|cxnSp)[ />]")
    kinds = [name for name in parts if strange.match(name)]
    shapes = [name for name, content in parts.items() if name.startswith("xl/drawings/") and shape.search(content)]
    return tuple(sorted(kinds + shapes))
