"""Full-width signs as they come from Chinese keyboards and scanners. Only the width changes: "5²" stays "5²" and is no number."""

from __future__ import annotations

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20, 0x2212: 0x2D}


def half_width(text: str) -> str:
    """Full-width letters, digits, signs and blanks as ASCII, and the minus sign as a hyphen; every other character stays."""
    return text if text.isascii() else text.translate(_WIDE)
