"""Places in places, their codes, and the positions of a box."""

from __future__ import annotations

import re

from lims.marks import N_

ROOM, FREEZER, RACK, BOX = "room", "freezer", "rack", "box"
LEVELS = {ROOM: N_("Room"), FREEZER: N_("Freezer"), RACK: N_("Rack"), BOX: N_("Storage box")}
#: what may stand in what; a room stands in nothing
STANDS_IN = {ROOM: "", FREEZER: ROOM, RACK: FREEZER, BOX: RACK}
HOLDS = {ROOM: FREEZER, FREEZER: RACK, RACK: BOX}
CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}")
MOST_ROWS, MOST_COLUMNS, MOST_INSIDE = 16, 24, 500
ROW_LETTERS = "ABCDEFGHIJKLMNOP"
SEPARATOR = "/"


def path_of(parent: str, code: str) -> str:
    """The path of a place, which is also its code to scan: ``R1/F2/A/B3``."""
    return f"{parent}{SEPARATOR}{code}" if parent else code


def positions(rows: int, columns: int) -> list[str]:
    """The positions of a box, row by row: A1, A2 ... B1."""
    return [f"{ROW_LETTERS[row]}{column}" for row in range(rows) for column in range(1, columns + 1)]
