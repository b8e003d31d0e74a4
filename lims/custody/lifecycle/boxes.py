"""What a box may be, what may travel in it, and what a receipt may say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lims.marks import N_
from lims.samples.lifecycle import states

PACKING, DISPATCHED, RECEIVED, GIVEN_UP = "packing", "dispatched", "received", "given_up"
STATES = {PACKING: N_("Being packed"), DISPATCHED: N_("On its way"), RECEIVED: N_("Box received"), GIVEN_UP: N_("Given up")}
RINGS = {PACKING: "dashed", DISPATCHED: "half", RECEIVED: "full", GIVEN_UP: "cross"}

REFERRAL, TRANSFER, RETURN = "referral", "transfer", "return"
PURPOSES = {REFERRAL: N_("Referral for a test"), TRANSFER: N_("Transfer for keeping"), RETURN: N_("Return of rejected samples")}
#: the states in which a sample may go into a box of this purpose
MAY_TRAVEL = {
    REFERRAL: (states.ACCEPTED, states.ACCEPTED_DEVIATION), TRANSFER: (states.REPORTED, states.CORRECTED, states.RETAINED),
    RETURN: (states.REJECTED,),
}  # fmt: skip
#: the state that the sender's sample comes into, at dispatch and at the receipt
AT_DISPATCH = {REFERRAL: states.REFERRED}
AT_RECEIPT = {TRANSFER: states.TRANSFERRED, RETURN: states.RETURNED}

ARRIVED, DAMAGED, MISSING, NOT_SCANNED, SURPLUS = "arrived", "damaged", "missing", "not_scanned", "surplus"
FOUND = {
    NOT_SCANNED: N_("Not scanned"), ARRIVED: N_("Arrived"), DAMAGED: N_("Arrived damaged"), MISSING: N_("Declared missing"),
    SURPLUS: N_("Surplus, not on the manifest"),
}  # fmt: skip
IS_HERE = (ARRIVED, DAMAGED)
#: how the sender ends the matter of a sample that did not arrive
LOST, STAYED = "lost", "stayed"
SETTLED = {LOST: N_("Lost on the way"), STAYED: N_("Had stayed with the sender")}


@dataclass(frozen=True)
class Transport:
    """How a box travels, as typed."""

    category: str = ""
    packaging: str = ""
    condition: str = ""
    permit_number: str = ""
    escort: str = ""
    second_escort: str = ""
    dry_ice_kg: str = ""
    is_dry_ice_marked: bool = False
    logger_number: str = ""
    carrier: str = ""
    waybill: str = ""
    remarks: str = ""


@dataclass(frozen=True)
class Arrival:
    """A receipt as typed: the count of tubes, the temperature, and for each place of the manifest what was found.

    ``found`` holds state and note by place; a place that is not named was not scanned. ``surplus`` are codes of tubes
    that the manifest does not name.
    """

    counted: str = ""
    temperature: str = ""
    condition: str = "intact"
    found: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    surplus: tuple[str, ...] = ()
    note: str = ""


def shown_count(arrival: Arrival) -> int:
    """How many tubes the marks of a receipt stand for."""
    return sum(1 for state, _note in arrival.found.values() if state in IS_HERE) + len(arrival.surplus)


def differences(places: Sequence[int], stored: Mapping[int, str], typed: Mapping[int, str]) -> list[tuple[int, str, str]]:
    """Where two receipts of one box differ: place, what is stored, what was typed."""
    pairs = ((place, stored.get(place, NOT_SCANNED), typed.get(place, NOT_SCANNED)) for place in places)
    return [(place, theirs, mine) for place, theirs, mine in pairs if theirs != mine]
