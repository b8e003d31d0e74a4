"""A look turned into a style of the library: the one place that knows both."""

from __future__ import annotations

from typing import Any

from lims.excel.look import FONT, INK_2, LINE, MONO, Look


def library_style(ws: Any, look: Look, quoted: bool) -> int:
    """The number of the style in the workbook of ``ws``; ``quoted`` text stays text when it is edited."""
    from openpyxl.cell import Cell as LibraryCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    cell = LibraryCell(ws, row=1, column=1)
    cell.font = Font(name=MONO if look.mono else FONT, size=look.size, bold=look.bold, color="FF" + look.ink)
    cell.alignment = Alignment(horizontal=look.align, vertical=look.vertical, wrap_text=look.wrap, indent=look.indent)
    cell.number_format = look.format
    if not look.locked:
        cell.protection = Protection(locked=False)
    if look.hatched:
        cell.fill = PatternFill("lightUp", fgColor="FFC9CCD1", bgColor="FFFFFFFF")
    elif look.fill:
        cell.fill = PatternFill("solid", fgColor="FF" + look.fill)
    if look.border:
        side = Side(style=look.border, color="FF" + (LINE if look.border == "thin" else INK_2))
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    cell.quotePrefix = quoted
    return int(cell.style_id)
