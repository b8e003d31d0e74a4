"""How cells look: colours, number formats, alignment. Plain values; no library is needed to name a look."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, NamedTuple

INK, INK_2, INK_3 = "1A2433", "475162", "5F6876"
LINE, SUNKEN, BAR, BAR_TEXT = "DEDBD2", "EEECE5", "16263D", "FFFFFF"
BRAND, BRAND_TINT, MARKER_TINT = "1F4B8F", "E8EEF7", "FFF6D6"

FONT = "Microsoft YaHei"
MONO = "Consolas"


class Look(NamedTuple):
    """One way a cell can look. A tuple, so that a workbook finds its style quickly and makes each one once."""

    bold: bool = False
    size: float = 9.0
    ink: str = INK
    fill: str | None = None
    hatched: bool = False
    mono: bool = False
    border: Literal["thin", "dashed", "medium"] | None = None
    align: str = "left"
    vertical: str = "top"
    indent: int = 0
    wrap: bool = True
    format: str = "General"
    locked: bool = True  # matters on a protected sheet only

    def but(self, **changes: Any) -> Look:
        """The same look with some parts changed."""
        return self._replace(**changes)


TEXT = Look(border="thin", vertical="center")
NUMBER = Look(border="thin", align="right", vertical="center", indent=1, wrap=False)
HEAD = Look(bold=True, ink=BAR_TEXT, fill=BAR, border="thin", vertical="center", align="center")
LABEL = Look(bold=True, ink=INK_2, fill=SUNKEN, border="thin", vertical="center")
HELPER = NUMBER.but(ink=INK_2, fill=SUNKEN)
FORMULA = NUMBER.but(ink=BRAND, fill=BRAND_TINT)
TITLE = Look(bold=True, size=16, wrap=False)
SECTION = Look(bold=True, size=12, ink=BRAND, wrap=False, vertical="center")
PLAIN = Look()
META = Look(ink=INK_3, size=8)
CODE = Look(mono=True, border="thin", vertical="center", wrap=False)
NOTE = Look(fill=MARKER_TINT, border="thin")


@lru_cache(maxsize=4096)
def formatted(look: Look, number_format: str) -> Look:
    """The look with another number format; remembered, because a large table asks for the same few again and again."""
    return look._replace(format=number_format)
