"""What result tables of real-time PCR have in common: a heading row, a well in each row, one Ct, roles, flags, controls."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from instruments.contract import Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, note
from instruments.controls import ControlRules, judge, role_of
from instruments.headings import Headings
from instruments.rows import UsedRow, about, identifier, numbered, place, with_internal_control, without_duplicates
from instruments.tables import Cell, Row, Sheet, Table, read_table, unread_sheets
from instruments.text import has_control_characters, heading_key
from instruments.values import TextRules, decide_mark, evidence, folded, interpret, texts

WELL = re.compile(r"[A-Za-z]{1,2}\d{1,2}|\d{1,5}(\.0)?")
INTERNAL = texts(["IC", "IPC", "IAC", "内标", "内参"])
CONTROLS = ControlRules(required=(("ntc", "negative_control"), ("positive_control", "standard", "calibrator")), internal_targets=INTERNAL)
HIGHEST_CT = Decimal(100)
SEARCHED_ROWS = 80
FEW_ROWS = 8


def ct_rules(*not_detected: str, missing: Iterable[str] = ()) -> TextRules:
    """A Ct is a number above 0 and up to 100; only the texts given here mean that nothing was detected."""
    return TextRules(not_detected=texts(not_detected), missing=texts(missing), lowest=Decimal(0), highest=HIGHEST_CT)


def marked_table(file: RawFile, options: ParseOptions, marker: re.Pattern[bytes]) -> Table | None:
    """The file as a table; None when it is text without the family's words: its encoding is then not ours to judge."""
    is_text = not file.content.startswith((b"PK", b"\xd0\xcf"))
    if is_text and not marker.search(file.content[:200_000].replace(b"\0", b"")):
        return None
    return read_table(file, options, ("cp1252",))


def no_result_table(family: str, headings: str) -> ParseError:
    return ParseError(
        "no_result_table",
        "The file holds no result table of %(family)s (headings %(headings)s). Export the results again.",
        family=family,
        headings=headings,
    )


