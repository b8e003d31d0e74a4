"""What plate readers write into a well and around it: overflow, masked, not read; modes, wavelengths, units, roles of layouts, dates."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from instruments.contract import Note, ParseError, ParseOptions, note
from instruments.controls import role_of_name
from instruments.tables import Cell, Row
from instruments.text import half_width
from instruments.values import Outcome, TextRules, decide_mark, evidence, folded, interpret, texts

ABOVE = texts(
    ["OVRFLW", "OVERFLOW", "OVER", "OVF", "OVFL", "#SAT", "SAT", "Saturated", "> Max", ">Max", "#HIGH", "High", "溢出", "超量程"]
    + ["Too high", "Out of range - too high", "Out of range high", "Out of range - high"]
)
BELOW = texts(
    ["< Min", "<Min", "#LOW", "Low", "UNDERFLOW", "UNDRFLW", "下溢"]
    + ["Too low", "Out of range - too low", "Out of range low", "Out of range - low"]
)
NOT_READ = texts(["MISSED", "NaN", "#N/A", "N/A", "n.a.", "-", "--", "---", "未读"])
FAILED = texts(
    ["*****", "****", "***", "?????", "????", "???", "+++++", "#####", "#NUM!", "#DIV/0!", "#VALUE!", "Error", "ERR", "Invalid", "INV"]
    + ["NoCalc", "Masked", "MASK", "#MASK", "#MASKED", "Range?", "Range", "屏蔽", "错误", "无效"]
)
_BEYOND = re.compile(r"^[<>]\s*-?\d*[.,]?\d*\s*(?:max|min)\.?$", re.IGNORECASE)
_RULES = TextRules(missing=NOT_READ)


@dataclass(frozen=True)
class Measured:
    """What the numbers of a block are; `highest` is a bound that settles what a comma means, not a limit of values."""

    quantity: str
    unit: str | None
    highest: Decimal | None = None


ABSORBANCE = Measured("absorbance", "{OD}", Decimal(20))
FLUORESCENCE = Measured("fluorescence", "{RFU}")
LUMINESCENCE = Measured("fluorescence", "{RLU}")
OTHER = Measured("other", None)
_MODES = (
    (re.compile(r"fluor|\brfu\b|\btrf\b|荧光", re.IGNORECASE), FLUORESCENCE),
    (re.compile(r"lumin|\brlu\b|发光", re.IGNORECASE), LUMINESCENCE),
    (re.compile(r"absorb|photometric|\babs\b|\bo\.?d\.?\b|extinktion|extinction|吸光|光密度", re.IGNORECASE), ABSORBANCE),
)
_UNITS = {
    "ng/ul": "ng/uL", "ng/ml": "ng/mL", "ug/ml": "ug/mL", "mcg/ml": "ug/mL", "microg/ml": "ug/mL", "mg/ml": "mg/mL", "pg/ml": "pg/mL",
    "ug/ul": "ug/uL", "pg/ul": "pg/uL", "g/l": "g/L", "mg/l": "mg/L", "ug/l": "ug/L", "ng/l": "ng/L", "iu/ml": "[IU]/mL", "u/ml": "U/mL",
    "miu/ml": "m[IU]/mL", "um": "umol/L", "nm": "nmol/L", "mm": "mmol/L", "od": "{OD}", "rfu": "{RFU}", "rlu": "{RLU}", "mfi": "{MFI}",
}  # fmt: skip


def mode_of(text: str) -> Measured | None:
    """The measurement a text names, or None when it names none."""
    return next((measured for words, measured in _MODES if words.search(text)), None)


def ucum(unit: str) -> str | None:
    """The UCUM code of a unit as programs write it; a unit not known stays as written, a blank one is None."""
    plain = half_width(unit).strip().replace("\u00b5", "u").replace("\u03bc", "u")
    return _UNITS.get(plain.casefold(), plain) or None


def outcome(cell: Cell | None, mark: str) -> Outcome:
    """One well: overflow is above the range, not a number; masked and failed wells are invalid; what was not read is missing."""
    if cell is None or cell.kind != "text":
        if cell is not None and cell.kind == "error":
            return Outcome("invalid", flags=(cell.trimmed,))
        return interpret(cell, _RULES, mark)
    key = folded(cell.text)
    if key in ABOVE or (_BEYOND.match(key) and key.startswith(">")):
        return Outcome("censored", comparator=">", flags=(cell.trimmed, "limit not stated"))
    if key in BELOW or (_BEYOND.match(key) and key.startswith("<")):
        return Outcome("censored", comparator="<", flags=(cell.trimmed, "limit not stated"))
    if key in FAILED:
        return Outcome("invalid", flags=(cell.trimmed,))
    if key in NOT_READ:
        return Outcome("missing", flags=(cell.trimmed,))
    return interpret(cell, _RULES, mark)


def mark_of(cells: Iterable[Cell], options: ParseOptions, measured: Measured, what: str, otherwise: str | None = None) -> str:
    """The decimal mark of a block: declared, proven by its numbers, or asked for."""
    return decide_mark(evidence(cells, measured.highest), options.decimal_mark, otherwise, what)


_WAVELENGTH = re.compile(r"(?<!\d)(\d{3,4}(?:\s*[-/,]\s*\d{3,4})?)(?!\d)")


def wavelength(text: str) -> str | None:
    """The wavelength a label names ("630nmAbsRead:630" -> "630 nm", "485/20,528/20" -> as written); the last one counts."""
    tail = text.rpartition(":")[2].strip()
    if re.fullmatch(r"\d{3,4}(?:/\d+)?,\d{3,4}(?:/\d+)?", tail):
        return f"{tail} nm"
    found = [one for one in _WAVELENGTH.findall(text) if all(190 <= int(part) <= 1100 for part in re.findall(r"\d+", one))]
    return f"{found[-1].strip()} nm" if found else None


_ROLES = (
    (re.compile(r"^(?:std|standard|st)[ _.:-]?\d*(?::\d+)?$", re.IGNORECASE), "standard"),
    (re.compile(r"^(?:标准品?|标曲)[ _.:-]?\d*$"), "standard"),
    (re.compile(r"^(?:cal|calibrator|校准品)[ _.:-]?\d*(?::\d+)?$", re.IGNORECASE), "calibrator"),
    (re.compile(r"^(?:blk|blank|bl|background|空白)[ _.:-]?\w{0,4}$", re.IGNORECASE), "blank"),
    (re.compile(r"^(?:ctl|ctrl|control|kontrolle?|qc|质控)[ _.:-]?\d*(?::\d+)?$", re.IGNORECASE), "qc"),
    (re.compile(r"^(?:nc|neg|ncl|阴性)[ _.:-]?\d*(?::\d+)?$", re.IGNORECASE), "negative_control"),
    (re.compile(r"^(?:pc|pos|pcl|阳性)[ _.:-]?\d*(?::\d+)?$", re.IGNORECASE), "positive_control"),
)


def layout_role(text: str) -> str:
    """The role a layout's text names (STD1, BLK, SPL1:1, Un_0001 1/1); a text that names none is a sample."""
    bare = re.sub(r"\s+1[/:]\d+$", "", half_width(text).strip())
    return next((role for words, role in _ROLES if words.match(bare)), None) or role_of_name(bare) or "unknown"


