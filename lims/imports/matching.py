"""From the sample text of a file to a sample of the laboratory: exactly, or by a person; never by row order, never invented."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lims.width import half_width

Key = TypeVar("Key")

#: letters and digits that people and label printers take for each other
LOOK_ALIKES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "i": "1", "S": "5", "B": "8", "Z": "2"})
LONG_NUMBER = re.compile(r"^\d{16,}$")
SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")


@dataclass(frozen=True)
class Matched(Generic[Key]):
    """What matching found for one sample text.

    ``outcome`` is exact (one sample), several, look_alike, damaged (a long number that lost digits), unknown or empty;
    ``candidates`` are keys of samples of the same laboratory, to choose from.
    """

    outcome: str
    key: Key | None
    candidates: tuple[Key, ...] = ()


def normalise(text: str | None) -> str:
    """Trimmed, full-width characters as ASCII; case and leading zeros stay."""
    return half_width(text or "").strip()


def look(code: str) -> str:
    """The code with look-alike characters made the same, so that O0418 and 00418 meet."""
    return code.translate(LOOK_ALIKES).upper().replace("-", "").replace(" ", "")


def match(text: str | None, samples: Mapping[str, Sequence[Key]]) -> Matched[Key]:
    """Match one sample text against the laboratory's codes (own and external numbers, normalised) and their samples."""
    code = normalise(text)
    if not code:
        return Matched("empty", None)
    if SCIENTIFIC.match(code):
        return Matched("damaged", None)
    exact = list(dict.fromkeys(samples.get(code, ())))
    if len(exact) == 1 and not LONG_NUMBER.match(code):
        return Matched("exact", exact[0])
    if exact:
        return Matched("several" if len(exact) > 1 else "damaged", None, tuple(exact))
    wanted = look(code)
    alike = dict.fromkeys(key for known, keys in samples.items() if look(known) == wanted for key in keys)
    return Matched("look_alike" if alike else "unknown", None, tuple(alike))
