"""Sample numbers ``LAB-YY-KIND-NNNNNN-K`` and what a scanner or a keyboard really sends.

K is the check character of ISO 7064 MOD 37,36: the hybrid system with the alphabet 0-9 A-Z finds every single wrong
character and all but 1 in 630 swaps of two neighbours: one swap in 36 of two characters that follow each other in the
alphabet (0 and 1, A and B, Z and 0) stays unseen. The hyphens carry no information and are left out of the calculation.
"""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MODULUS = len(ALPHABET)
NUMBER = re.compile(r"(?P<laboratory>[A-Z0-9]{2,8})-(?P<year>\d{2})-(?P<kind>[A-Z]{3})-(?P<serial>\d{6,})-(?P<check>[0-9A-Z])")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣", "-"))


def check_character(payload: str) -> str:
    """The check character of a string of digits and letters A-Z (ISO 7064, MOD 37,36). Hyphens are skipped.

    Raises ValueError for any other character.
    """
    product = MODULUS
    for character in payload.replace("-", ""):
        product = (product + ALPHABET.index(character)) % MODULUS or MODULUS
        product = product * 2 % (MODULUS + 1)
    return ALPHABET[(MODULUS + 1 - product) % MODULUS]


def format_number(laboratory: str, year: int, kind: str, serial: int) -> str:
    """The number of the ``serial``-th sample of a kind in a year, with its check character."""
    payload = f"{laboratory}-{year % 100:02d}-{kind}-{serial:06d}"
    return f"{payload}-{check_character(payload)}"


def is_valid(number: str) -> bool:
    """Whether the text is a sample number whose check character fits."""
    if not NUMBER.fullmatch(number):
        return False
    payload, check = number.rsplit("-", 1)
    return check_character(payload) == check


def looks_like_number(code: str) -> bool:
    """Whether the text has the shape of a sample number, right or wrong."""
    return NUMBER.fullmatch(code) is not None


def half_width(raw: str) -> str:
    """A code with full-width characters made ASCII and the space around it removed; all else is kept as it was given."""
    return raw.translate(_HALF_WIDTH).strip()


def clean_code(raw: str) -> str:
    """A scanned or typed own number: half width, and dashes of all kinds made hyphens."""
    return half_width(raw).translate(_DASHES)
