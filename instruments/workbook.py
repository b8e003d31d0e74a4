"""XLSX as stored: the text of every number, formulas without a value, hidden sheets, merged cells. One pass, blank ranges cost nothing."""

import posixpath
import re
import zipfile
from functools import cache

from instruments import containers
from instruments.contract import ParseError
from instruments.tables import MAX_CELLS, MAX_FIELD, Cell, Kind, Row, Sheet, column_name

_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)])
_ADDRESS = re.compile(r"^([A-Z]{1,3})([0-9]{1,7})$")


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    container = containers.open_container(content)
    names = set(container.namelist())
    if "xl/workbook.xml" not in names:
        raise _no_workbook(names)
    book = _Book()
    _read(container, "xl/workbook.xml", book)
    relations = _Relations()
    if "xl/_rels/workbook.xml.rels" in names:
        _read(container, "xl/_rels/workbook.xml.rels", relations)
    strings, styles = _Strings(), _Styles()
    if "xl/sharedStrings.xml" in names:
        _read(container, "xl/sharedStrings.xml", strings)
    if "xl/styles.xml" in names:
        _read(container, "xl/styles.xml", styles)
    sheets = []
    for name, relation, is_hidden in book.sheets:
        path = relations.targets.get(relation)
        if path is None or path not in names or "worksheet" not in path:
            continue  # a chart sheet, or a reference outside the file
        cells = _Cells(name, strings.texts, styles.date_styles)
        _read(container, path, cells)
        sheets.append(Sheet(name, tuple(cells.rows), is_hidden, tuple(cells.merged), frozenset(cells.formulas)))
    if not sheets:
        raise containers.damaged()
    return tuple(sheets)


def _no_workbook(names: set[str]) -> ParseError:
    if "rdml_data.xml" in names:
        return ParseError("rdml_no_workbook", "The file is RDML, not a workbook. Choose the parser for RDML.")
    if "xl/workbook.bin" in names or "content.xml" in names:
        return ParseError("other_workbook", "The file is a workbook of another kind (XLSB or ODS). Save it as .xlsx.")
    if "[Content_Types].xml" in names:
        return containers.damaged()
    return ParseError("not_a_workbook", "The file is neither a workbook nor text, whatever its name says. Export it again.")


def _read(container: zipfile.ZipFile, name: str, handler: containers.Handler) -> None:
    containers.parse_xml(containers.read_member(container, name), handler)


class _Reader:
    """A handler that overlooks what it does not name."""

    def start(self, name: str, attrs: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, content: str) -> None: ...


class _Book(_Reader):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in attrs.items() if key.rpartition(":")[2] == "id" and ":" in key), "")
            self.sheets.append((attrs.get("name", ""), relation, attrs.get("state", "visible") != "visible"))


class _Relations(_Reader):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            target = attrs.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            self.targets[attrs.get("Id", "")] = path