def unchanged(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    return reading


@dataclass(frozen=True)
class PcrFormat:
    """How a family writes its result table. Headings are keyed by meaning (position, sample, target, ct ...)."""

    name: str
    version: str
    headings: Mapping[str, tuple[str, ...]]
    demanded: tuple[str, ...]  # meanings that make a row the heading of this family; the Ct is demanded when the table is read
    rules: TextRules
    roles: Mapping[str, str]
    controls: ControlRules = CONTROLS
    positions: re.Pattern[str] = WELL
    flags: frozenset[str] = frozenset()  # headings of yes/no columns
    omitted: frozenset[str] = frozenset({"true", "1", "yes"})
    is_ragged: bool = False  # blank fields at the end of a row are left out
    adjust: Callable[[Reading, Row, Mapping[str, int]], Reading] = unchanged

    @cached_property
    def heading_words(self) -> Headings:
        """The words by which a row of the family's table is known as its heading."""
        return Headings(self.headings, self.demanded)

    def columns_of(self, row: Row) -> dict[str, int] | None:
        """The columns of a heading row by meaning, the first of two alike; None when the row is no heading of this family."""
        return self.heading_words.columns_of(row)


@dataclass(frozen=True)
class Block:
    """One result table of a file: sheet, heading, columns by meaning, rows, and what its title says of all of them."""

    sheet: Sheet
    heading: Row
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    channel: str | None = None
    target: str | None = None
    below: tuple[Row, ...] = field(default=())

    @cached_property
    def headings(self) -> tuple[tuple[int, Cell, str], ...]:
        """Column, cell and key of each heading."""
        return tuple((column, cell, heading_key(cell.text)) for column, cell in self.heading.cells.items())

    def widths(self, is_ragged: bool) -> frozenset[int]:
        """How many fields a row of text may have: as many as the heading (and one blank more), or as most rows have.

        Where rows leave out blank fields at their end, a width that no other row has shows a lost cell.
        """
        counted = Counter(row.width for row in self.rows)
        if is_ragged:
            lonely = {width for width, count in counted.items() if count == 1 and len(self.rows) >= FEW_ROWS}
            least = min(self.heading.width, self.columns["ct"] + 2)
            return frozenset({self.heading.width, *(width for width in counted if width >= least and width not in lonely)})
        return frozenset({self.heading.width, self.heading.width + 1, *(width for width, _ in counted.most_common(1))})


def find_heading(sheet: Sheet, form: PcrFormat, start: int = 0) -> tuple[int, dict[str, int]] | None:
    """The first heading row of the family at or below `start`."""
    for number, row in enumerate(sheet.rows[start : start + SEARCHED_ROWS], start=start):
        if columns := form.columns_of(row):
            return number, columns
    return None


def block_at(sheet: Sheet, number: int, columns: Mapping[str, int], end: int | None = None) -> Block:
    """The table under the heading row `number`; lines of words below it are set apart."""
    rows = [row for row in sheet.rows[number + 1 : end] if not row.is_blank()]
    below: list[Row] = []
    while rows and _is_remark(rows[-1], columns):
        below.insert(0, rows.pop())
    return Block(sheet, sheet.rows[number], columns, tuple(rows), below=tuple(below))


def _is_remark(row: Row, columns: Mapping[str, int]) -> bool:
    """A line below the table: words in its first columns only, no well, no Ct."""
    first = min((columns[meaning] for meaning in ("position", "well") if meaning in columns), default=0)
    lone = row.text(first) or row.text(min(row.cells, default=0))
    return (
        row.fault is None
        and max(row.cells, default=0) <= first + 2
        and columns.get("ct", -1) not in row.cells
        and len(lone) > 2
        and WELL.fullmatch(lone) is None
    )


def first_block(table: Table, form: PcrFormat, sheet: str | None = None) -> Block | None:
    """The first result table of the sheet a person named, else of the visible sheets."""
    for each in table.sheets if sheet is not None else table.visible():
        if (sheet is None or each.name == sheet) and (found := find_heading(each, form)):
            return block_at(each, *found)
    return None


def parse_blocks(
    form: PcrFormat, table: Table, blocks: Sequence[Block], options: ParseOptions, run: RunInfo, unread: Iterable[Note] = ()
) -> ParsedFile:
    """Every row of every block as a reading or a reason. Without Ct column, or without rows, nothing is taken."""
    mark = _mark(form, blocks, options)
    warnings: dict[str, Note] = {}
    with_widths = [(block, block.widths(form.is_ragged)) for block in blocks]
    outcomes = [(row, _read(row, block, form, mark, widths, warnings)) for block, widths in with_widths for row in block.rows]
    skipped = [outcome for _, outcome in outcomes if isinstance(outcome, Skipped)]
    used, identical = without_duplicates([UsedRow(row.where, (one,)) for row, one in outcomes if isinstance(one, Reading)])
    readings = numbered(with_internal_control(used, form.controls.internal_targets))
    sheet = blocks[0].sheet
    return ParsedFile(
        form.name,
        form.version,
        readings,
        len(outcomes),
        len(used),
        (*skipped, *identical),
        run,
        table.encoding,
        table.delimiter,
        mark,
        sheet.name,
        None,
        judge(readings, form.controls),
        (*warnings.values(), *about(readings)),
        tuple({str(each): each for each in (*_unread(form, blocks), *unread, *unread_sheets(table, sheet))}.values()),
    )


def _mark(form: PcrFormat, blocks: Sequence[Block], options: ParseOptions) -> str:
    """The decimal mark that all Ct values of the file prove; a file without Ct column or without rows is refused here."""
    for block in blocks:
        demand_ct(form, block)
    if not any(block.rows for block in blocks):
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    cells = [row.cells[block.columns["ct"]] for block in blocks for row in block.rows if block.columns["ct"] in row.cells]
    return options.decimal_mark or decide_mark(evidence(cells, form.rules.highest), None, ".", "Ct")


def demand_ct(form: PcrFormat, block: Block) -> None:
    """A result table without its Ct column, or with two of them, is refused: nothing in it may become "not detected"."""
    keys = {heading_key(word) for word in form.headings["ct"]}
    count = sum(heading_key(cell.text) in keys for cell in block.heading.cells.values())
    if "ct" in block.columns and count == 1:
        return
    raise ParseError(
        "no_ct_column",
        "The result table has %(count)s columns of Ct values (%(names)s) where one is expected. Nothing was taken; export it again.",
        block.heading.where,
        count=count,
        names=", ".join(form.headings["ct"]),
    )


def _read(row: Row, block: Block, form: PcrFormat, mark: str, widths: frozenset[int], warnings: dict[str, Note]) -> Reading | Skipped:
    columns = block.columns
    sample = identifier(row.cells.get(columns.get("sample", -1)))
    target, cell = row.text(columns.get("target", -1)) or block.target, row.cells.get(columns["ct"])
    fault = (
        _fault(row, block, widths)
        or sample.fault
        or _aside(row, block, form, sample.text is None and cell is None and target == block.target)
    )
    if fault is not None:
        return Skipped(row.where, fault)
    role, by_name = role_of(row.text(columns.get("task", -1)), sample.text, form.roles, warnings)
    is_internal = role == "unknown" and target is not None and folded(target) in form.controls.internal_targets
    outcome = interpret(cell, form.rules, mark)
    reading = Reading(
        _position(row, block),
        sample.text,
        "internal_control" if is_internal else role,
        target,
        row.text(columns.get("channel", -1)) or block.channel,
        "ct",
        cell.text if cell else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        "{Ct}",
        None,
        (*by_name, *_flags(row, block, form), *(("id from number",) if sample.is_from_number else ()), *outcome.flags),
        cell.source if cell else place(row, columns["ct"]),
    )
    return form.adjust(reading, row, columns)


def _position(row: Row, block: Block) -> str:
    return (row.text(block.columns.get("position", -1)) or row.text(block.columns.get("well", -1))).removesuffix(".0")


def _aside(row: Row, block: Block, form: PcrFormat, is_empty: bool) -> Note | None:
    """Why a sound row is no result, or None."""
    if not form.positions.fullmatch(_position(row, block)):
        return note("not_a_result_row", "The row has no well position, so it is no result.")
    if row.text(block.columns.get("omit", -1)).casefold() in form.omitted:
        return note("omitted", "The well was omitted in the instrument's program.")
    return note("empty_well", "The well is empty: no sample, no target, no result.") if is_empty else None


def _fault(row: Row, block: Block, widths: frozenset[int]) -> Note | None:
    """Why the cells of a row cannot be trusted; a text row that ends before its Ct, or has more fields than headings, may have moved."""
    if row.fault is not None:
        return row.fault
    if has_control_characters("".join([row.text(column) for name, column in block.columns.items() if name != "sample"])):
        return note("control_characters", "The row holds invisible control characters.")
    if "!" not in row.where and any("\n" in cell.text for cell in row.cells.values()):
        return note("several_lines", "The row runs over several lines inside quotation marks; its cells may have moved.")
    width = block.heading.width
    if "!" in row.where or (row.width in widths and not any(column >= width for column in row.cells)):
        return None
    return note(
        "wrong_field_count",
        "The row has %(found)s fields where %(expected)s are expected; its cells may have moved.",
        found=row.width,
        expected=width,
    )


def _flags(row: Row, block: Block, form: PcrFormat) -> list[str]:
    """The instrument's own flags: the headings of yes/no columns that say yes, and the text of the column "flag"."""
    columns = [(column, cell) for column, cell, key in block.headings if key in form.flags]
    found = [cell.trimmed for column, cell in columns if row.text(column).casefold() in ("y", "yes", "true")]
    said = row.text(block.columns.get("flag", -1))
    return [*found, said] if said and said.casefold() not in ("passed", "ok") else found


def _unread(form: PcrFormat, blocks: Sequence[Block]) -> list[Note]:
    return [each for block in blocks for each in unread_of(form, block)]


def unread_of(form: PcrFormat, block: Block) -> list[Note]:
    """Columns and lines of the table that were not read."""
    known = set(block.columns.values())
    others = ", ".join(
        cell.trimmed
        for column, cell in sorted(block.heading.cells.items())
        if column not in known and heading_key(cell.text) not in form.flags
    )
    notes = [note("unread_columns", "Columns that were not read: %(columns)s.", columns=others)] if others else []
    notes += [
        note(
            "below_table",
            'Below the table: "%(text)s" (%(where)s).',
            text=" ".join(cell.trimmed for cell in row.cells.values())[:200],
            where=row.where,
        )
        for row in block.below
    ]
    return notes
