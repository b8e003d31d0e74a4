"""Molecular Devices SoftMax Pro: the text export with its plate, group and note blocks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from instruments.contract import ControlVerdict, Match, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, Skipped, note
from instruments.pcr import marked_table
from instruments.plate_readings import Account, Block, about_plate, file_mark
from instruments.plate_values import OTHER, Measured, many_values, mark_of, mode_of, no_plate
from instruments.plates import Line
from instruments.rows import UsedRow, numbered
from instruments.softmax_groups import Group, group_of, in_several_groups, layout_of_groups, read_group, unit_of, verdict, verdicts_of
from instruments.tables import Cell, Row, Table

NAME = "softmax_pro"
VERSION = "1"
TITLE = "Molecular Devices SoftMax Pro"
FORMATS = ("txt",)
MATURITY = "tested on real files"

_MARKER = re.compile(rb"##BLOCKS", re.IGNORECASE)
_START = re.compile(r"^(Plate|Group|Note|Cuvette):\s*(.*)$")
_ROWS_OF = {6: 2, 12: 3, 24: 4, 48: 6, 96: 8, 384: 16}
_COLUMNS_OF = {6: 3, 12: 4, 24: 6, 48: 8, 96: 12, 384: 24}


@dataclass(frozen=True)
class _Section:
    """One block of the export: its kind, its first row, the rows up to ~End."""

    kind: str
    head: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Plate:
    """What the head of a plate block says: fields 2 to 20 in this order, tab by tab."""

    name: str
    is_time_format: bool
    mode: Measured
    is_raw: bool
    waves: tuple[str, ...]
    first_column: int
    columns: int
    wells: int
    first_row: int
    rows: int


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    first = next((row for row in table.sheets[0].rows if not row.is_blank()), None) if table else None
    if first is None or not re.match(r"##BLOCKS\s*=", first.text(0)):
        return Match(0)
    return Match(
        95, (note("softmax_blocks", "The file begins with the number of blocks, as SoftMax Pro writes it (%(where)s).", where=first.where),)
    )


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    if table is None:
        raise no_plate(TITLE, "##BLOCKS=, Plate:, Group:, ~End")
    sections = _sections(table)
    plates = [(section, _plate(section.head)) for section in sections if section.kind == "Plate"]
    groups = [group for section in sections if section.kind == "Group" if (group := group_of(_name(section.head), section.rows))]
    if not plates and not groups:
        raise no_plate(TITLE, "##BLOCKS=, Plate:, Group:, ~End")
    blocks = [block for section, plate in plates for block in _blocks(section, plate)]
    if len(plates) < 2:
        layout = layout_of_groups(groups) or None
        blocks = [replace(block, plate=None, layout=layout) for block in blocks]
    mark = file_mark(blocks, options) if blocks else mark_of(_cells(groups), options, OTHER, "Value")
    account = Account()
    for block in blocks:
        account.add(block, mark)
    used, skipped = account.rows()
    mode = plates[0][1].mode if plates else OTHER
    for group in groups:
        more, reasons = read_group(group, mode, unit_of(groups), mark)
        used, skipped = [*used, *more], [*skipped, *reasons]
    if not used and not skipped:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    run = RunInfo(None, None, "SoftMax Pro", None, _document(table), plate=plates[0][1].name if len(plates) == 1 else None)
    return _parsed(table, used, skipped, run, mark, _verdicts(groups, sections), account)


def _parsed(
    table: Table, used: list[UsedRow], skipped: list[Skipped], run: RunInfo, mark: str, controls: list[ControlVerdict], account: Account
) -> ParsedFile:
    readings = numbered(used)
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        len(used) + len(skipped),
        len(used),
        tuple(skipped),
        run,
        table.encoding,
        table.delimiter,
        mark,
        controls=tuple(controls),
        warnings=(*in_several_groups(readings), *about_plate(readings)),
        unread=tuple(account.empty()),
    )


def _cells(groups: Sequence[Group]) -> list[Cell]:
    return [
        row.cells[column]
        for group in groups
        for row in group.rows
        for column in (group.values, group.result)
        if column in row.cells
        if column is not None
    ]


def _sections(table: Table) -> list[_Section]:
    """The blocks of the file; as many as its first line announces, each closed, or the file is not whole."""
    rows = table.sheets[0].rows
    head = next(row for row in rows if not row.is_blank())
    announced = re.search(r"\d+", head.text(0).partition("=")[2])
    sections: list[_Section] = []
    start: int | None = None
    for number, row in enumerate(rows):
        if start is None and _START.match(row.text(0)):
            start = number
        elif start is not None and row.text(0).startswith("~End"):
            found = _START.match(rows[start].text(0))
            sections.append(_Section(found[1] if found else "", rows[start], rows[start + 1 : number]))
            start = None
    if announced is None or int(announced[0]) != len(sections) or start is not None:
        raise ParseError(
            "blocks_missing",
            "The file announces %(announced)s blocks; %(found)s are whole. The export broke off: export it again.",
            head.where,
            announced=announced[0] if announced else "?",
            found=len(sections),
        )
    return sections


def _name(head: Row) -> str:
    """The name stands after the colon, or in the next cell."""
    return head.text(0).partition(":")[2].strip() or head.text(1)


def _plate(head: Row) -> _Plate:
    """Fields of a plate's head: format, read type and mode, kind of data, wavelengths, first column and row, size."""
    kind, mode = head.text(4), mode_of(head.text(5)) or OTHER
    if kind.casefold() != "endpoint":
        raise many_values(head, kind or "?")
    waves = tuple(head.text(15).split())
    numbers = [head.text(column) for column in (16, 17, 18, 19, 20)]
    if head.text(3) not in ("PlateFormat", "TimeFormat") or not all(text.isdigit() for text in numbers) or int(numbers[2]) not in _ROWS_OF:
        raise ParseError(
            "plate_head_unknown",
            "The head of the plate in %(place)s is not of a known form (format, wavelengths, size). Export it as columns or as plate.",
            place := head.where,
            place=place,
        )
    first_column, columns, wells, first_row, rows = (int(text) for text in numbers)
    is_time = head.text(3) == "TimeFormat"
    return _Plate(_name(head), is_time, mode, head.text(6) == "Raw", waves, first_column, columns, wells, first_row, rows)


