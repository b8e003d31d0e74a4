"""Is a report untouched? Its numbers are computed again from its sealed data, its cells are written again, and both are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, Literal

from lims.marks import N_
from lims.rounds.report.differences import Difference, differences
from lims.rounds.report.recomputed import parsed
from lims.rounds.report.restored import restored
from lims.rounds.report.sealed import TITLE, BrokenSeal, Seal, read_seal
from lims.seals import is_sealed_by
from lims.sheets.shown import Shown, Unreadable, members, shown

MOST_BYTES = 5_000_000
MOST_DIFFERENCES = 200

State = Literal["holds", "changed", "not_a_report"]
Writer = Callable[[dict[str, Any], Seal], tuple[bytes, str, str, str]]
Origin = Literal["proven", "unproven", "foreign", "broken"]

NO_WORKBOOK = N_("The file is no workbook that can be read.")
TOO_LARGE = N_("The file is larger than 5 MB; no report is.")
NO_SEAL = N_("The workbook carries no sealed data; this program did not write it, or the hidden sheet was taken out.")


@dataclass(frozen=True)
class Checked:
    """What came out. ``signed`` differs from ``holds`` in that numbers can agree where the origin is not proven."""

    state: State
    origin: Origin = "unproven"
    reason: str = ""
    detail: str = ""
    number: str = ""
    round_code: str = ""
    software: str = ""
    fingerprint: str = ""
    cells: int = 0
    is_saved_again: bool = False
    differences: tuple[Difference, ...] = ()


def check(content: bytes, trusted_key: str | None = None, key_was_named: bool = False) -> dict[str, Any]:
    """Check a file as plain values, so that a guarded child can answer with them.

    ``trusted_key`` is the public key that the caller trusts; ``key_was_named`` when somebody named it for this very file: a seal
    of another key then counts as a change, else only as an origin that is not proven.
    """
    checked = _check(content, trusted_key, key_was_named)
    return asdict(checked) | {"differences": [tuple(one) for one in checked.differences]}


def _check(content: bytes, trusted_key: str | None, key_was_named: bool) -> Checked:
    if len(content) > MOST_BYTES:
        return Checked("not_a_report", reason=TOO_LARGE)
    try:
        given = shown(content)
    except Unreadable as error:
        return Checked("not_a_report", reason=NO_WORKBOOK, detail=str(error))
    try:
        seal = read_seal(given)
        if seal is None:
            return Checked("not_a_report", reason=NO_SEAL)
        made, number, code, software = _written_again(seal)
    except BrokenSeal as error:
        return Checked("changed", "broken", differences=(Difference("seal", TITLE, "A1", str(error), ""),))
    origin = _origin(seal, trusted_key)
    found = tuple(_found(origin, key_was_named, given, shown(made)))
    return Checked(
        "changed" if found else "holds", origin, number=number, round_code=code, software=software, fingerprint=seal.fingerprint,
        cells=sum(len(sheet.cells) for sheet in given.sheets), is_saved_again=members(content) != members(made),
        differences=found[:MOST_DIFFERENCES],
    )  # fmt: skip


def _found(origin: Origin, key_was_named: bool, given: Shown, made: Shown) -> Iterator[Difference]:
    if origin == "broken":
        yield Difference("signature", TITLE, "A3", "", "")
    if origin == "foreign" and key_was_named:
        yield Difference("key", TITLE, "A2", "", "")
    yield from differences(given, made)


def _origin(seal: Seal, trusted_key: str | None) -> Origin:
    if not is_sealed_by(seal.public_key, seal.text, seal.signature):
        return "broken"
    if trusted_key is None:
        return "unproven"
    return "proven" if seal.public_key == trusted_key else "foreign"


def _written_again(seal: Seal) -> tuple[bytes, str, str, str]:
    """The workbook as the sealed data give it, with report number, round and program."""
    kind, content = parsed(seal.text)
    if kind not in WRITERS and kind not in UPSTAIRS:
        raise BrokenSeal(f"{kind[:40]}: this program knows no such report")
    try:
        return (WRITERS.get(kind) or _from_upstairs(kind))(content, seal)
    except (ValueError, KeyError, TypeError, ArithmeticError, IndexError) as error:
        raise BrokenSeal(f"the data give no report: {error}") from error


def _from_upstairs(kind: str) -> Writer:
    module, _, name = UPSTAIRS[kind].partition(":")
    writer: Writer = getattr(import_module(module), name)
    return writer


def _round_report(content: dict[str, Any], seal: Seal) -> tuple[bytes, str, str, str]:
    from lims.rounds.report.recomputed import recomputed
    from lims.rounds.report.workbook import build

    report = recomputed(content)
    program = f"{report.trace.software} {report.trace.software_version}"
    return build(report, seal), report.head.report_no, report.head.code, program


def _certificate(content: dict[str, Any], seal: Seal) -> tuple[bytes, str, str, str]:
    from lims.rounds.report.certificate import build_certificate
    from lims.rounds.report.certified import Certificate

    facts = restored(Certificate, content)
    return build_certificate(facts, seal), facts.number, facts.round_code, facts.software


WRITERS: dict[str, Writer] = {"round_report": _round_report, "certificate": _certificate}
UPSTAIRS = {"validation_report": "lims.validation.report.workbook:written_again"}
"""Reports of slices above this one, by the name of the function that writes them again."""
