"""What every parser takes and gives: bytes in, readings out, every row accounted for."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol, runtime_checkable

Status = Literal["value", "not_detected", "censored", "invalid", "missing"]
STATUSES: frozenset[str] = frozenset({"value", "not_detected", "censored", "invalid", "missing"})
ROLES: frozenset[str] = frozenset(
    {
        "unknown",
        "ntc",
        "negative_control",
        "positive_control",
        "internal_control",
        "standard",
        "calibrator",
        "blank",
        "qc",
    }
)
QUANTITIES: frozenset[str] = frozenset(
    {
        "ct",
        "concentration",
        "copies",
        "absorbance",
        "fluorescence",
        "mass_fraction",
        "qualitative",
        "identification",
        "other",
    }
)


_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def shown(value: object) -> str:
    """A value as it may stand on a screen, a terminal or in a log: no control or direction characters, and not without end."""
    text = str(value)
    return _UNSHOWN.sub("\N{REPLACEMENT CHARACTER}", text if len(text) <= 300 else text[:300] + "...")


def filled(message: str, params: Mapping[str, object]) -> str:
    """The English sentence with its parameters put in."""
    return message % params if params else message.replace("%%", "%")


@dataclass(frozen=True)
class Note:
    """One sentence for a person: a code, the English sentence (the key of its translation) and its parameters."""

    code: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return filled(self.message, self.params)


def note(code: str, message: str, **params: object) -> Note:
    return Note(code, message, {name: shown(value) for name, value in params.items()})


class ParseError(Exception):
    """A file is refused, or a person is asked: code, English sentence, parameters, and the place in the file."""

    def __init__(self, code: str, message: str, where: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.where = where
        self.params = {name: shown(value) for name, value in params.items()}

    def __str__(self) -> str:
        return filled(self.message, self.params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.code, self.message, self.where, self.params)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self), "where": self.where, "msgid": self.message, "params": self.params}


def _restored(code: str, message: str, where: str | None, params: dict[str, str]) -> ParseError:
    error = ParseError(code, message, where)
    error.params = params
    return error


def refused(reason: Note, where: str | None = None) -> ParseError:
    """The refusal that says the sentence of a note: what was noted of one row holds for the whole file."""
    return _restored(reason.code, reason.message, where, dict(reason.params))


@dataclass(frozen=True)
class RawFile:
    """A file as it was uploaded: its name, and its bytes unchanged."""

    name: str
    content: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class ParseOptions:
    """A person's answers to what the file alone does not say; None = not answered. `profile` is the text of a profile's JSON."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    sheet: str | None = None
    date_order: str | None = None
    profile: str | None = None


NO_ANSWERS = ParseOptions()


@dataclass(frozen=True)
class Match:
    """How sure a parser is that the file is its own (0-100), and why."""

    score: int
    reasons: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Reading:
    """One well x target, or sample x analyte x replicate. `value` is a decimal as text; `raw` is the cell's text at `source`."""

    position: str | None
    sample: str | None
    role: str
    target: str | None
    channel: str | None
    quantity: str
    raw: str
    status: Status
    value: str | None
    comparator: str | None
    unit: str | None
    replicate: int | None
    flags: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class RunInfo:
    """The run as far as the file names it. Times are ISO; `zone` is the file's own zone text, or "local" where it has none."""

    instrument: str | None = None
    serial: str | None = None
    software: str | None = None
    operator: str | None = None
    run_name: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    zone: str | None = None
    plate: str | None = None
    kit_lot: str | None = None


@dataclass(frozen=True)
class ControlVerdict:
    """A control judged by the rules of the format before anything is matched: pass, fail or absent."""

    name: str
    verdict: Literal["pass", "fail", "absent"]
    reason: Note


@dataclass(frozen=True)
class Skipped:
    """A row that gave no reading: where it stands and why."""

    where: str
    reason: Note


_ROW_OF_SOURCE = re.compile(r"^(?:line (\d+)(?: column \d+)?|(.*)![A-Z]+(\d+))$")


def row_key(source: str) -> str:
    """The row a source lies in: "line 12", "line 1 column 340" where many rows share a line (XML), or "Sheet!12"."""
    found = _ROW_OF_SOURCE.match(source)
    if found is None:
        raise ValueError(f"not a source: {source!r}")
    return source if found[1] else f"{found[2]}!{found[3]}"


@dataclass(frozen=True)
class ParsedFile:
    """Everything read from one file. Built only when rows seen = rows used + rows skipped, and each used row gave a reading."""

    parser: str
    parser_version: str
    readings: tuple[Reading, ...]
    rows_seen: int
    rows_used: int
    skipped: tuple[Skipped, ...]
    run: RunInfo = RunInfo()
    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: str | None = None
    sheet: str | None = None
    profile: str | None = None
    controls: tuple[ControlVerdict, ...] = ()
    warnings: tuple[Note, ...] = ()
    unread: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        rows_with_readings = len({row_key(reading.source) for reading in self.readings})
        if self.rows_seen != self.rows_used + len(self.skipped) or rows_with_readings != self.rows_used:
            raise ParseError(
                "rows_do_not_add_up",
                "The parser %(parser)s saw %(seen)s rows but used %(used)s and skipped %(skipped)s. Nothing was taken; report this file.",
                parser=self.parser,
                seen=self.rows_seen,
                used=self.rows_used,
                skipped=len(self.skipped),
            )
        for reading in self.readings:
            _check(reading)


def _check(reading: Reading) -> None:
    numeric = reading.status in ("value", "censored")
    if (
        reading.role not in ROLES
        or reading.quantity not in QUANTITIES
        or reading.status not in STATUSES
        or (reading.value is not None and not numeric)
        or (reading.status == "value" and reading.value is None and reading.quantity not in ("qualitative", "identification"))
        or (reading.comparator is not None) != (reading.status == "censored")
    ):
        raise ParseError(
            "reading_not_consistent",
            "The parser gave a reading that contradicts itself. Nothing was taken; report this file.",
            where=reading.source,
        )


@runtime_checkable
class Parser(Protocol):
    """A module of this package, or of the entry-point group "lims.instruments", with these names is a parser."""

    NAME: str
    VERSION: str
    TITLE: str
    FORMATS: tuple[str, ...]
    MATURITY: str

    def recognises(self, file: RawFile, options: ParseOptions) -> Match: ...

    def parse(self, file: RawFile, options: ParseOptions) -> ParsedFile: ...