def _blocks(section: _Section, plate: _Plate) -> list[Block]:
    return _time_blocks(section, plate) if plate.is_time_format else _plate_blocks(section, plate)


def _block(plate: _Plate, number: int, lines: Sequence[Line], columns: dict[int, int]) -> Block:
    """One wavelength of a plate; reduced data are one block for all its wavelengths."""
    name = plate.mode.quantity.capitalize()
    if plate.is_raw and number < len(plate.waves):
        return Block(tuple(lines), columns, f"{name} {plate.waves[number]}", f"{plate.waves[number]} nm", plate.mode, None, plate.name)
    channel = ", ".join(f"{wave} nm" for wave in plate.waves) or None
    return Block(tuple(lines), columns, f"{name} reduced", channel, plate.mode, None, plate.name, ("calculated",))


def _plate_blocks(section: _Section, plate: _Plate) -> list[Block]:
    """A heading 1 to 12 for each wavelength side by side; the lines carry no letters, so each must be there."""
    heading = next((row for row in section.rows if "temperature" in row.text(1).casefold() or row.text(2) == "1"), None)
    if heading is None:
        raise no_plate(TITLE, "Temperature, 1 2 3 ... 12")
    start = section.rows.index(heading) + 1
    wide = _COLUMNS_OF[plate.wells]
    lines = section.rows[start : start + _ROWS_OF[plate.wells]]
    runs = _runs(heading, wide)
    count = len(plate.waves) if plate.is_raw else 1
    if len(runs) != count or len(lines) != _ROWS_OF[plate.wells] or any(row.width != heading.width for row in lines):
        raise _broken(heading)
    after = section.rows[start + len(lines) :]
    if after and not after[0].is_blank() and after[0].width == heading.width:
        raise _broken(after[0])
    lettered = [Line(chr(65 + number), row, "") for number, row in enumerate(lines)]
    _demand_region(plate, lettered, runs)
    return [_block(plate, number, lettered, run) for number, run in enumerate(runs)]


