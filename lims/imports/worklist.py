"""The plan of a run: which sample or control stands in which well. Pure: numbers in, wells out; and a file's text back to its plan."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

SIZES = (96, 384)
SAMPLE, NTC, POSITIVE = "unknown", "ntc", "positive_control"
#: what the file of an instrument should call a control
CONTROL_NAMES = {NTC: "NTC", POSITIVE: "PC"}
#: the number of a worklist wherever a file names it: the run, the plate, the file itself
NUMBER = re.compile(r"(?<![0-9A-Za-z])(WL-\d{2}-\d{6})(?!\d)")
WELL = re.compile(r"^([A-P])0?([1-9]|1\d|2[0-4])$")


def wells(size: int) -> list[str]:
    """The wells of a plate, column by column as a multichannel pipette fills them."""
    rows, columns = ("ABCDEFGH", 12) if size == 96 else ("ABCDEFGHIJKLMNOP", 24)
    return [f"{row}{column}" for column in range(1, columns + 1) for row in rows]


def laid_out(samples: Sequence[tuple[str, str]], size: int, replicates: int, ntc: int, positive: int) -> list[dict[str, Any]]:
    """Samples (key, number) from the first well on, the replicates of one beside each other; the controls in the last wells.

    Each entry has well, role, text and, for a sample, its key. The caller has checked that everything fits (``room``).
    """
    places = wells(size)
    planned = [{"role": SAMPLE, "text": number, "sample": key} for key, number in samples for _copy in range(replicates)]
    controls = [{"role": POSITIVE, "text": CONTROL_NAMES[POSITIVE]}] * positive + [{"role": NTC, "text": CONTROL_NAMES[NTC]}] * ntc
    filled = [{"well": well, **one} for well, one in zip(places, planned, strict=False)]
    return filled + [{"well": well, **one} for well, one in zip(places[len(places) - len(controls) :], controls, strict=True)]


def room(size: int, ntc: int, positive: int) -> int:
    """How many wells are left for samples."""
    return size - ntc - positive


def number_in(*texts: str | None) -> str | None:
    """The number of a worklist that a file names; None where it names none, or two."""
    found = {one for text in texts for one in NUMBER.findall(text or "")}
    return found.pop() if len(found) == 1 else None


def by_well(layout: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The plan by well."""
    return {one["well"]: one for one in layout}


def well_of(position: str | None) -> str | None:
    """``A01`` and ``A1`` as ``A1``; None for a place that is no well."""
    found = WELL.match((position or "").strip().upper())
    return f"{found[1]}{found[2]}" if found else None
