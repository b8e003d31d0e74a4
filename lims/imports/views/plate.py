"""Readings as a plate: well names to what the plate macro draws. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lims.imports.service import Proposal

WELL = re.compile(r"^([A-P])0?([1-9]|1[0-9]|2[0-4])$")
PLATE = "plate "
#: a sign in the well beside its colour
SIGNS = {"not_detected": "–", "missing": "?", "invalid": "✕"}
#: upper bounds of the four steps of Ct
STEPS = ((Decimal(22), "c1"), (Decimal(26), "c2"), (Decimal(30), "c3"))


@dataclass(frozen=True)
class Plate:
    """The wells of one target, and how large the plate is."""

    cells: dict[str, dict[str, Any]]
    rows: int
    columns: int
    is_ct: bool


@dataclass(frozen=True)
class Drawn:
    """What one drawing shows: a target with its quantity, on one of the plates where the file has several."""

    target: str
    quantity: str
    plate: str | None


def targets(rows: Sequence[Proposal]) -> list[Drawn]:
    """The drawings of the readings, in the order of the file. A plate is named only where the file has several."""
    several = len({plate_name(one) for one in rows}) > 1
    return list(dict.fromkeys(_drawn(one, several) for one in rows))


def _drawn(one: Proposal, several: bool) -> Drawn:
    reading = one.reading
    return Drawn(reading.target or reading.channel or "–", reading.quantity, plate_name(one) if several else None)


def plate_name(one: Proposal) -> str | None:
    """The plate a reading's flag names, as parsers of plate readers write it ("plate 2")."""
    return next((flag.removeprefix(PLATE) for flag in one.reading.flags if flag.startswith(PLATE)), None)


def well(position: str | None) -> str | None:
    """``A01`` and ``A1`` as ``A1``; None for a place that is no well."""
    found = WELL.match((position or "").strip().upper())
    return f"{found[1]}{found[2]}" if found else None


def plate_of(rows: Sequence[Proposal], shown: Drawn) -> Plate | None:
    """The plate of one target, or None where the readings have no wells."""
    several = len({plate_name(one) for one in rows}) > 1
    wells = {name for one in rows if (name := well(one.reading.position))}
    if not wells:
        return None
    is_large = any(name[0] > "H" or int(name[1:]) > 12 for name in wells)
    cells: dict[str, dict[str, Any]] = {}
    for one in rows:
        name = well(one.reading.position)
        if name and name not in cells and _drawn(one, several) == shown:
            cells[name] = cell_of(one)
    return Plate(cells, 16 if is_large else 8, 24 if is_large else 12, shown.quantity == "ct")


def cell_of(one: Proposal) -> dict[str, Any]:
    """What stands in the well: step by Ct, a sign for what is no number, a frame for what must be decided."""
    reading = one.reading
    kind, text = "nd sign", SIGNS.get(reading.status, "?")
    if reading.status in ("value", "censored"):
        kind, text = _step(reading.value, reading.quantity), _text(reading.value, reading.comparator, reading.raw)
        kind = f"{kind} sign" if reading.value is None else kind
    problem = "bad" if one.is_open else "wn" if one.problem and not one.is_control else None
    return {
        "kind": f"ctl {kind}" if one.is_control else kind, "text": text, "problem": problem,
        "sample": reading.sample or "", "status": reading.status, "raw": reading.raw.strip(),
    }  # fmt: skip


def _step(value: str | None, quantity: str) -> str:
    if value is None or quantity != "ct":
        return "c4"
    number = Decimal(value)
    return next((kind for limit, kind in STEPS if number <= limit), "c4")


def _text(value: str | None, comparator: str | None, raw: str) -> str:
    if value is None:
        return (comparator or "") + raw.strip()[:4].lstrip("<>= ")
    number = Decimal(value)
    if Decimal("0.001") <= abs(number) < Decimal("0.1"):
        text = f"{number:.3f}"
    else:
        text = f"{number:.1f}" if abs(number) < 10000 and (abs(number) >= Decimal("0.1") or not number) else f"{number:.0e}"
    return f"{comparator or ''}{text}".replace("-", "−")
