"""What a table says beside its readings: controls, warnings, and what was not read."""

from instruments.contract import ControlVerdict, Note, Reading, note
from instruments.controls import judge
from instruments.generic_table.layout import Layout
from instruments.generic_table.profile import Profile
from instruments.rows import about
from instruments.tables import Row, Table, unread_sheets


def controls_of(readings: tuple[Reading, ...], profile: Profile) -> tuple[ControlVerdict, ...]:
    verdicts: list[ControlVerdict] = []
    for quantity, rules in profile.controls.items():
        of_quantity = [reading for reading in readings if reading.quantity == quantity]
        if of_quantity:
            verdicts += judge(of_quantity, rules)
    return tuple(verdicts)


def warnings_of(readings: tuple[Reading, ...], profile: Profile) -> list[Note]:
    notes = []
    if profile.is_provisional:
        notes.append(
            note(
                "provisional_profile",
                "The profile %(profile)s is provisional: no file of the instrument was seen yet. Compare each result with its screen.",
                profile=profile.label,
            )
        )
    return [*notes, *_mixed_units(readings), *about(readings)]


def _mixed_units(readings: tuple[Reading, ...]) -> list[Note]:
    notes = []
    units: dict[str | None, set[str]] = {}
    for reading in readings:
        if reading.unit:
            units.setdefault(reading.target, set()).add(reading.unit)
    for target, found in units.items():
        if len(found) > 1:
            notes.append(
                note(
                    "mixed_units",
                    "%(target)s is reported in different units: %(units)s. Nothing was converted.",
                    target=target or "-",
                    units=", ".join(sorted(found)),
                )
            )
    return notes


def unread_of(table: Table, layout: Layout) -> list[Note]:
    notes = [
        note(
            "above_heading",
            'Above the table: "%(text)s" (%(where)s).',
            text=" ".join(cell.trimmed for cell in row.cells.values())[:200],
            where=row.where,
        )
        for row in layout.sheet.rows[: layout.first]
        if not row.is_blank() and not _is_heading(row, layout)
    ]
    notes += [note("unknown_column", 'The column "%(column)s" was not read.', column=text) for _, text in layout.unknown]
    if others := ", ".join(layout.headings[column] for column in layout.ignored):
        notes.append(note("unread_columns", "Columns that were not read: %(columns)s.", columns=others))
    checked = layout.columns.get("date")
    if checked is not None:
        notes.append(note("checked_column", 'The column "%(column)s" was checked but not taken.', column=layout.headings[checked]))
    return [*notes, *unread_sheets(table, layout.sheet)]


def _is_heading(row: Row, layout: Layout) -> bool:
    texts = {cell.trimmed for cell in row.cells.values()}
    return row.where == layout.where or texts <= set(layout.headings.values())