_DAY = re.compile(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([AaPp]\.?[Mm]\.?|上午|下午)?$")


def started(text: str, options: ParseOptions) -> tuple[str | None, Note | None]:
    """An ISO time from "4/11/2024 5:27:15 PM"; a date that reads both ways is left out with a sentence, unless the order was declared."""
    day_text, _, clock = text.strip().partition(" ")
    day, doubt = _day(day_text, options.date_order)
    if day is None or not clock.strip():
        return day, doubt
    found = _CLOCK.match(clock.strip())
    if found is None:
        return day, doubt
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4][0] in "pP下" else 0)
    try:
        return datetime.fromisoformat(f"{day}T{hour:02d}:{found[2]}:{found[3] or '00'}").isoformat(), doubt
    except ValueError:
        return day, doubt


def _day(text: str, order: str | None) -> tuple[str | None, Note | None]:
    found = _DAY.match(text)
    if found is None:
        return None, None
    first, second, third = found.groups()
    if len(first) == 4:
        return _date(first, second, third), None
    if len(third) != 4:
        return None, _doubt(text)
    is_day_first = int(first) > 12 or order == "dmy"
    is_month_first = int(second) > 12 or order == "mdy"
    if is_day_first == is_month_first and first != second:
        return None, _doubt(text)
    return (_date(third, second, first) if is_day_first else _date(third, first, second)), None


def _doubt(text: str) -> Note:
    return note("run_date_ambiguous", "The date of the run, %(text)s, can be read day first or month first; it was not taken.", text=text)


def _date(year: str, month: str, day: str) -> str | None:
    try:
        return datetime(int(year), int(month), int(day)).date().isoformat()  # noqa: DTZ001 - the file's own local date
    except ValueError:
        return None


def no_plate(family: str, expected: str) -> ParseError:
    return ParseError(
        "no_plate", "The file holds no result of %(family)s (expected: %(expected)s). Export it again.", family=family, expected=expected
    )


def many_values(row: Row, mode: str) -> ParseError:
    """Curves, spectra and scans: the file is refused, no point of them is taken for the result."""
    return ParseError(
        "read_mode_not_supported",
        'The read mode "%(mode)s" in %(place)s gives many values for each well. Export the end point or the calculated results.',
        place := row.where,
        mode=mode,
        place=place,
    )
