"""Thermo NanoDrop (1000, 2000, 8000, One, Eight): concentrations with their absorbance ratios."""

import re
from collections.abc import Iterable

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note
from instruments.measured_rows import RATIO, Column, Measurements, columns_by_key, only, parse_measurements
from instruments.pcr import marked_table
from instruments.plate_values import Measured, no_plate, started, ucum
from instruments.tables import Row
from instruments.text import heading_key

NAME = "nanodrop"
VERSION = "1"
TITLE = "Thermo NanoDrop (1000, 2000, 8000, One, Eight)"
FORMATS = ("txt", "csv", "tsv", "xlsx", "xls")
MATURITY = "tested on real files"

_MARKER = re.compile(rb"260/\s*A?280", re.IGNORECASE)
_CONCENTRATION = re.compile(
    r"^(?:(nucleic acid|dsdna|ssdna|dna|rna|oligo|protein|核酸|蛋白质?)(?:\s*conc\.?(?:entration)?)?\s*[(\[]([^)\]]+)[)\]])$", re.IGNORECASE
)
_BARE = ("conc.", "conc", "nucleic acid conc.", "nucleic acid", "protein conc.", "concentration", "浓度")
_UNITS = ("ng/ul", "mg/ml")
_SAMPLES = ("Sample Name", "Sample ID", "样品名称", "样品 ID", "样品ID")
#: headings that other spectrometers do not write
_OWN = frozenset(
    map(heading_key, ("User ID", "User name", "Cursor Pos.", "Nucleic Acid Factor", "Baseline Correction (nm)", "Ext. Coeff x10e3"))
)
_RATIOS = (("A260/A280", ("A260/A280", "260/280")), ("A260/A230", ("A260/A230", "260/230")))


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _found(file, options)
    if found is None:
        return Match(0)
    if not _OWN & columns_by_key(found.heading).keys() and not any(
        _CONCENTRATION.match(cell.trimmed) for cell in found.heading.cells.values()
    ):
        return Match(45, (note("spectrometer_heading", "The headings may be those of NanoDrop or of another spectrometer."),))
    score = 90 if len(found.values) > 1 else 60
    where = found.heading.where
    return Match(
        score,
        (note("nanodrop_heading", "The headings are those of NanoDrop: concentration with its 260/280 ratio (%(where)s).", where=where),),
    )


def _found(file: RawFile, options: ParseOptions) -> Measurements | None:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        for number, row in enumerate(sheet.rows[:30]):
            columns = columns_by_key(row)
            if row.fault is not None or len(columns) < 4 or not {"a260/a280", "260/280"} & columns.keys():
                continue
            sample = only(columns, *_SAMPLES)
            values = _values(row)
            if table is not None and sample is not None and values:
                rows = tuple(row for row in sheet.rows[number + 1 :] if not row.is_blank())
                others = {name: column for name in ("date", "time", "date and time", "日期") if (column := only(columns, name)) is not None}
                return Measurements(table, sheet, row, rows, sample, only(columns, "Well", "Location", "孔"), values, others)
    return None


def _values(heading: Row) -> tuple[Column, ...]:
    """The one column of concentration, and the ratios; two columns of concentration are not guessed about."""
    columns = columns_by_key(heading)
    unit = only(columns, "units", "unit", "单位")
    found: list[Column] = []
    for column, cell in sorted(heading.cells.items()):
        named = _CONCENTRATION.match(cell.trimmed)
        if named:
            found.append(Column(column, named[1], Measured("concentration", ucum(named[2]))))
        elif cell.trimmed.casefold() in _UNITS:
            found.append(
                Column(
                    column, "Nucleic Acid" if "ng" in cell.trimmed.casefold() else "Protein", Measured("concentration", ucum(cell.trimmed))
                )
            )
        elif cell.trimmed.casefold() in _BARE and unit is not None:
            found.append(Column(column, cell.trimmed, Measured("concentration", None), unit))
    if len(found) > 1:
        raise ParseError(
            "two_concentrations",
            "The list in %(place)s has several columns of concentration; export one.",
            place := heading.where,
            place=place,
        )
    if not found:
        return ()
    ratios = [Column(ratio, name, RATIO) for name, titles in _RATIOS if (ratio := only(columns, *titles)) is not None]
    return (*found, *ratios)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _found(file, options)
    if found is None:
        raise no_plate(TITLE, "Sample ID, conc., units, 260/280")
    dates = {row.text(found.others[name]) for name in ("date", "date and time", "日期") if name in found.others for row in found.rows} - {
        ""
    }
    order = _order(dates) or options.date_order
    days = {started(text, ParseOptions(date_order=order))[0] for text in dates}
    first = next((text for row in found.rows if (text := _moment(row, found))), "")
    at, doubt = started(first, ParseOptions(date_order=order))
    warnings: list[Note] = [doubt] if doubt else []
    warnings += _repeated(found)
    run = RunInfo("NanoDrop", started_at=at if len(days) > 0 else None, zone="local" if at else None, plate=_plate(found))
    return parse_measurements(NAME, VERSION, found, options, run, warnings)


def _moment(row: Row, found: Measurements) -> str:
    return " ".join(row.text(found.others[name]) for name in ("date", "date and time", "日期", "time") if name in found.others).strip()


def _order(dates: Iterable[str]) -> str | None:
    """Day or month first, proven by a number above 12."""
    pairs = [found for text in dates if (found := re.match(r"^(\d{1,2})[./-](\d{1,2})[./-]\d{4}", text))]
    orders = {"dmy" for pair in pairs if int(pair[1]) > 12} | {"mdy" for pair in pairs if int(pair[2]) > 12}
    return orders.pop() if len(orders) == 1 else None


def _plate(found: Measurements) -> str | None:
    column = only(columns_by_key(found.heading), "Plate ID")
    plates = {row.text(column) for row in found.rows} - {""} if column is not None else set()
    return plates.pop() if len(plates) == 1 else None


def _repeated(found: Measurements) -> list[Note]:
    """The program numbers samples from "Sample 1" on: one text on several days is hardly one sample."""
    days: dict[str, set[str]] = {}
    for row in found.rows:
        if moment := _moment(row, found):
            days.setdefault(row.text(found.sample), set()).add(moment.partition(" ")[0])
    names = [sample for sample, found_days in days.items() if sample and len(found_days) > 1]
    if not names:
        return []
    return [
        note(
            "same_text_other_day",
            "The same sample text stands on several days (%(samples)s); compare it with the tubes.",
            samples=", ".join(names[:10]),
        )
    ]
