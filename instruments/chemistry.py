"""What result tables of analytical chemistry have in common: a heading row, a sample and an analyte in each row, one amount."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from instruments.chemistry_words import ABOVE, BELOW, MISSING, NOT_DETECTED, TASKS, is_statistic, quantity_of, role_of_name, unit_of
from instruments.contract import Note, ParsedFile, ParseError, ParseOptions, Reading, RunInfo, Skipped, note
from instruments.controls import role_of
from instruments.headings import Headings
from instruments.rows import UsedRow, about, identifier, numbered, place
from instruments.tables import Cell, Row, Sheet, Table, unread_sheets
from instruments.text import has_control_characters, heading_key
from instruments.values import Outcome, TextRules, decide_mark, evidence, folded, interpret, texts

RULES = TextRules(not_detected=NOT_DETECTED, missing=MISSING, highest=Decimal(10) ** 12)
_CORE = frozenset({"sample", "sample_name", "file_name", "target", "value", "unit", "task", "position", "channel"})
NO_FAULT = texts(["", "0", "-", "ok", "none", "no error"])
_ONE = re.compile(r"1(?:[.,]0*)?")
_NUMBER = re.compile(r"[<>]?\s*[+-]?\d*[.,]?\d+(?:[eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class ChemFormat:
    """How a family writes its result table. Headings are keyed by meaning; sample, target and value have their own."""

    name: str
    version: str
    headings: Mapping[str, tuple[str, ...]]
    demanded: tuple[str, ...]  # meanings that make a row the heading of this family; the value is demanded when the table is read
    roles: Mapping[str, str] = field(default_factory=lambda: TASKS)
    rules: TextRules = RULES
    quantity: str = "concentration"
    noted: tuple[str, ...] = ()  # meanings whose text stands beside the value with its heading: "Area 1728.543"
    said: tuple[str, ...] = ()  # meanings whose text is a flag itself
    faults: tuple[str, ...] = ()  # meanings whose text says that the value does not count
    looked_at: tuple[str, ...] = ()  # meanings that `adjust` or the family itself uses
    adjust: Callable[[Reading, Row, Mapping[str, int]], Reading] = lambda reading, row, columns: reading

    @cached_property
    def heading_words(self) -> Headings:
        """The words by which a row of the family's table is known as its heading."""
        return Headings(self.headings, self.demanded)

    def columns_of(self, row: Row) -> dict[str, int] | None:
        """The columns of a heading row by meaning, the first of two alike; None when the row is no heading of this family."""
        return self.heading_words.columns_of(row)


@dataclass(frozen=True)
class Grid:
    """One result table: its heading, columns by meaning, rows, and what its title says of all rows."""

    sheet: Sheet
    heading: Row
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    sample: str | None = None
    target: str | None = None
    channel: str | None = None
    unit: str | None = None
    task: str = ""
    flags: tuple[str, ...] = ()

    def widths(self) -> frozenset[int]:
        counted = Counter(row.width for row in self.rows)
        return frozenset({self.heading.width, self.heading.width + 1, *(width for width, _ in counted.most_common(1))})

    def cells(self, meaning: str) -> list[Cell]:
        column = self.columns.get(meaning, -1)
        return [row.cells[column] for row in self.rows if column in row.cells]


def find_grids(form: ChemFormat, sheet: Sheet, ends: Callable[[Row], bool] = Row.is_blank) -> list[Grid]:
    """Every table of the family in a sheet: from its heading to the next heading, or to the row that ends it."""
    starts = [(number, columns) for number, row in enumerate(sheet.rows) if (columns := form.columns_of(row))]
    grids = []
    for (start, columns), following in zip(starts, [*(number for number, _ in starts[1:]), len(sheet.rows)], strict=False):
        end = next((number for number in range(start + 1, following) if ends(sheet.rows[number])), following)
        grids.append(Grid(sheet, sheet.rows[start], columns, sheet.rows[start + 1 : end]))
    return grids


def demand(form: ChemFormat, grid: Grid, meaning: str = "value") -> None:
    """A table without its column of results is refused: nothing in it may become "not detected"."""
    keys = {heading_key(word) for word in form.headings[meaning]}
    if meaning in grid.columns and sum(heading_key(cell.text) in keys for cell in grid.heading.cells.values()) == 1:
        return
    raise ParseError(
        "no_value_column",
        "The table in %(place)s does not have exactly one column of results (%(names)s). Nothing was taken; export it again.",
        grid.heading.where,
        place=grid.heading.where,
        names=", ".join(form.headings[meaning]),
    )


