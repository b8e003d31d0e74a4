"""Labels as drawings: QR code, number, external number, matrix. Pure: plain values in, SVG out.

Measures are millimetres. A label shows no truth, no verdict and no person. Micro QR is not used: phones do not read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import segno

WIDTH, HEIGHT = 50.0, 25.0
SHEET_WIDTH, SHEET_HEIGHT = 210.0, 297.0
COLUMNS, ROWS = 4, 11
PER_SHEET = COLUMNS * ROWS
LEFT, TOP = (SHEET_WIDTH - COLUMNS * WIDTH) / 2, (SHEET_HEIGHT - ROWS * HEIGHT) / 2
#: the quiet zone of four modules around the code, and the code itself
MARGIN, CODE = 3.0, 16.0
MONO, SANS = "ui-monospace, Consolas, 'Noto Sans Mono', monospace", "'Noto Sans', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"


@dataclass(frozen=True)
class Label:
    """What stands on one label."""

    number: str
    external_number: str = ""
    text: str = ""


def label_svg(label: Label) -> str:
    """One label of 50 x 25 mm as a drawing of its own."""
    return _svg(WIDTH, HEIGHT, _label(label), label.number)


def sheet_svgs(labels: Sequence[Label], first: int = 1) -> list[str]:
    """A4 sheets of 4 x 11 labels; ``first`` is the place (from 1) where the first label goes on a begun sheet."""
    places = [None] * (first - 1) + list(labels)
    sheets = [places[start : start + PER_SHEET] for start in range(0, len(places), PER_SHEET)]
    return [_svg(SHEET_WIDTH, SHEET_HEIGHT, _sheet(sheet), "") for sheet in sheets]


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of the QR code (error correction M) as a path of unit squares, and the number of modules a side."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix]
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
            x += 1
    return "".join(runs), len(rows)


def qr_svg(text: str, side: int = 74) -> str:
    """The QR code alone, ``side`` pixels wide, for a screen."""
    path, modules = qr_path(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="-2 -2 {modules + 4} {modules + 4}" '
        f'shape-rendering="crispEdges" role="img" aria-label="QR {escape(text)}"><path d="{path}"/></svg>'
    )


def _sheet(places: Sequence[Label | None]) -> str:
    parts = []
    for place, label in enumerate(places):
        if label is not None:
            x, y = LEFT + place % COLUMNS * WIDTH, TOP + place // COLUMNS * HEIGHT
            parts.append(f'<g transform="translate({x:g} {y:g})">{_label(label)}</g>')
    return "".join(parts)


def _label(label: Label) -> str:
    path, modules = qr_path(label.number)
    scale = CODE / modules
    x = MARGIN + CODE + 2.2
    prefix, serial, check = _split(label.number)
    return (
        f'<g transform="translate({MARGIN:g} {(HEIGHT - CODE) / 2:g}) scale({scale:.5f})"><path d="{path}"/></g>'
        f'<g font-family="{MONO}"><text x="{x:g}" y="8" font-size="2.9">{escape(prefix)}</text>'
        f'<text x="{x:g}" y="13" font-size="4.2" font-weight="700">{escape(serial)}'
        f'<tspan font-size="2.9" font-weight="400">{escape(check)}</tspan></text>'
        f'<text x="{x:g}" y="17" font-size="2.6">{escape(_cut(label.external_number, 18))}</text></g>'
        f'<text x="{x:g}" y="21" font-size="2.4" font-family="{SANS}">{escape(_cut(label.text, 22))}</text>'
    )


def _split(number: str) -> tuple[str, str, str]:
    """``CDC1-26-TRV-``, ``000123``, ``-K``: people compare the serial."""
    parts = number.split("-")
    if len(parts) != 5:
        return "", number, ""
    return "-".join(parts[:3]) + "-", parts[3], "-" + parts[4]


def _cut(text: str, width: int) -> str:
    """Text that fits: Chinese characters take two places."""
    room, kept = width, ""
    for character in text:
        room -= 2 if ord(character) > 0x2E7F else 1
        if room < 0:
            return kept[:-1] + "…"
        kept += character
    return kept


def _svg(width: float, height: float, inner: str, title: str) -> str:
    name = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" viewBox="0 0 {width:g} {height:g}" role="img">'
        f"{name}{inner}</svg>"
    )
