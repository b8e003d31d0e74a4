"""What people typed, made safe for a cell: it stays text, and nothing in it is lost without a trace."""

from __future__ import annotations

import re

LONGEST = 32_767
"""Characters a cell can hold; the format's own limit."""

FORMULA_OPENERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters that a spreadsheet program may take for a formula when the text is edited or saved as CSV."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BARE_RETURN = re.compile(r"\r(?!\n)")
_NOT_XML = re.compile("[\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ESCAPE_LOOKALIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CUT = "… [+{}]"


def is_formula_like(text: str) -> bool:
    """Whether a spreadsheet program could take the text for a formula."""
    return text.startswith(FORMULA_OPENERS)


def cell_text(text: str) -> str:
    """The text as a cell can carry it.

    Control characters are replaced by their pictures (U+0007 becomes ␇), other characters that XML cannot carry by the
    replacement character, so a reader sees that something stood there. A text longer than a cell can hold is cut and says by
    how many characters. What looks like the format's own escape (``_x0041_``) is escaped, so that it reads as it was typed.
    """
    if text.isprintable() and "_x" not in text and len(text) <= LONGEST:
        return text
    text = _BARE_RETURN.sub("␍", text).replace("\r\n", "\n")
    text = _CONTROLS.sub(lambda match: chr(0x2400 + ord(match[0])), text)
    text = _NOT_XML.sub("\ufffd", text)
    text = _ESCAPE_LOOKALIKE.sub("_x005F_", text)
    if len(text) <= LONGEST:
        return text
    kept = LONGEST - len(_CUT.format(len(text)))
    return text[:kept] + _CUT.format(len(text) - kept)


def display_width(text: str) -> int:
    """Columns the longest line takes; Chinese characters take two."""
    return max((sum(2 if ord(character) > 0x2E7F else 1 for character in line) for line in text.split("\n")), default=0)


def lines_needed(text: str, width: float, size: float = 9.0) -> int:
    """Lines the text takes when it wraps in a column of this width (in the format's units, digits of 11 points); at least one."""
    room = max((width - 1.0) * 10.0 / size, 1.0)
    return sum(max(1, -(-display_width(line) // int(room))) for line in text.split("\n"))