class _Strings(_Reader):
    """Shared strings; phonetic helper text (rPh) is not part of a cell's text."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] | None = None
        self._is_text = self._is_phonetic = False

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "t":
            self._is_text = not self._is_phonetic

    def text(self, content: str) -> None:
        if self._is_text and self._parts is not None:
            self._parts.append(content)

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts or []))
            self._parts = None
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "t":
            self._is_text = False


class _Styles(_Reader):
    """Which cell styles show a number as a date or time."""

    def __init__(self) -> None:
        self.date_styles: set[int] = set()
        self._formats: dict[int, str] = {}
        self._is_cell_style = False
        self._count = 0

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "numFmt":
            self._formats[_number(attrs.get("numFmtId"))] = attrs.get("formatCode", "")
        elif name == "cellXfs":
            self._is_cell_style = True
        elif name == "xf" and self._is_cell_style:
            if self._is_date(_number(attrs.get("numFmtId"))):
                self.date_styles.add(self._count)
            self._count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_cell_style = False

    def _is_date(self, number_format: int) -> bool:
        if number_format in self._formats:
            plain = re.sub(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', "", self._formats[number_format].lower())
            return any(sign in plain for sign in "ydhs") or bool(re.search(r"m", plain.replace("am/pm", "")))
        return number_format in _BUILT_IN_DATES


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else -1


def number_text(text: str) -> str:
    """The stored text of a number; where it has more digits than a float carries (24.100000000000001), the shortest equal text."""
    if len(text) <= 15:
        return text
    digits = re.sub(r"[eE].*|\D", "", text).lstrip("0")
    if len(digits) <= 15:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if "." not in text and "e" not in text.lower() and abs(number) < 1e15 else repr(number)


class _Cells(_Reader):
    """The filled cells of one sheet, row by row; the declared range is ignored."""

    def __init__(self, sheet: str, strings: list[str], date_styles: set[int]) -> None:
        self.rows: list[Row] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.formulas: set[str] = set()
        self._sheet, self._strings, self._date_styles = sheet, strings, date_styles
        self._cells: dict[int, Cell] = {}
        self._row = 0
        self._column = -1
        self._total = 0
        self._type, self._style = "n", 0
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attrs)
        elif name == "v" or name == "t":
            self._into = self._value
        elif name == "row":
            self._row = int(attrs["r"]) if attrs.get("r", "").isdigit() else self._row + 1
            self._cells, self._column = {}, -1
        elif name == "f":
            self._formula = []
            self._into = self._formula
        elif name == "rPh":
            self._into = None
        elif name == "mergeCell":
            self._merge(attrs.get("ref", ""))

    def _start_cell(self, attrs: dict[str, str]) -> None:
        letters = attrs.get("r", "").rstrip("0123456789")
        self._column = column_number(letters) if letters.isalpha() and len(letters) <= 3 else self._column + 1
        self._type, self._style = attrs.get("t", "n"), _number(attrs.get("s"))
        self._value, self._formula = [], None

    def _merge(self, reference: str) -> None:
        ends = [_ADDRESS.match(end) for end in reference.split(":")]
        if len(ends) == 2 and ends[0] and ends[1]:
            self.merged.append((int(ends[0][2]) - 1, column_number(ends[0][1]), int(ends[1][2]) - 1, column_number(ends[1][1])))

    def text(self, content: str) -> None:
        if self._into is not None:
            self._into.append(content)

    def end(self, name: str) -> None:
        if name in ("v", "t", "f"):
            self._into = None
        elif name == "c":
            self._end_cell()
        elif name == "row" and self._cells:
            self.rows.append(Row(f"{self._sheet}!{self._row}", self._cells, max(self._cells) + 1))

    def _end_cell(self) -> None:
        if self._formula is not None:
            self.formulas.add(f"{column_name(self._column)}{self._row}")
        text, kind = self._text("".join(self._value))
        if not text.strip():
            return
        if len(text) > MAX_FIELD:
            raise ParseError("cell_too_long", "The cell %(cell)s has more than %(limit)s characters.", cell=self._source(), limit=MAX_FIELD)
        self._total += 1
        if self._total > MAX_CELLS:
            raise ParseError(
                "too_many_cells", "The table has more than %(limit)s filled cells. Export the result table only.", limit=MAX_CELLS
            )
        self._cells[self._column] = Cell(text, kind, self._source())

    def _source(self) -> str:
        return f"{self._sheet}!{column_name(self._column)}{self._row}"

    def _text(self, value: str) -> tuple[str, Kind]:
        if self._formula is not None and not value:
            return "=" + "".join(self._formula), "formula"
        if self._type == "s":
            index = _number(value)
            if not 0 <= index < len(self._strings):
                raise containers.damaged(self._source())
            return self._strings[index], "text"
        if self._type in ("str", "inlineStr"):
            return value, "text"
        return self._typed(value.strip())

    def _typed(self, value: str) -> tuple[str, Kind]:
        if self._type == "b":
            return "TRUE" if value == "1" else "FALSE", "boolean"
        if self._type == "e":
            return value, "error"
        if self._type == "d" or (value and self._style in self._date_styles):
            return value, "date"
        return number_text(value), "number"


@cache
def column_number(name: str) -> int:
    """A -> 0, XFD -> 16383."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1
