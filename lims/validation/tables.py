"""Rows of a study as people give them: which columns a design family has, and how cells become observations. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, get_args

from lims.marks import N_
from lims.validation.analysis.design import Observation, Role, Strata
from lims.validation.analysis.values import Reported, reported

COLUMN_WORDS: Final[dict[str, str]] = {
    "item": N_("Item code"), "test": N_("Method under validation"), "comparator": N_("Comparator"), "second": N_("Second result"),
    "level": N_("Level"), "role": N_("Role of the item"), "agent": N_("Agent"), "day": N_("Day"), "run": N_("Run"), "ct": "Ct",
    "score": N_("Signal"), "site": N_("Site"), "lot": N_("Lot"), "operator": N_("Operator"), "specimen": N_("Specimen"),
    "onset": N_("Days since onset"),
}  # fmt: skip
_AGREEMENT: Final = ("item", "test", "comparator", "ct", "role", "site", "lot", "operator", "specimen")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "qualitative_agreement": _AGREEMENT, "food_kit": _AGREEMENT, "multi_site": _AGREEMENT,
    "detection_limit": ("item", "test", "level", "site", "lot", "operator"),
    "blank_and_detection": ("item", "test", "role", "level", "lot"),
    "inclusivity": ("item", "test", "agent", "role", "lot"),
    "interference": ("item", "test", "second", "agent", "role", "level"),
    "precision": ("item", "test", "comparator", "level", "day", "run", "site", "operator", "lot"),
    "precision_verification": ("item", "test", "level", "day", "run"),
    "method_comparison": ("item", "test", "comparator", "site", "lot", "operator"),
    "linearity": ("item", "test", "level", "run"), "pcr_efficiency": ("item", "test", "level", "run"),
    "pod": ("item", "test", "comparator", "level", "site"), "relative_detection": ("item", "test", "comparator", "level", "specimen"),
    "paired_specimens": ("item", "test", "second", "comparator", "site", "onset"),
    "two_readers": ("item", "test", "second", "comparator", "lot", "site"),
    "chemistry": ("item", "test", "level", "role", "day", "site", "operator"),
}  # fmt: skip
ROLES: Final[tuple[str, ...]] = get_args(Role)
YES_NO: Final = frozenset(
    {"qualitative_agreement", "food_kit", "multi_site", "inclusivity", "pod", "relative_detection", "paired_specimens", "two_readers",
     "detection_limit"}
)  # fmt: skip
_STRATA: Final = ("site", "lot", "operator", "specimen", "onset")
_NUMBERS: Final = ("level", "ct", "score")
MOST_ROWS = 5000
LONGEST_CELL = 80

NOT_A_NUMBER = N_('Line %(line)s, %(column)s: read "%(read)s", expected a number. Correct it.')
NOT_A_RESULT = N_('Line %(line)s, %(column)s: read "%(read)s", expected positive, negative, indeterminate or invalid. Correct it.')
NOT_A_ROLE = N_('Line %(line)s, %(column)s: read "%(read)s", expected one of %(expected)s. Correct it.')
EMPTY = N_("Line %(line)s, %(column)s: it is empty. Fill it, or take the line out.")
TOO_MANY_CELLS = N_("Line %(line)s: %(read)s cells, expected %(expected)s: %(columns)s. Correct it.")
TOO_LONG = N_("Line %(line)s, %(column)s: the text is longer than %(expected)s characters. Shorten it.")
TWICE = N_('Line %(line)s, %(column)s: "%(read)s" stands in this list already. Each item is one line.')


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell (column empty: the whole line): sentence (msgid) and values; ``column`` is the code of the column."""

    line: int
    column: str
    sentence: str
    values: dict[str, Any]


def lines_of(text: str, family: str) -> list[list[str]]:
    """Pasted text as cells: one line each, cells by tabs (or by semicolons where there is no tab); a heading line is left out."""
    found = [line.split("\t" if "\t" in line else ";") for line in text.replace("\r", "").split("\n") if line.strip()]
    return found[1:] if found and found[0][0].strip().lower() in ("item", "item code", "样品编号", "编号") else found


def read_rows(lines: Sequence[Sequence[str]], family: str, first: int = 1) -> tuple[list[Observation], list[Problem]]:
    """Cells in the order of the family's columns as observations numbered from ``first``; every faulty cell is told."""
    columns, seen = COLUMNS[family], set()
    rows: list[Observation] = []
    problems: list[Problem] = []
    for at, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line]
        if len(cells) > len(columns) and any(cells[len(columns) :]):
            values = {"read": len(cells), "expected": len(columns), "columns": ", ".join(columns)}
            problems.append(Problem(at, "", TOO_MANY_CELLS, values))
            continue
        given = dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))
        faults = [*_faults(at, given, family)]
        key = tuple(given.values())
        if key in seen and family not in ("detection_limit", "precision", "precision_verification", "linearity", "pcr_efficiency"):
            faults.append(Problem(at, "item", TWICE, {"read": given["item"]}))
        seen.add(key)
        problems += faults
        if not faults:
            rows.append(observation(first + len(rows), given))
    return rows, problems


def _faults(at: int, given: dict[str, str], family: str) -> list[Problem]:
    found = [Problem(at, name, TOO_LONG, {"expected": LONGEST_CELL}) for name, text in given.items() if len(text) > LONGEST_CELL]
    found += [Problem(at, name, EMPTY, {}) for name in ("item", "test") if not given[name]]
    for name in _NUMBERS:
        if given.get(name) and _decimal(given[name]) is None:
            found.append(Problem(at, name, NOT_A_NUMBER, {"read": given[name]}))
    if given.get("role") and given["role"] not in ROLES:
        found.append(Problem(at, "role", NOT_A_ROLE, {"read": given["role"], "expected": ", ".join(ROLES)}))
    for name in ("test", "comparator", "second"):
        text = given.get(name, "")
        if text and family in YES_NO and not reported(text).call:
            found.append(Problem(at, name, NOT_A_RESULT, {"read": text}))
        elif text and family not in YES_NO and not (reported(text).call or reported(text).value is not None):
            found.append(Problem(at, name, NOT_A_NUMBER, {"read": text}))
    return found


def observation(number: int, given: dict[str, str]) -> Observation:
    """One row out of checked cells; an empty cell is a result that is not there."""
    return Observation(
        number, given["item"], reported(given["test"]), _maybe(given.get("comparator", "")), _maybe(given.get("second", "")),
        _decimal(given.get("level", "")), given.get("role") or "sample", given.get("agent", ""), given.get("day", ""),  # type: ignore[arg-type]
        given.get("run", ""), _decimal(given.get("ct", "")), _decimal(given.get("score", "")),
        strata=Strata(**{name: given.get(name, "") for name in _STRATA}),
    )  # fmt: skip


def cells_of(row: Observation, family: str) -> list[str]:
    """The row as the grid shows it, in the order of the family's columns."""
    plain = {
        "item": row.item, "test": row.test.text, "comparator": row.comparator.text if row.comparator else "",
        "second": row.second.text if row.second else "", "role": row.role, "agent": row.agent, "day": row.day, "run": row.run,
        "level": _text(row.level), "ct": _text(row.ct), "score": _text(row.score),
    }  # fmt: skip
    return [plain[name] if name in plain else str(getattr(row.strata, name)) for name in COLUMNS[family]]


def is_discordant(row: Observation) -> bool:
    """Whether the method under validation and the comparator say opposite things."""
    return row.comparator is not None and {row.test.call, row.comparator.call} == {"positive", "negative"}


def _maybe(text: str) -> Reported | None:
    return reported(text) if text else None


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
