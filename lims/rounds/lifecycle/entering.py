"""What may be typed for one item: the codes, how a number and a cycle look. The same for form, workbook and program."""

from __future__ import annotations

import re

from lims.width import half_width

RESULT_CODES = ("POS", "WPOS", "IND", "NEG", "INV", "DET", "ND", "LOQLT", "GTMAX", "NT")
#: what a form offers for a call, and beside a measured value
CALLED = ("POS", "WPOS", "IND", "NEG", "INV", "DET", "ND", "NT")
MEASURED = ("DET", "ND", "LOQLT", "GTMAX", "INV", "NT")
RELATIONS = ("=", "<", ">")
#: A number of at most 30 digits with an exponent of two: what a laboratory reports, and what no engine rounds or refuses.
NUMBER = re.compile(r"[+-]?(?=[\d.]{1,30}(?:[eE]|$))(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
#: what stands in the place of a cycle when there was no signal
NO_CYCLE = frozenset({"UNDETERMINED", "ND", "N/A", "NA", "-", "–", "—", "NO CT", "NOCT", "NEG", "未检出", "无CT", "无"})


def plain(text: str) -> str:
    """The text without blanks around it and with full-width characters made plain."""
    return half_width(text).strip()


def is_number(text: str) -> bool:
    """Whether this is a number as the forms take it."""
    return NUMBER.fullmatch(plain(text)) is not None


def is_cycle(text: str) -> bool:
    """Whether this can stand as Ct: a number that is not negative, or a word for "no signal"."""
    read = plain(text)
    return read.upper() in NO_CYCLE or (NUMBER.fullmatch(read) is not None and not read.startswith("-"))
