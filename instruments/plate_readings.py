"""From plate blocks to readings: every line of every block is used or skipped with a reason, no empty well becomes a number."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from instruments.contract import ControlVerdict, Note, ParsedFile, ParseError, ParseOptions, Reading, RunInfo, Skipped, note
from instruments.plate_values import OTHER, Measured, mark_of, outcome
from instruments.plates import Line, Well
from instruments.rows import UsedRow, about, numbered, place
from instruments.tables import Cell, Table, unread_sheets

CONTROL_ROLES = ("standard", "calibrator", "blank", "qc", "negative_control", "positive_control")


@dataclass(frozen=True)
class Block:
    """Lines that hold one read of one plate."""

    lines: tuple[Line, ...]
    columns: Mapping[int, int]
    target: str
    channel: str | None
    measured: Measured = OTHER
    layout: Mapping[str, Well] | None = None
    plate: str | None = None
    flags: tuple[str, ...] = ()

    def cells(self) -> list[Cell]:
        return [line.row.cells[column] for line in self.lines for column in self.columns if column in line.row.cells]


def widths_fault(lines: Sequence[Line]) -> dict[str, Note]:
    """Lines of text with another number of fields than the others: a lost field would shift every well after it."""
    counted = Counter(line.row.width for line in lines if line.row.fault is None and line.row.where.startswith("line "))
    if len(counted) < 2:
        return {}
    most = counted.most_common(2)
    usual = most[0][0] if most[0][1] > most[1][1] else None
    return {
        line.row.where: note("wrong_field_count", "The line has %(found)s fields; the others have %(expected)s.", found=line.row.width,
                             expected=usual if usual is not None else "?")
        for line in lines
        if line.row.width != usual and line.row.where.startswith("line ")
    }  # fmt: skip


def parse_blocks(
    name: str, version: str, table: Table, blocks: Sequence[Block], options: ParseOptions, run: RunInfo,
    warnings: Iterable[Note] = (), unread: Iterable[Note] = (),
) -> ParsedFile:  # fmt: skip
    """Every line of every block as readings or a reason; the decimal mark is that of all blocks together."""
    sheet = next((sheet for sheet in table.sheets for block in blocks for line in block.lines if line.row in sheet.rows), table.sheets[0])
    mark = file_mark(blocks, options)
    account = Account()
    for block in apart(distinct(blocks)):
        account.add(block, mark)
    used, skipped = account.rows()
    if not used and not skipped:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    readings = numbered(used)
    return ParsedFile(
        name,
        version,
        readings,
        len(used) + len(skipped),
        len(used),
        tuple(skipped),
        run,
        table.encoding,
        table.delimiter,
        mark,
        sheet.name,
        controls=judge_plate(readings),
        warnings=(*warnings, *about_plate(readings)),
        unread=(*unread, *account.empty(), *beside(blocks), *unread_of(table, blocks)),
    )


def beside(blocks: Sequence[Block]) -> list[Note]:
    """Cells on the lines of a plate that belong to no well and to no label, such as notes made by hand."""
    known: dict[str, set[int]] = {}
    rows = {line.row.where: line.row for block in blocks for line in block.lines if line.number is None}
    for block in blocks:
        for line in block.lines:
            known.setdefault(line.row.where, set()).update(range(min(block.columns) - 1, max(block.columns) + 2))
    count = sum(column not in known[where] for where, row in rows.items() for column in row.cells)
    return [note("cells_beside", "Cells beside the plate that were not read: %(count)s.", count=count)] if count else []


def unread_of(table: Table, blocks: Sequence[Block]) -> list[Note]:
    names = {line.row.where.rpartition("!")[0] for block in blocks for line in block.lines}
    first = next((sheet for sheet in table.sheets if sheet.name in names), table.sheets[0])
    return [one for one in unread_sheets(table, first) if one.params["sheet"] not in names]


def file_mark(blocks: Sequence[Block], options: ParseOptions) -> str:
    """Absorbances settle what a comma means for the whole file; numbers that could be read both ways are asked about."""
    bounded = [block for block in blocks if block.measured.highest is not None]
    mark: str | None = None
    for group in (bounded, [block for block in blocks if block.measured.highest is None]):
        cells = [cell for block in group for cell in block.cells()]
        if cells:
            mark = mark_of(cells, options, group[0].measured, group[0].target, mark)
    return mark or options.decimal_mark or "."


def distinct(blocks: Sequence[Block]) -> list[Block]:
    """One name for several wavelengths is not one target: the wavelength becomes part of it, as results are kept by target."""
    channels: dict[str, set[str | None]] = {}
    for block in blocks:
        channels.setdefault(block.target, set()).add(block.channel)
    return [
        replace(block, target=f"{block.target} {block.channel}") if block.channel and len(channels[block.target]) > 1 else block
        for block in blocks
    ]


def apart(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of one read without a plate's name are several plates: each gets its running number."""
    counts = Counter((block.target, block.channel) for block in blocks if block.plate is None)
    seen: Counter[tuple[str, str | None]] = Counter()
    result = []
    for block in blocks:
        key = (block.target, block.channel)
        if block.plate is None and counts[key] > 1:
            seen[key] += 1
            block = replace(block, plate=str(seen[key]))
        result.append(block)
    return result


