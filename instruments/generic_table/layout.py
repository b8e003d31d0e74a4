"""Where the table begins and what its columns are: one heading row, or two with merged cells."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from instruments.generic_table.profile import VALUE_ROLES, Profile
from instruments.tables import Row, Sheet, Table
from instruments.text import half_width, heading_key

SEARCHED_ROWS = 30
_DYES = frozenset(
    {
        "fam",
        "vic",
        "hex",
        "joe",
        "cy3",
        "cy3.5",
        "cy5",
        "cy5.5",
        "rox",
        "tamra",
        "ned",
        "aby",
        "jun",
        "texasred",
        "texred",
        "quasar670",
        "quasar705",
        "sybr",
        "sybrgreen",
        "calred610",
        "calgold540",
        "tet",
    }
)
_NAMED = re.compile(r"^\s*([^()]+?)\s*\(([^()]+)\)\s*$")


@dataclass(frozen=True)
class ValueColumn:
    """A column of results: its quantity, what its heading says about target, dye and unit, and the column with its call in words."""

    column: int
    role: str
    target: str | None = None
    channel: str | None = None
    unit: str | None = None
    call: int | None = None


@dataclass(frozen=True)
class Layout:
    """The table of a sheet: heading, first row below it, columns by role, result columns, and how much of the heading is known."""

    sheet: Sheet
    first: int
    where: str
    width: int
    columns: Mapping[str, int]
    values: tuple[ValueColumn, ...]
    unknown: tuple[tuple[int, str], ...]
    ignored: tuple[int, ...]
    headings: Mapping[int, str]
    known: int
    total: int
    score: int

    @cached_property
    def used_columns(self) -> frozenset[int]:
        """The columns whose texts go into readings."""
        return frozenset([*self.columns.values(), *(value.column for value in self.values)])


def find_layouts(table: Table, profile: Profile, sheet_name: str | None = None) -> list[Layout]:
    """The best layouts of the visible sheets (a hidden sheet is read only when a person names it), the best score only."""
    sheets = [sheet for sheet in table.sheets if sheet.name == sheet_name] if sheet_name is not None else table.visible()
    found = [layout for sheet in sheets if (layout := _best_in(sheet, profile)) is not None]
    best = max((layout.score for layout in found), default=0)
    return [layout for layout in found if layout.score == best]


def _best_in(sheet: Sheet, profile: Profile) -> Layout | None:
    best: Layout | None = None
    for number, row in enumerate(sheet.rows[:SEARCHED_ROWS]):
        if row.fault is not None or not row.cells:
            continue
        for layout in (_layout(sheet, number, row, {}, profile), _two_rows(sheet, number, row, profile)):
            if layout is not None and (best is None or layout.score > best.score):
                best = layout
    return best


def _two_rows(sheet: Sheet, number: int, row: Row, profile: Profile) -> Layout | None:
    """A heading over two rows: groups merged above ("FAM"), their columns below ("Ct", "结果")."""
    if number + 1 >= len(sheet.rows) or not sheet.merged:
        return None
    line = int(row.where.rpartition("!")[2]) - 1
    groups: dict[int, str] = {}
    for first_row, first_column, last_row, last_column in sheet.merged:
        if first_row == last_row == line and row.text(first_column) and last_column > first_column:
            groups.update(dict.fromkeys(range(first_column, last_column + 1), row.text(first_column)))
    below = sheet.rows[number + 1]
    if not groups or not below.cells or not set(below.cells) <= set(groups):
        return None
    return _layout(sheet, number + 1, _joined(row, below, groups), groups, profile)


def _joined(above: Row, below: Row, groups: Mapping[int, str]) -> Row:
    cells = {column: cell for column, cell in above.cells.items() if column not in groups} | dict(below.cells)
    return Row(above.where, cells, max(above.width, below.width))


def _layout(sheet: Sheet, number: int, row: Row, groups: Mapping[int, str], profile: Profile) -> Layout | None:
    headings = {column: cell.trimmed for column, cell in sorted(row.cells.items())}
    keys = {column: heading_key(text) for column, text in headings.items()}
    if not set(profile.markers) <= set(keys.values()) or profile.sample_column in keys or not _is_named(sheet, number, profile):
        return None
    columns: dict[str, int] = {} if profile.sample_column is None else {"sample": profile.sample_column}
    values: list[ValueColumn] = []
    unknown: list[tuple[int, str]] = []
    ignored: list[int] = []
    for column, key in keys.items():
        role = profile.columns.get(key)
        value = _value_column(column, headings[column], role, groups, profile)
        if value is not None:
            values.append(value)
        elif role == "ignore":
            ignored.append(column)
        elif role is not None and column in groups:
            continue
        elif role is not None and role not in columns:
            columns[role] = column
        elif column != columns.get("sample"):
            unknown.append((column, headings[column]))
    values, columns = _calls(values, columns, keys, groups, profile)
    if "sample" not in columns or not values:
        return None
    known, total = len(keys) - len(unknown), len(keys)
    return Layout(
        sheet,
        number + 1,
        row.where,
        row.width,
        columns,
        tuple(values),
        tuple(unknown),
        tuple(ignored),
        headings,
        known,
        total,
        _score(profile, known, total, len(values) > 1),
    )


def _is_named(sheet: Sheet, number: int, profile: Profile) -> bool:
    """Whether one of the profile's words stands in the first cells above the heading, or in the name of the sheet."""
    if not profile.file_words:
        return True
    above = [cell.text for row in sheet.rows[: min(number, 11)] for column, cell in row.cells.items() if column < 11]
    return any(word in half_width(text).casefold() for text in (sheet.name or "", *above) for word in profile.file_words)


def _score(profile: Profile, known: int, total: int, is_wide: bool) -> int:
    if profile.is_given or profile.markers or profile.file_words:
        return 90
    if known == total:
        return 70
    return 55 if not is_wide and known >= 4 and known * 10 >= total * 8 else 40


def _value_column(column: int, heading: str, role: str | None, groups: Mapping[int, str], profile: Profile) -> ValueColumn | None:
    if role in VALUE_ROLES:
        group = groups.get(column)
        is_dye = group is not None and heading_key(group) in _DYES
        return ValueColumn(column, role, None if is_dye else group, group if is_dye else None)
    if role is not None or profile.wide is None:
        return None
    if profile.wide == "every_other":
        return ValueColumn(column, "result", heading)
    found = _NAMED.match(half_width(heading))
    if found and heading_key(found[1]) in _DYES:
        return ValueColumn(column, "ct", found[2].strip(), found[1].strip())
    if found and found[2].strip() in profile.units:
        return ValueColumn(column, "result", found[1].strip(), None, found[2].strip())
    return None


def _calls(
    values: list[ValueColumn],
    columns: dict[str, int],
    keys: Mapping[int, str],
    groups: Mapping[int, str],
    profile: Profile,
) -> tuple[list[ValueColumn], dict[str, int]]:
    """Beside a Ct, a column "结果" holds the call in words and no second result; in a group it belongs to the group's Ct."""
    measured = [value for value in values if value.role != "result"]
    spoken = [value for value in values if value.role == "result" and profile.columns.get(keys[value.column]) == "result"]
    if not measured or not spoken:
        return values, columns
    rest: Iterable[ValueColumn] = [value for value in values if value not in spoken]
    if groups:
        calls = {groups.get(value.column): value.column for value in spoken}
        rest = [ValueColumn(v.column, v.role, v.target, v.channel, v.unit, calls.get(groups.get(v.column))) for v in rest]
    elif "call" not in columns and len(spoken) == 1:
        columns = columns | {"call": spoken[0].column}
    return list(rest), columns
