"""Reading typed fields: what a field takes, and what is wrong with a value, as a sentence with its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lims.marks import N_
from lims.samples.lifecycle.privacy import IDENTITY, find_personal_data
from lims.width import half_width

TEXT, CODE, CHOICE, DATE, DECIMAL, COUNTRY = "text", "code", "choice", "date", "decimal", "country"
#: INTEGER: a whole number; LISTED: a code of a list of the catalogue; MANY: several such codes; INSTANT: a day and a time; NOTE: long text
INTEGER, LISTED, MANY, INSTANT, NOTE = "integer", "listed", "many", "instant", "note"
LONGEST = 200
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")  # control characters, halves of characters
_COUNTRY = re.compile(r"[A-Z]{2}")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Field:
    """One field of a sample. ``label``, ``hint`` and the names in ``choices`` are msgids.

    ``list_code`` names the list of the catalogue that holds the codes; ``is_own`` marks what no two samples share;
    ``is_unique`` a value that a laboratory has once; ``refuses_telephone`` a code that may not look like a telephone number.
    """

    code: str
    label: str
    takes: str = TEXT
    is_required: bool = False
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    may_be_future: bool = False
    may_be_negative: bool = False
    example: str = ""
    list_code: str = ""
    only_groups: tuple[str, ...] = ()
    never_groups: tuple[str, ...] = ()
    is_own: bool = False
    is_unique: bool = False
    refuses_telephone: bool = False
    longest: int = LONGEST

    def takes_entry(self, group: str) -> bool:
        """Whether an entry of this group of the catalogue's list may be chosen."""
        return group not in self.never_groups and (not self.only_groups or group in self.only_groups)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field: a msgid with its values."""

    field: str
    sentence: str
    values: Mapping[str, object] = member(default_factory=dict)


class Refused(Exception):
    """A value cannot be read as what its field takes."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values


def read_fields(fields: Iterable[Field], raw: Mapping[str, Any], today: date) -> tuple[dict[str, str], list[Problem]]:
    """The values of ``fields`` out of ``raw`` as plain text (dates in ISO 8601, decimals with the digits they were given),
    and the problems. Empty values are left out; a name that no field has is a problem, so that nothing is dropped silently.
    """
    known = {one.code: one for one in fields}
    values: dict[str, str] = {}
    problems = [Problem(name, N_("This kind of sample has no such field.")) for name in raw if name not in known]
    for one in known.values():
        text = str(raw.get(one.code) or "").strip()
        try:
            value = read_value(one, text, today)
        except Refused as refused:
            problems.append(Problem(one.code, refused.sentence, refused.values))
            continue
        if value:
            values[one.code] = value
    return values, problems


def read_value(one: Field, text: str, today: date) -> str:
    """One value as text, or Refused with the sentence."""
    if not text:
        if one.is_required:
            raise Refused(N_("Empty; this kind of sample needs it."))
        return ""
    if one.takes == CHOICE:
        return _choice(one, text)
    if one.takes == DATE:
        return read_date(text, today, may_be_future=one.may_be_future).isoformat()
    if one.takes == DECIMAL:
        read_decimal(text, may_be_negative=one.may_be_negative)
        return plain_digits(text)
    if one.takes == INTEGER:
        return _whole(text)
    if one.takes == COUNTRY:
        return _country(text)
    check_text(text, is_code=is_code(one), longest=one.longest)
    return text


def is_code(one: Field) -> bool:
    """Whether the field holds a code that may look like a telephone number."""
    return one.takes in (CODE, LISTED, MANY) and not one.refuses_telephone


def check_text(text: str, *, is_code: bool = False, longest: int = LONGEST) -> None:
    """Refuse a text that is too long or carries personal data; a code may look like a telephone number."""
    if len(text) > longest:
        raise Refused(N_("%(length)s characters; at most %(limit)s are kept. Shorten the text."), length=len(text), limit=longest)
    if (unkept := _UNKEPT.search(text)) is not None:
        raise Refused(N_("Character %(at)s is a control character and cannot be kept. Take it out."), at=unkept.start() + 1)
    found = find_personal_data(text, with_telephone=not is_code)
    if found is None:
        return
    if found.kind == IDENTITY:
        raise Refused(
            N_("Character %(at)s: %(masked)s looks like an identity number. No personal data is kept here; use the pseudonym."),
            at=found.at, masked=found.masked,
        )  # fmt: skip
    raise Refused(
        N_("Character %(at)s: %(masked)s looks like a telephone number. No personal data is kept here; take it out."),
        at=found.at, masked=found.masked,
    )  # fmt: skip


def plain_digits(text: str) -> str:
    """Full-width digits and signs as ASCII, and the minus sign as a hyphen; every digit stays."""
    return half_width(text).strip()


def read_decimal(text: str, *, may_be_negative: bool = False) -> Decimal:
    """A decimal number with a point; Refused for anything else, and for a negative one where none may be."""
    plain = plain_digits(text)
    try:
        if not _NUMBER.fullmatch(plain):
            raise InvalidOperation
        number = Decimal(plain)
    except InvalidOperation:
        raise Refused(N_("Read %(read)s, expected a number such as 2.5, with a decimal point and without a unit."), read=text) from None
    if number < 0 and not may_be_negative:
        raise Refused(N_("Read %(read)s, expected 0 or more."), read=text)
    return number


def read_date(text: str, today: date, *, may_be_future: bool = False) -> date:
    """A day written as 2026-05-22; Refused for anything else, and for a day to come where none may be."""
    try:
        day = date.fromisoformat(plain_digits(text))
    except ValueError:
        raise Refused(N_("Read %(read)s, expected a date such as 2026-05-22."), read=text) from None
    if day > today and not may_be_future:
        raise Refused(N_("Read %(read)s, a day that has not come yet; today is %(today)s."), read=text, today=today.isoformat())
    return day


def _choice(one: Field, text: str) -> str:
    codes = [code for code, _name in one.choices]
    if text not in codes:
        raise Refused(N_("Read %(read)s, expected one of: %(choices)s."), read=text, choices=", ".join(codes))
    return text


def _whole(text: str) -> str:
    plain = plain_digits(text)
    if not _WHOLE.fullmatch(plain):
        raise Refused(N_("Read %(read)s, expected a whole number such as 25."), read=text)
    return plain


def _country(text: str) -> str:
    code = plain_digits(text).upper()
    if not _COUNTRY.fullmatch(code):
        raise Refused(N_("Read %(read)s, expected a country code of two letters such as TH."), read=text)
    return code