def mark_of(grids: Iterable[Grid], options: ParseOptions, delimiter: str | None, meaning: str = "value") -> str:
    """The decimal mark: a person's answer, else what the results prove, else what all numbers of the tables prove, else asked for."""
    if options.decimal_mark:
        return options.decimal_mark
    grids = list(grids)
    found = evidence(cell for grid in grids for cell in grid.cells(meaning))
    if found.proven or not found.ambiguous:
        return decide_mark(found, None, ".", meaning)
    numbers = evidence(cell for grid in grids for row in grid.rows for cell in row.cells.values() if _NUMBER.fullmatch(cell.trimmed))
    otherwise = next(iter(numbers.proven)) if len(numbers.proven) == 1 else "." if delimiter == "," else None
    heading = next((grid.heading.text(grid.columns[meaning]) for grid in grids if meaning in grid.columns), meaning)
    return decide_mark(found, None, otherwise, heading)


def amount(cell: Cell | None, rules: TextRules, mark: str) -> Outcome:
    """A cell as an amount; texts below or above a range without its limit are censored, never numbers and never "not detected"."""
    key = folded(cell.text) if cell is not None else ""
    if cell is not None and cell.kind == "text" and key in BELOW:
        return Outcome("censored", comparator="<", flags=("limit not stated",))
    if cell is not None and cell.kind == "text" and key in ABOVE:
        return Outcome("censored", comparator=">", flags=("over range", "limit not stated"))
    return interpret(cell, rules, mark)


def read_grid(form: ChemFormat, grid: Grid, mark: str, warnings: dict[str, Note]) -> list[UsedRow | Skipped]:
    """Every row of a table as one reading, or the reason why it is none."""
    widths = grid.widths()
    outcomes: list[UsedRow | Skipped] = []
    for row in grid.rows:
        if row.is_blank():
            continue
        fault = fault_of(row, grid, widths) or _aside(row, grid)
        outcomes.append(Skipped(row.where, fault) if fault else UsedRow(row.where, (_reading(form, grid, row, mark, warnings),)))
    return outcomes


def fault_of(row: Row, grid: Grid, widths: frozenset[int]) -> Note | None:
    """Why the cells of a row cannot be trusted."""
    if row.fault is not None:
        return row.fault
    if any(has_control_characters(row.text(column)) for meaning, column in grid.columns.items() if meaning != "sample"):
        return note("control_characters", "The row holds invisible control characters.")
    if grid.sheet.name is None and ('"' in row.text(grid.columns["value"]) or any("\n" in cell.text for cell in row.cells.values())):
        return note("several_lines", "The row runs over several lines inside quotation marks; its cells may have moved.")
    if grid.sheet.name is None and (row.width not in widths or any(column >= grid.heading.width for column in row.cells)):
        return note(
            "wrong_field_count",
            "The row has %(found)s fields where %(expected)s are expected; its cells may have moved.",
            found=row.width,
            expected=grid.heading.width,
        )
    return sample_of(row, grid).fault


def _aside(row: Row, grid: Grid) -> Note | None:
    """Why a sound row is no result, or None."""
    first = row.text(min(row.cells))
    if word := next((word for word in (first, sample_of(row, grid).text or "") if is_statistic(word)), None):
        return note("statistics_row", 'The row is a statistic ("%(word)s"), not a sample.', word=word)
    if sample_of(row, grid).text is None and grid.sample is None and "value" not in _meanings(row, grid):
        return note("empty_row", "The row names no sample and holds no result.")
    if "target" in grid.columns and not row.text(grid.columns["target"]) and grid.target is None:
        return note("no_analyte", "The row names no analyte.")
    return None


def _meanings(row: Row, grid: Grid) -> set[str]:
    return {meaning for meaning, column in grid.columns.items() if row.text(column)}


@dataclass(frozen=True)
class Named:
    """The sample a row belongs to, or why its text cannot be trusted."""

    text: str | None
    fault: Note | None = None
    flags: tuple[str, ...] = ()


def sample_of(row: Row, grid: Grid) -> Named:
    """The sample of a row: its own number, else its name, else what the title says."""
    for meaning in ("sample", "sample_name", "file_name"):
        found = identifier(row.cells.get(grid.columns.get(meaning, -1)))
        if found.text is not None or found.fault is not None:
            flags = (("sample from file name",) if meaning == "file_name" else ()) + (("id from number",) if found.is_from_number else ())
            return Named(found.text, found.fault, flags)
    return Named(grid.sample)