class Account:
    """The readings and reasons of all lines; a line that gave a reading is used, whatever else it holds."""

    def __init__(self) -> None:
        self._readings: dict[str, list[Reading]] = {}
        self._reasons: dict[str, Note] = {}
        self._taken: dict[tuple[object, ...], tuple[str, tuple[object, ...]]] = {}
        self._empty = 0

    def add(self, block: Block, mark: str) -> None:
        faults = widths_fault(block.lines)
        filled = {column for line in block.lines if line.row.where not in faults for column in block.columns if column in line.row.cells}
        for line in block.lines:
            fault = line.row.fault or faults.get(line.row.where)
            if fault is None and line.letter is None:
                fault = note("plate_row_unknown", "The line stands in the plate but names no row of it (A to AF).")
            if fault is not None:
                self._reasons.setdefault(line.row.where, fault)
                continue
            self._keep(block, line, self._of_line(block, line, filled, mark))

    def _of_line(self, block: Block, line: Line, filled: set[int], mark: str) -> list[Reading]:
        has_any = any(column in line.row.cells for column in block.columns)
        readings = []
        for column, number in block.columns.items():
            position = f"{line.letter}{line.number or number}"
            well = (block.layout or {}).get(position)
            cell = line.row.cells.get(column)
            is_expected = line.number is not None or (well is not None if block.layout else has_any and column in filled)
            if cell is None and (not is_expected or (well is not None and well.role == "blank" and "calculated" in block.flags)):
                self._empty += 1
                continue
            readings.append(reading_of(block, position, well, cell, cell.source if cell else place(line.row, column), mark))
        return readings

    def _keep(self, block: Block, line: Line, readings: list[Reading]) -> None:
        """A row letter twice in one read: the same values are taken once, other values make both lines invalid."""
        where = line.row.where
        if not readings:
            self._reasons.setdefault(where, note("plate_row_empty", "No well of the row %(letter)s was measured.", letter=line.letter))
            return
        key = (block.target, block.channel, block.plate, line.letter, line.number or tuple(block.columns.values()))
        content = tuple((reading.sample, reading.raw.strip()) for reading in readings)
        first = self._taken.setdefault(key, (where, content))
        if first[0] == where:
            self._readings.setdefault(where, []).extend(readings)
        elif first[1] == content:
            self._reasons.setdefault(where, note("identical_row", "The row says the same as %(first)s.", first=first[0]))
        else:
            targets = {(block.target, block.channel)}
            self._readings[first[0]] = [contradicted(one, targets) for one in self._readings[first[0]]]
            self._readings.setdefault(where, []).extend(contradicted(one, targets) for one in readings)

    def rows(self) -> tuple[list[UsedRow], list[Skipped]]:
        used = [UsedRow(where, tuple(readings)) for where, readings in self._readings.items()]
        return used, [Skipped(where, reason) for where, reason in self._reasons.items() if where not in self._readings]

    def empty(self) -> list[Note]:
        return [note("empty_wells", "Empty wells that gave no reading: %(count)s.", count=self._empty)] if self._empty else []


def contradicted(reading: Reading, targets: set[tuple[str, str | None]]) -> Reading:
    if (reading.target, reading.channel) not in targets or "contradicting rows" in reading.flags:
        return reading
    return replace(reading, status="invalid", value=None, comparator=None, flags=(*reading.flags, "contradicting rows"))


def reading_of(block: Block, position: str, well: Well | None, cell: Cell | None, source: str, mark: str) -> Reading:
    found = outcome(cell, mark)
    plate = (f"plate {block.plate.removeprefix('Plate ')}",) if block.plate is not None else ()
    return Reading(
        position, well.sample if well else None, well.role if well else "unknown", block.target, block.channel, block.measured.quantity,
        cell.text if cell else "", found.status, found.value, found.comparator, block.measured.unit,
        None if well and well.sample else 1, (*plate, *(well.flags if well else ()), *block.flags, *found.flags), source,
    )  # fmt: skip


def about_plate(readings: Sequence[Reading]) -> list[Note]:
    """What a person must know of all readings: no layout, no controls, wells above the range."""
    notes = [one for one in about(readings) if one.code != "no_samples"]
    if readings and all(reading.sample is None for reading in readings):
        notes.append(
            note("plate_without_layout", "The file does not say what the wells hold. Give the plate's layout before anything is matched.")
        )
    elif readings and all(reading.role == "unknown" for reading in readings):
        notes.append(note("plate_without_controls", "The layout names no standard, blank or control; nothing shows that the run is valid."))
    return notes


def judge_plate(readings: Sequence[Reading]) -> tuple[ControlVerdict, ...]:
    """Controls without a usable number fail. The limits of the others are the assay's, not the file's: no verdict is given on them."""
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.role in CONTROL_ROLES and "calculated" not in reading.flags:
            groups.setdefault(reading.sample or reading.role, []).append(reading)
    verdicts = []
    for name, group in groups.items():
        unusable = [reading for reading in group if reading.status != "value"]
        if unusable:
            reason = note(
                "control_unusable",
                "%(count)s of %(total)s readings have no usable result (first: %(where)s).",
                count=len(unusable),
                total=len(group),
                where=unusable[0].source,
            )
            verdicts.append(ControlVerdict(name, "fail", reason))
    return tuple(verdicts)
