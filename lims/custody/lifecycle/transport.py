"""The gates before a box leaves (domain guide 3.6). Each blocks with a sentence; the numbers are defaults to be verified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from lims.custody.lifecycle.boxes import MAY_TRAVEL, Transport
from lims.marks import N_

#: transport classes from the mildest to the strictest; a box has the strictest class of its samples
ORDER = ("NONINF", "EXEMPT", "CAT_B", "CAT_A_A", "CAT_A_H")
UN_NUMBERS = {"CAT_A_H": "UN2814", "CAT_A_A": "UN2900", "CAT_B": "UN3373", "EXEMPT": "–", "NONINF": "–"}
PACKAGINGS = {
    "P620": N_("P620: three layers, tested for category A"), "P650": N_("P650: three layers, 95 kPa, for category B"),
    "TRIPLE": N_("Three layers, not tested"),
}  # fmt: skip
#: the packagings that are enough for a class
ENOUGH = {
    "CAT_A_H": ("P620",), "CAT_A_A": ("P620",), "CAT_B": ("P620", "P650"), "EXEMPT": ("P620", "P650", "TRIPLE"),
    "NONINF": ("P620", "P650", "TRIPLE"),
}  # fmt: skip
HIGHLY_PATHOGENIC = ("1", "2")
MOST_NAMED = 5


@dataclass(frozen=True)
class Load:
    """What the gates ask of one sample."""

    number: str
    status: str
    hazard_class: str
    category: str
    inactivation: str
    confidentiality: str


@dataclass(frozen=True)
class Gate:
    """One condition of the dispatch: whether it is met, and what is missing if not."""

    code: str
    is_met: bool
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)


def strictest(loads: Iterable[Load]) -> str:
    """The strictest class that the samples name; empty when none names one."""
    return max((one.category for one in loads if one.category in ORDER), key=ORDER.index, default="")


def gates(loads: Sequence[Load], transport: Transport, purpose: str) -> list[Gate]:
    """Every condition that holds for this box, met or not."""
    return [
        *_content(loads, purpose),
        *_safety(loads, transport),
        *_permits(loads, transport),
        *_ice(transport),
        *_confidentiality(loads),
    ]


def _content(loads: Sequence[Load], purpose: str) -> list[Gate]:
    wrong = [one for one in loads if one.status not in MAY_TRAVEL[purpose]]
    return [
        Gate("content", bool(loads), N_("The box holds samples.") if loads else N_("The box is empty: scan the first sample into it.")),
        _named(
            "state", wrong, N_("Every sample may travel for this purpose."),
            N_("Not in a state in which it may travel for this purpose: %(samples)s. Take it out of the box."),
        ),
    ]  # fmt: skip


def _safety(loads: Sequence[Load], transport: Transport) -> list[Gate]:
    silent = [one for one in loads if one.hazard_class in HIGHLY_PATHOGENIC and one.category not in ORDER]
    bare = [one for one in loads if one.category == "NONINF" and not one.inactivation.strip()]
    return [
        _class_gate(loads, transport),
        _packaging_gate(transport),
        _named(
            "classes", silent, N_("Every sample of hazard class 1 or 2 has a transport class."),
            N_("Hazard class 1 or 2 without a transport class: %(samples)s. Culture and specimen differ; write the class down."),
        ),
        _named(
            "inactivation", bare, N_("Every sample declared non-infectious has its inactivation record."),
            N_("Declared non-infectious without an inactivation record: %(samples)s. Write the record down or choose another class."),
        ),
    ]  # fmt: skip


def _class_gate(loads: Sequence[Load], transport: Transport) -> Gate:
    needed = strictest(loads)
    if transport.category not in ORDER:
        return Gate("category", False, N_("The box has no transport class. Choose it."))
    values = {"un": UN_NUMBERS[transport.category], "category": transport.category, "needed": needed}
    if needed and ORDER.index(transport.category) < ORDER.index(needed):
        sentence = N_("The box is declared %(category)s, but a sample in it needs %(needed)s. Choose the stricter class.")
        return Gate("category", False, sentence, values)
    return Gate("category", True, N_("Transport class %(category)s, UN number %(un)s."), values)


def _packaging_gate(transport: Transport) -> Gate:
    values = {"packaging": transport.packaging or "–", "category": transport.category or "–"}
    if transport.packaging not in ENOUGH.get(transport.category, ()):
        enough = ", ".join(ENOUGH.get(transport.category, PACKAGINGS))
        sentence = N_("Packaging %(packaging)s does not fit class %(category)s. Expected: %(enough)s.")
        return Gate("packaging", False, sentence, {**values, "enough": enough})
    return Gate("packaging", True, N_("Packaging %(packaging)s fits class %(category)s."), values)


def _permits(loads: Sequence[Load], transport: Transport) -> list[Gate]:
    """Live agents of class 1 or 2, and category A: permit and two escorts."""
    is_live = any(one.hazard_class in HIGHLY_PATHOGENIC and one.category != "NONINF" for one in loads)
    if not is_live and not transport.category.startswith("CAT_A"):
        return []
    two = bool(transport.escort.strip()) and bool(transport.second_escort.strip())
    has_two = two and transport.escort.strip() != transport.second_escort.strip()
    permit = N_("Transport permit %(permit)s.") if transport.permit_number.strip() else N_(
        "Hazard class 1 or 2, or category A: the box needs a transport permit. Write its number down."
    )  # fmt: skip
    return [
        Gate("permit", bool(transport.permit_number.strip()), permit, {"permit": transport.permit_number}),
        Gate(
            "escort", has_two,
            N_("Two persons escort the box.") if has_two
            else N_("Hazard class 1 or 2, or category A: two different persons escort the box."),
        ),
    ]  # fmt: skip


def _ice(transport: Transport) -> list[Gate]:
    if transport.condition != "dry_ice":
        return []
    is_met = transport.is_dry_ice_marked and weight(transport.dry_ice_kg) is not None
    met, unmet = N_("Dry ice, UN1845, %(kg)s kg, is marked."), N_("Dry ice: the box needs the UN1845 mark and the net weight in kg.")
    return [Gate("dry_ice", is_met, met if is_met else unmet, {"kg": transport.dry_ice_kg})]


def weight(text: str) -> Decimal | None:
    """A weight above 0 in kg; None for anything else."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 1000 else None


def _confidentiality(loads: Sequence[Load]) -> list[Gate]:
    held = [one for one in loads if one.confidentiality == "restricted"]
    met, unmet = N_("No sample is restricted."), N_("Restricted samples leave for nobody: %(samples)s. Take them out of the box.")
    return [_named("confidentiality", held, met, unmet)]


def _named(code: str, wrong: Sequence[Load], met: str, unmet: str) -> Gate:
    names = ", ".join(one.number for one in wrong[:MOST_NAMED]) + (" …" if len(wrong) > MOST_NAMED else "")
    return Gate(code, not wrong, unmet if wrong else met, {"samples": names})
