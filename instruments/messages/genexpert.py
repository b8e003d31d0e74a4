"""What a GeneXpert says in its messages, ASTM or HL7: a result in words, and under it analytes with call, Ct and end point."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from instruments.contract import Reading
from instruments.messages.collecting import Row
from instruments.messages.results import VOID
from instruments.values import folded

INTERNAL = frozenset({"spc", "cic", "sac", "ic", "iac", "sva", "proc", "pcc", "spc1", "spc2"})
QUANTITIES: Mapping[str, str] = {
    "ct": "ct",
    "endpt": "fluorescence",
    "end pt": "fluorescence",
    "delta ct": "other",
    "conc": "concentration",
}
_SILENT = frozenset({"neg", "not detected", "negative", "pass"})


def with_calls(rows: Iterable[Row]) -> list[Row]:
    """A Ct of 0 means "not detected" only where the analyte's own call is negative; a void analyte has no Ct at all."""
    rows = list(rows)
    calls = {_analyte(row): folded(row.reading.raw.strip("^")) for row in rows if _is(row, "qualitative")}
    return [replace(row, outcome=_called(row.reading, calls.get(_analyte(row)))) if _is(row, "ct") else row for row in rows]


def _is(row: Row, quantity: str) -> bool:
    """A Ct may be "not detected", which has no number; its quantity still is ct."""
    return isinstance(row.outcome, Reading) and row.outcome.quantity == quantity


def _analyte(row: Row) -> tuple[object, ...]:
    return row.message, row.reading.sample, row.reading.target, row.group


def _called(reading: Reading, call: str | None) -> Reading:
    is_zero = reading.status == "invalid" and "out of range" in reading.flags
    flags = tuple(flag for flag in reading.flags if flag != "out of range")
    if call is not None and call in VOID:
        return replace(reading, status="invalid", value=None, comparator=None, flags=(*flags, call.upper()))
    if reading.status == "value" and call in ("neg", "not detected", "negative"):
        return replace(reading, status="invalid", value=None, flags=(*flags, "call contradicts value"))
    if not is_zero or not _is_zero(reading.raw):
        return reading
    if call in _SILENT:
        return replace(reading, status="not_detected", flags=flags)
    if call in ("pos", "detected", "positive"):
        return replace(reading, flags=(*flags, "call contradicts value"))
    return replace(reading, status="missing", flags=(*flags, "no call"))


def _is_zero(raw: str) -> bool:
    return raw.strip("^ ") in ("0", "0.0", "0.00")
