"""One cell of a filled sheet as what its field takes. Codes are text: a number-typed cell has lost its zeros already. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo

from lims.marks import N_
from lims.samples.lifecycle.fields import CHOICE, CODE, COUNTRY, DATE, INSTANT, LISTED, MANY, NOTE, TEXT, Field, Refused, plain_digits
from lims.sheets.filled import Cell, has_control_characters
from lims.words import translate

ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d+", re.I)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"[T ]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
_BETWEEN = re.compile(r"[;；、,，\n]+")

#: for each list of the catalogue: every code and name that may stand for an entry -> its code
Names = Mapping[str, Mapping[str, str]]


def value_of(one: Field, cell: Cell, names: Names, zone: tzinfo) -> str | datetime | tuple[str, ...]:
    """What the cell says; Refused with the sentence when it cannot be taken as it is."""
    text = cell.trimmed
    _refuse_what_is_no_value(one, cell, text)
    if one.takes == INSTANT:
        return read_instant(text, zone, is_date_cell=cell.kind == "date")
    if one.takes == MANY:
        return tuple(_named(part.strip(), names.get(MANY, {})) for part in _BETWEEN.split(text) if part.strip())
    if one.takes == LISTED:
        return _named(text, names.get(one.list_code, {}))
    if one.takes == CHOICE:
        return _chosen(one, text)
    return read_day(text) if one.takes == DATE else text


def read_day(text: str) -> str:
    """A day as 2026-05-22; other usual ways of writing it (2026/5/22, 2026年5月22日) are turned into that one."""
    plain = plain_digits(text).removesuffix(" 00:00:00")
    match = _DAY.fullmatch(plain)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else plain


def read_instant(text: str, zone: tzinfo, *, is_date_cell: bool = False) -> datetime:
    """A day and a time, in the laboratory's zone unless one is named; a day alone only where a date cell holds midnight."""
    plain = plain_digits(text)
    day = _DAY.match(plain)
    clock = _CLOCK.fullmatch(plain[day.end() :]) if day else None
    try:
        if day is None or (clock is None and not (is_date_cell and day.end() == len(plain))):
            raise ValueError
        hour, minute, second, offset = clock.groups() if clock else ("0", "0", None, None)
        local = datetime(int(day[1]), int(day[2]), int(day[3]), int(hour), int(minute), int(second or 0), tzinfo=zone)
        return datetime.fromisoformat(local.replace(tzinfo=None).isoformat() + offset) if offset else local
    except ValueError:
        raise Refused(N_("Read %(read)s, expected a day and a time such as 2026-05-22 08:30."), read=text) from None


def _refuse_what_is_no_value(one: Field, cell: Cell, text: str) -> None:
    if cell.kind == "formula" or text.startswith(("=", "＝")):
        raise Refused(N_("Read the formula %(read)s. Formulas are not calculated here; write the value itself."), read=text[:80])
    if cell.kind == "error" or text in ERRORS:
        raise Refused(N_("Read the error value %(read)s. Write the value itself."), read=text)
    if one.takes == CODE and cell.kind == "number":
        raise Refused(
            N_("Read the number %(read)s where a code belongs: leading zeros may be lost. Format the column as text and retype it."),
            read=text,
        )
    if one.takes == CODE and _EXPONENT.fullmatch(text):
        raise Refused(
            N_("Read %(read)s: a spreadsheet has shortened this code. Format the column as text and type the code again."), read=text
        )
    if one.takes in (CODE, TEXT, NOTE, COUNTRY) and cell.kind == "date":
        raise Refused(
            N_(
                "Read the date %(read)s where a text belongs: a spreadsheet may have changed it. Format the cell as text and type it again."
            ),
            read=text,
        )
    hidden = text.replace("\n", " ") if one.takes in (NOTE, MANY) else text
    if has_control_characters(hidden):
        at = next(place for place, character in enumerate(hidden, 1) if has_control_characters(character))
        raise Refused(N_("Character %(at)s is a hidden control character. Delete it, or type the text again."), at=at)


def _chosen(one: Field, text: str) -> str:
    plain = plain_digits(text).casefold()
    for code, name in one.choices:
        if plain in {code.casefold(), translate(name, "en").casefold(), translate(name, "zh_CN").casefold()}:
            return code
    codes = {code for code, _name in one.choices}
    if {"yes", "no"} <= codes and plain in ("true", "false"):
        return "yes" if plain == "true" else "no"
    raise Refused(N_("Read %(read)s, expected one of: %(choices)s."), read=text, choices=", ".join(code for code, _name in one.choices))


def _named(text: str, names: Mapping[str, str]) -> str:
    return names.get(text) or names.get(text.casefold()) or text