def _runs(heading: Row, wide: int) -> list[dict[int, int]]:
    """The cell columns of each wavelength: whole runs of 1 to 12 (or 24) only."""
    runs = [
        {column + step: step + 1 for step in range(wide)}
        for column, cell in sorted(heading.cells.items())
        if cell.trimmed == "1" and all(heading.text(column + step) == str(step + 1) for step in range(wide))
    ]
    return runs if sum(text.trimmed.isdigit() for text in heading.cells.values()) == wide * len(runs) else []


def _broken(row: Row) -> ParseError:
    return ParseError(
        "plate_rows_missing",
        "The plate in %(place)s has not as many lines or columns as its head says; the wells cannot be placed. Export the file again.",
        place := row.where,
        place=place,
    )


def _demand_region(plate: _Plate, lines: Sequence[Line], runs: Sequence[dict[int, int]]) -> None:
    """Wells outside of the part that was read must be empty; a value there shows that lines or columns have moved."""
    rows = range(plate.first_row - 1, plate.first_row - 1 + plate.rows)
    columns = range(plate.first_column, plate.first_column + plate.columns)
    for number, line in enumerate(lines):
        for run in runs:
            for column, well in run.items():
                if (column in line.row.cells) and (number not in rows or well not in columns):
                    raise _broken(line.row)


def _time_blocks(section: _Section, plate: _Plate) -> list[Block]:
    """One line holds the whole plate; its heading names each well, once for each wavelength."""
    heading = next(
        (row for row in section.rows if sum(re.fullmatch(r"[A-P]\d{1,2}", cell.trimmed) is not None for cell in row.cells.values()) > 1),
        None,
    )
    if heading is None:
        raise no_plate(TITLE, "A1 A2 A3 ... H12")
    rows = [row for row in section.rows[section.rows.index(heading) + 1 :] if not row.is_blank()]
    if len(rows) != 1:
        raise many_values(heading, f"{len(rows)} lines")
    row = rows[0]
    if row.fault is not None or row.width != heading.width:
        raise _broken(row)
    blocks: list[Block] = []
    seen: dict[str, int] = {}
    by_letter: dict[tuple[int, str], dict[int, int]] = {}
    for column, cell in sorted(heading.cells.items()):
        found = re.fullmatch(r"([A-P])(\d{1,2})", cell.trimmed)
        if found:
            number = seen[cell.trimmed] = seen.get(cell.trimmed, -1) + 1
            by_letter.setdefault((number, found[1]), {})[column] = int(found[2])
    for (number, letter), columns in by_letter.items():
        blocks.append(_block(plate, number, [Line(letter, row, "")], columns))
    return blocks


def _document(table: Table) -> str | None:
    last = next((row.text(0) for row in reversed(table.sheets[0].rows) if row.text(0).startswith("Original Filename:")), "")
    return last.removeprefix("Original Filename:").partition(";")[0].strip() or None


def _verdicts(groups: Sequence[Group], sections: Sequence[_Section]) -> list[ControlVerdict]:
    """What groups and notes of the document itself judged: Pass or Fail."""
    notes = [
        verdict(row.text(1).rstrip(" ="), row.text(0), row.text(2), row.where)
        for section in sections
        if section.kind == "Note"
        for row in section.rows
        if row.text(2) in ("Pass", "Fail")
    ]
    return [*notes, *(one for group in groups for one in verdicts_of(group))]