def _reading(form: ChemFormat, grid: Grid, row: Row, mark: str, warnings: dict[str, Note]) -> Reading:
    columns, cell = grid.columns, row.cells.get(grid.columns["value"])
    sample = sample_of(row, grid)
    unit, unit_flags = unit_of(row.text(columns.get("unit", -1)) or grid.unit or "")
    outcome = amount(cell, form.rules, mark)
    role, by_name = role_in(row.text(columns.get("task", -1)) or grid.task, sample.text, form.roles, warnings)
    reading = Reading(
        row.text(columns.get("position", -1)) or None,
        sample.text,
        role,
        row.text(columns.get("target", -1)) or grid.target,
        row.text(columns.get("channel", -1)) or grid.channel,
        quantity_of(unit, form.quantity),
        cell.text if cell else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        unit,
        None,
        (*sample.flags, *by_name, *outcome.flags, *unit_flags, *grid.flags, *flags_of(form, row, grid)),
        cell.source if cell else place(row, columns["value"]),
    )
    if faults := [said for meaning in form.faults if folded(said := row.text(columns.get(meaning, -1))) not in NO_FAULT]:
        reading = replace(reading, status="invalid", value=None, comparator=None, flags=(*reading.flags, *faults))
    return form.adjust(reading, row, columns)


def role_in(task: str, sample: str | None, roles: Mapping[str, str], warnings: dict[str, Note]) -> tuple[str, tuple[str, ...]]:
    """The role the task names; a name like "rBLK" counts where the task says unknown, or nothing."""
    role, flags = role_of(task, None, roles, warnings)
    by_name = role_of_name(sample) if role == "unknown" else None
    return (by_name, ("role from name",)) if by_name else (role, flags)


def flags_of(form: ChemFormat, row: Row, grid: Grid) -> tuple[str, ...]:
    """What the instrument says beside the value: its flags, and area, retention time or dilution with their headings."""
    silent = form.rules.missing | form.rules.not_detected | {""}
    said = [row.text(grid.columns[meaning]) for meaning in form.said if meaning in grid.columns]
    noted = [
        f"{' '.join(grid.heading.text(grid.columns[meaning]).split()).strip(':')} {text}"
        for meaning in form.noted
        if (text := row.text(grid.columns.get(meaning, -1)))
        and folded(text) not in silent
        and not (meaning == "dilution" and _ONE.fullmatch(text))
    ]
    return tuple(text for text in (*said, *noted) if text)


def chem_file(
    form: ChemFormat,
    table: Table,
    grids: Sequence[Grid],
    outcomes: Iterable[UsedRow | Skipped],
    mark: str,
    run: RunInfo,
    notes: Iterable[Note] = (),
    unread: Iterable[Note] = (),
) -> ParsedFile:
    """The file, when it gave a reading at all: rows seen = rows used + rows skipped."""
    outcomes = list(outcomes)
    used = [outcome for outcome in outcomes if isinstance(outcome, UsedRow)]
    skipped = tuple(outcome for outcome in outcomes if isinstance(outcome, Skipped))
    if not used:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    readings = numbered(used)
    sheet = grids[0].sheet
    others = [] if len({grid.sheet.name for grid in grids}) > 1 else unread_sheets(table, sheet)
    left = {str(each): each for each in (*columns_left(form, grids), *unread, *others)}
    return ParsedFile(
        form.name,
        form.version,
        readings,
        len(outcomes),
        len(used),
        skipped,
        run,
        table.encoding,
        table.delimiter,
        mark,
        sheet.name if len({grid.sheet.name for grid in grids}) == 1 else None,
        warnings=(*notes, *about(readings)),
        unread=tuple(left.values()),
    )


def columns_left(form: ChemFormat, grids: Sequence[Grid]) -> list[Note]:
    """The headings of the columns that were not read; what stands in them is not repeated."""
    meanings = {*_CORE, *form.noted, *form.said, *form.faults, *form.looked_at}
    notes = []
    for heading in {id(grid.heading): grid.heading for grid in grids}.values():
        of_heading = [grid for grid in grids if grid.heading is heading]
        known = {column for grid in of_heading for meaning, column in grid.columns.items() if meaning in meanings}
        others = [" ".join(cell.text.split()) for column, cell in sorted(heading.cells.items()) if column not in known and cell.trimmed]
        if others:
            notes.append(note("unread_columns", "Columns that were not read: %(columns)s.", columns=", ".join(others)))
    return notes


def heading_match(grids: Sequence[Grid], score: int) -> tuple[int, tuple[Note, ...]]:
    where = grids[0].heading.where
    return score, (note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where),)
