"""The zip of a workbook with the same bytes each time: no clock of the machine, no name of a person.

openpyxl writes everything but the rows; the rows stand ready as text and are put into their sheet on the way into the zip,
which is many times faster than one library object per cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_NO_ROWS = re.compile(rb"<sheetData\s*/>|<sheetData>\s*</sheetData>")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')


class SheetRows(NamedTuple):
    """The rows of one sheet as XML text, and the range they fill."""

    xml: bytes
    dimension: str


class FixedZip(ZipFile):
    """A zip file whose members all carry one given instant, and which puts the rows into their sheets."""

    def __init__(self, file: Any, instant: datetime, rows: Mapping[str, SheetRows]) -> None:
        super().__init__(file, "w", ZIP_DEFLATED, allowZip64=True)
        self._stamp = max(instant.astimezone(UTC).timetuple()[:6], _EARLIEST)
        self._rows = rows

    def writestr(self, zinfo_or_arcname: Any, data: Any, compress_type: int | None = None, compresslevel: int | None = None) -> None:
        """Write one member; a name stands for a member of the fixed instant, and a sheet receives its rows."""
        if isinstance(zinfo_or_arcname, str):
            if zinfo_or_arcname in self._rows:
                data = _with_rows(data, self._rows[zinfo_or_arcname])
            zinfo_or_arcname = ZipInfo(zinfo_or_arcname, date_time=self._stamp)
        super().writestr(zinfo_or_arcname, data, ZIP_DEFLATED if compress_type is None else compress_type, compresslevel or 6)


def _with_rows(sheet: bytes, rows: SheetRows) -> bytes:
    head, found, tail = _split_once(_NO_ROWS, sheet)
    if not found:
        raise ValueError("the sheet has no empty place for its rows")
    head = _DIMENSION.sub(b'<dimension ref="' + rows.dimension.encode() + b'"', head, count=1)
    return b"".join((head, b"<sheetData>", rows.xml, b"</sheetData>", tail))


def _split_once(pattern: re.Pattern[bytes], content: bytes) -> tuple[bytes, bool, bytes]:
    match = pattern.search(content)
    return (content[: match.start()], True, content[match.end() :]) if match else (content, False, b"")
