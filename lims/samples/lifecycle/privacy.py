"""No personal data in a sample's record: Chinese identity numbers and telephone numbers are found and refused (domain guide 3.7)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from lims.marks import N_

IDENTITY, TELEPHONE = "identity", "telephone"
NAMES = {IDENTITY: N_("identity number"), TELEPHONE: N_("telephone number")}
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[ -]?\d){16}[ -]?[\dXx](?![0-9A-Za-z])|(?<![0-9A-Za-z])[1-9]\d{14}(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(?:\(0\d{2,3}\) ?|0\d{2,3}[ -])\d{7,8}(?![0-9A-Za-z])")
_YEARS = range(1900, 2100)


@dataclass(frozen=True)
class Finding:
    """What was found, at which character (from 1), and a version that gives nothing away."""

    kind: str
    at: int
    masked: str


def find_personal_data(text: str, *, with_telephone: bool = True) -> Finding | None:
    """The first identity or telephone number in a free text; None when there is none.

    An identity number counts when its birth date is a date, so a mistyped check digit does not let it through and a
    declaration number does not stop it. Full-width digits count as digits.
    """
    plain = "".join(unicodedata.normalize("NFKC", character)[:1] or " " for character in text)
    for match in _IDENTITY.finditer(plain):
        if _has_birth_date(re.sub(r"[ -]", "", match[0])):
            return _finding(IDENTITY, match)
    telephone = (_MOBILE.search(plain) or _LANDLINE.search(plain)) if with_telephone else None
    return _finding(TELEPHONE, telephone) if telephone else None


def _finding(kind: str, match: re.Match[str]) -> Finding:
    text = match[0]
    return Finding(kind, match.start() + 1, text[:3] + "…" + text[-2:])


def _has_birth_date(digits: str) -> bool:
    day = digits[6:14] if len(digits) == 18 else "19" + digits[6:12]
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])).year in _YEARS
    except ValueError:
        return False
