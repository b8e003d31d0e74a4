"""Whether one use of a method lies within its authorised scope. Pure: plain values in, a ruling with its reasons out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lims.marks import N_


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a method may be used. Laboratories and matrices are listed by code; no analyst or lot named means any."""

    laboratories: tuple[str, ...]
    matrices: tuple[str, ...]
    valid_until: date
    analysts: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    conditions: str = ""
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """One result as it is about to be entered or released; an empty text is "not stated"."""

    laboratory: str
    matrix: str
    on: date
    analyst: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """One way in which a use leaves the scope: code, sentence (msgid) and its values."""

    code: str
    sentence: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ruling:
    """``outside`` is empty when the use lies within the scope; ``conditions`` hold for every use within it."""

    outside: tuple[Outside, ...]
    conditions: str = ""

    @property
    def is_inside(self) -> bool:
        return not self.outside


LABORATORY = N_("Laboratory %(read)s is not in the authorised scope (%(allowed)s).")
MATRIX = N_("Matrix %(read)s is not in the authorised scope (%(allowed)s).")
ANALYST = N_("Analyst %(read)s is not in the authorised scope (%(allowed)s).")
LOT = N_("Lot %(read)s is not in the authorised scope (%(allowed)s).")
EXPIRED = N_("The authorisation ended on %(allowed)s; the day of use is %(read)s.")
TOO_EARLY = N_("The authorisation begins on %(allowed)s; the day of use is %(read)s.")
NOT_IN_USE = N_("The method is not authorised now; its study is in state %(read)s.")


def decide(scope: Scope, use: Use) -> Ruling:
    """Every way in which ``use`` leaves ``scope``; the first and the last day of validity belong to it.

    Where analysts or lots are named, a use that states none is outside: what is not known is not shown to be allowed.
    """
    listed = (
        ("laboratory", LABORATORY, use.laboratory, scope.laboratories, True),
        ("matrix", MATRIX, use.matrix, scope.matrices, True),
        ("analyst", ANALYST, use.analyst, scope.analysts, bool(scope.analysts)),
        ("lot", LOT, use.lot, scope.lots, bool(scope.lots)),
    )
    found = [
        Outside(code, sentence, {"read": read or "–", "allowed": ", ".join(allowed) or "–"})
        for code, sentence, read, allowed, is_limited in listed
        if is_limited and read not in allowed
    ]
    if use.on > scope.valid_until:
        found.append(Outside("valid_until", EXPIRED, {"read": use.on.isoformat(), "allowed": scope.valid_until.isoformat()}))
    if scope.valid_from is not None and use.on < scope.valid_from:
        found.append(Outside("valid_from", TOO_EARLY, {"read": use.on.isoformat(), "allowed": scope.valid_from.isoformat()}))
    return Ruling(tuple(found), scope.conditions)


def refused(state: str) -> Ruling:
    """The ruling for a method whose study does not stand in use: never authorised, withdrawn, or under re-validation."""
    return Ruling((Outside("not_in_use", NOT_IN_USE, {"read": state}),))


def content_of(scope: Scope) -> dict[str, Any]:
    """The scope as JSON's own types, as it is signed."""
    return {
        "laboratories": list(scope.laboratories), "matrices": list(scope.matrices), "analysts": list(scope.analysts),
        "lots": list(scope.lots), "conditions": scope.conditions, "valid_until": scope.valid_until.isoformat(),
        "valid_from": scope.valid_from.isoformat() if scope.valid_from else None,
    }  # fmt: skip


def scope_of(content: dict[str, Any]) -> Scope:
    """The scope that its JSON states."""
    begins = content.get("valid_from")
    return Scope(
        tuple(content["laboratories"]), tuple(content["matrices"]), date.fromisoformat(content["valid_until"]), tuple(content["analysts"]),
        tuple(content["lots"]), content["conditions"], date.fromisoformat(begins) if begins else None,
    )  # fmt: skip
